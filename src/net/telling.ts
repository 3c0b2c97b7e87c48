import type { Clock } from '../base/clock.ts';
import { AppError, messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { newTrail, type Trail } from './ledger.ts';
import type { Request, Send } from './send.ts';

/** Tells the log of every request how it went: what was asked, the answer, how long it took, what it waited for. */
export function telling(send: Send, parts: { readonly clock: Clock; readonly log: Log }): Send {
  const { clock, log } = parts;
  return async (request) => {
    const trail = newTrail();
    const begun = clock.now();
    const facts = (): Record<string, unknown> => factsOf(request, trail, clock.now() - begun);
    try {
      const response = await send({ ...request, trail });
      log.debug('answered', { status: response.status, ...facts() });
      return response;
    } catch (error) {
      log.debug('not answered', {
        error: error instanceof AppError ? error.code : messageOf(error),
        ...facts(),
      });
      throw error;
    }
  };
}

/** `ms` is the time of asking, without the waits beside it. */
function factsOf({ endpoint }: Request, trail: Trail, tookMs: number): Record<string, unknown> {
  const waits = [...trail.waits].map(([kind, { ms, why }]) => [kind, { ms: Math.round(ms), why }] as const);
  const waitedMs = waits.reduce((sum, [, { ms }]) => sum + ms, 0);
  return {
    endpoint,
    ms: Math.max(0, Math.round(tookMs) - waitedMs),
    from: trail.isCached ? 'cache' : 'site',
    ...(trail.retries === 0 ? {} : { retries: trail.retries }),
    ...(waits.length === 0 ? {} : { waited: Object.fromEntries(waits) }),
  };
}
