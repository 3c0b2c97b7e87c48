import type { Send } from './send.ts';

/** Real requests, retries and redirect hops included. */
export interface Tally {
  readonly total: number;
  readonly byEndpoint: Record<string, number>;
}

/** Counts what passes: directly above the wire. */
export function tallying(send: Send): { readonly send: Send; readonly tally: () => Tally } {
  const byEndpoint = new Map<string, number>();
  let total = 0;
  return {
    send(request) {
      total += 1;
      byEndpoint.set(request.endpoint, (byEndpoint.get(request.endpoint) ?? 0) + 1);
      return send(request);
    },
    tally: () => ({
      total,
      byEndpoint: Object.fromEntries([...byEndpoint].sort(([a], [b]) => (a < b ? -1 : 1))),
    }),
  };
}
