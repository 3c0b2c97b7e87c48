import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import { SourceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { redactUrl } from './redact.ts';
import type { Asking } from './asking.ts';
import type { Ledger } from './ledger.ts';
import { leastRecent } from './least-recent.ts';
import type { Ages, Request, Response, Send } from './send.ts';
import type { Kept, NetState } from './state.ts';

export interface RememberParts {
  readonly state: Pick<NetState, 'recall' | 'keep'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly cache: Pick<Asking['cache'], 'entries' | 'validityMs'>;
  /** Nothing kept is served while the host answers; what it answers is kept all the same. */
  readonly isForced: boolean;
  /** Who asks: answers of one key are not shown to another. A hash prefix, never the key. */
  readonly keyPrefix: string;
}

/** A request's ages with the configured validity put in. */
type Validity = Ages & { readonly softMs: number };

/**
 * Keeps the text of answers whose request wants it: served as they are while young, and in place of a failing host, or
 * one whose breaker is open, while not too old. 404s are kept as well when the request gives them an age. Errors of the
 * host never replace what is kept.
 */
export function remembering(send: Send, parts: RememberParts): Send {
  const { clock, log, ledger } = parts;
  const state = leastRecent(parts.state, parts.cache.entries);
  return async (request) => {
    if (request.remember === undefined || request.method !== 'GET') return send(request);
    const ages: Validity = { softMs: parts.cache.validityMs, ...request.remember };
    const key = cacheKey(request, parts.keyPrefix);
    const kept = await state.recall(key);
    const age = kept === undefined ? Infinity : clock.now() - kept.storedAt;
    const mayServe = !parts.isForced || ages.evenForced === true;
    if (mayServe && kept !== undefined && age >= 0 && age < freshFor(kept, ages)) {
      ledger.cached(request);
      return revive(kept, request);
    }
    try {
      const response = await send(request);
      await keepAnswer(state, key, response, ages, clock.now());
      return response;
    } catch (error) {
      const usable = kept !== undefined && age < ages.hardMs && error instanceof SourceError;
      if (!usable) throw error;
      log.info('the site fails: an older answer is used', {
        endpoint: request.endpoint,
        ageMs: age,
        why: error.code,
      });
      ledger.cached(request);
      return revive(kept, request);
    }
  };
}

/** The first eight hex digits of a key's SHA-256: enough to tell keys apart, useless to anyone else. */
export function keyPrefixOf(key: string | undefined): string {
  return key === undefined ? 'none' : createHash('sha256').update(key).digest('hex').slice(0, 8);
}

function cacheKey(request: Request, keyPrefix: string): string {
  return createHash('sha256').update(`${keyPrefix}\n${request.url}`).digest('hex');
}

function freshFor(kept: Kept, ages: Validity): number {
  return kept.status === 404 ? (ages.negativeMs ?? 0) : ages.softMs;
}

async function keepAnswer(
  state: RememberParts['state'],
  key: string,
  response: Response,
  ages: Validity,
  now: number,
): Promise<void> {
  const { status, text, seenAt } = response;
  const isMiss = status === 404 && ages.negativeMs !== undefined;
  if (text === undefined || (status !== 200 && !isMiss)) return;
  const hardUntil = now + (isMiss ? (ages.negativeMs ?? 0) : Math.max(ages.softMs, ages.hardMs));
  const contentType = response.headers['content-type'];
  await state.keep(key, { storedAt: now, seenAt, status, contentType, text }, hardUntil);
}

function revive(kept: Kept, request: Request): Response {
  const headers: Record<string, string> =
    kept.contentType === undefined ? {} : { 'content-type': kept.contentType };
  const { status, seenAt, text } = kept;
  return { status, headers, url: redactUrl(request.url), body: Readable.from([]), seenAt, text };
}
