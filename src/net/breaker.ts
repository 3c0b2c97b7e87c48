import type { Clock } from '../base/clock.ts';
import { formatSpan } from '../base/dates.ts';
import { SourceError } from '../base/errors.ts';
import {
  afterOutage,
  CLOSED,
  judge,
  type BreakerLimits,
  type BreakerState,
  type Verdict,
} from './breaker-rule.ts';
import { isNetworkError } from './failure.ts';
import type { Health } from './health.ts';
import { redactUrl } from './redact.ts';
import type { Request, Response, Send } from './send.ts';
import type { NetState } from './state.ts';
import type { Wait } from './wait.ts';

export interface BreakerParts {
  readonly state: NetState;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly health: Health;
  readonly limits: BreakerLimits;
}

/** An endpoint that is left alone, as this process saw it last. */
export interface OpenBreaker {
  /** Host and endpoint. */
  readonly endpoint: string;
  /** `half_open`: the next request is the one that tries. */
  readonly state: 'open' | 'half_open';
  /** Outages in a row. */
  readonly failures: number;
  /** Epoch ms. */
  readonly halfOpenAt: number;
}

export interface Breaking {
  readonly send: Send;
  /** What is not closed just now. */
  open(): OpenBreaker[];
}

/** How long a look at what other processes found out is good for. */
const LOOK_MS = 1000;

/**
 * Keeps away from an endpoint that is down: opens on outages only (5xx, timeouts, no connection), never on a 404 or a
 * 429; asks once after a while. While open it waits, and throws SourceError `site-down` when patience ends first.
 */
export function breaking(send: Send, parts: BreakerParts): Breaking {
  const { state, clock, wait, health, limits } = parts;
  const looks = new Map<string, { state: BreakerState; at: number }>();

  const look = async (key: string): Promise<BreakerState> => {
    const known = looks.get(key);
    if (known !== undefined && clock.now() - known.at < LOOK_MS) return known.state;
    return note(key, await state.breakerOf(key));
  };
  const note = (key: string, seen: BreakerState): BreakerState => {
    looks.set(key, { state: seen, at: clock.now() });
    return seen;
  };
  const ask = async (key: string): Promise<Verdict> => {
    const now = clock.now();
    const first = judge(await look(key), now);
    if (first.verdict.kind !== 'probe') return first.verdict;
    // Who wins the transaction probes; the others find it taken and wait.
    let verdict: Verdict = first.verdict;
    const change = (current: BreakerState): BreakerState => {
      const judged = judge(current, now);
      verdict = judged.verdict;
      return judged.state;
    };
    note(key, await state.changeBreaker(key, change));
    return verdict;
  };
  const settle = async (key: string, isOutage: boolean): Promise<void> => {
    if (isOutage)
      note(key, await state.changeBreaker(key, (current) => afterOutage(current, clock.now(), limits)));
    else if ((looks.get(key)?.state.failures ?? 0) > 0)
      note(key, await state.changeBreaker(key, () => CLOSED));
  };

  const guarded: Send = async (request) => {
    const { host } = new URL(request.url);
    const key = `${host} ${request.endpoint}`;
    for (;;) {
      const verdict = await ask(key);
      if (verdict.kind !== 'wait') break;
      const ms = verdict.until - clock.now();
      if (ms > health.left(host, clock.now())) throw stillDown(host, request, ms);
      const reason = `${host} does not answer and is left alone for a while`;
      await wait({ kind: 'breaker', ms, reason }, request);
    }
    return settled(send(request), (isOutage) => settle(key, isOutage));
  };
  const open = (): OpenBreaker[] =>
    [...looks].flatMap(([endpoint, { state: seen }]): OpenBreaker[] => {
      if (seen.openUntil === 0) return [];
      const isOpen = clock.now() < seen.openUntil;
      const { failures, openUntil: halfOpenAt } = seen;
      return [{ endpoint, state: isOpen ? 'open' : 'half_open', failures, halfOpenAt }];
    });
  return { send: guarded, open };
}

async function settled(
  asked: Promise<Response>,
  settle: (isOutage: boolean) => Promise<void>,
): Promise<Response> {
  try {
    const response = await asked;
    await settle(isOutage(response));
    return response;
  } catch (error) {
    if (isNetworkError(error)) await settle(true);
    throw error;
  }
}

/** A 503 with a pause is a busy site, not a dead one: the hold takes care of it. */
function isOutage(response: Response): boolean {
  return (
    response.status >= 500 && !(response.status === 503 && response.headers['retry-after'] !== undefined)
  );
}

function stillDown(host: string, request: Request, ms: number): SourceError {
  return new SourceError(
    `${host} failed too often at ${request.endpoint} and is left alone for ${formatSpan(ms)}, longer than this run has patience.`,
    {
      code: 'site-down',
      next: `Run the same command again in ${formatSpan(ms)}, or allow more with --patience; what is known so far is saved.`,
      url: redactUrl(request.url),
    },
  );
}
