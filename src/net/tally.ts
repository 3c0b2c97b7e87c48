import type { OpenBreaker } from './breaker.ts';
import type { LedgerSums } from './ledger.ts';
import type { Send } from './send.ts';

/** Real requests, retries and redirect hops included. */
export interface Asked {
  readonly total: number;
  readonly byEndpoint: Readonly<Record<string, number>>;
}

/** What the network did so far, and what it waited for. */
export interface Tally extends Asked, LedgerSums {
  readonly breakers: readonly OpenBreaker[];
}

/** Nothing was asked. */
export const EMPTY_TALLY: Tally = {
  total: 0,
  byEndpoint: {},
  cached: 0,
  retried: 0,
  waitedMs: { total: 0, pace: 0, retry_after: 0, back_off: 0, breaker: 0, slot: 0 },
  breakers: [],
};

/** Counts what passes: directly above the wire. */
export function tallying(send: Send): { readonly send: Send; readonly asked: () => Asked } {
  const byEndpoint = new Map<string, number>();
  let total = 0;
  return {
    send(request) {
      total += 1;
      byEndpoint.set(request.endpoint, (byEndpoint.get(request.endpoint) ?? 0) + 1);
      return send(request);
    },
    asked: () => ({
      total,
      byEndpoint: Object.fromEntries([...byEndpoint].sort(([a], [b]) => (a < b ? -1 : 1))),
    }),
  };
}

/** How many of the requests went to the API of the site's own pages. */
export function unofficialIn({ byEndpoint }: Pick<Asked, 'byEndpoint'>): number {
  const own = Object.entries(byEndpoint).filter(([name]) => name.startsWith('trpc/'));
  return own.reduce((sum, [, count]) => sum + count, 0);
}
