/**
 * Why a request waits: `pace` the rate we keep of our own will · `retry_after` the host asked for it · `back_off` after a
 * failed try · `breaker` the endpoint is left alone · `slot` others are under way.
 */
const WAIT_KINDS = ['pace', 'retry_after', 'back_off', 'breaker', 'slot'] as const;
export type WaitKind = (typeof WAIT_KINDS)[number];

/** What befell one request on its way: written by the layers it passes, read by the one that tells. */
export interface Trail {
  /** Tries after the first. */
  retries: number;
  /** True when the answer came out of memory. */
  isCached: boolean;
  /** By kind, with the reason of the last such wait. */
  readonly waits: Map<WaitKind, { readonly ms: number; readonly why: string }>;
}

/** A request, as far as the book is concerned. */
interface Trailed {
  readonly trail?: Trail;
}

/** A request without a past. */
export function newTrail(): Trail {
  return { retries: 0, isCached: false, waits: new Map() };
}

/** What befell all requests together; waits of requests that wait side by side are added up. */
export interface LedgerSums {
  readonly cached: number;
  readonly retried: number;
  readonly waitedMs: Readonly<Record<'total' | WaitKind, number>>;
}

/** The book in which the layers write, of each request and of all. */
export interface Ledger {
  waited(request: Trailed, kind: WaitKind, ms: number, why: string): void;
  retried(request: Trailed): void;
  cached(request: Trailed): void;
  sums(): LedgerSums;
}

/** An empty book. */
export function openLedger(): Ledger {
  const all = newTrail();
  let cached = 0;
  return {
    waited({ trail }, kind, ms, why) {
      if (ms <= 0) return;
      for (const one of [all, trail]) one?.waits.set(kind, { ms: (one.waits.get(kind)?.ms ?? 0) + ms, why });
    },
    retried({ trail }) {
      all.retries += 1;
      if (trail !== undefined) trail.retries += 1;
    },
    cached({ trail }) {
      cached += 1;
      if (trail !== undefined) trail.isCached = true;
    },
    sums: () => ({ cached, retried: all.retries, waitedMs: waitedOf(all) }),
  };
}

function waitedOf({ waits }: Trail): LedgerSums['waitedMs'] {
  const of = (kind: WaitKind): number => Math.round(waits.get(kind)?.ms ?? 0);
  return {
    total: WAIT_KINDS.reduce((sum, kind) => sum + of(kind), 0),
    pace: of('pace'),
    retry_after: of('retry_after'),
    back_off: of('back_off'),
    breaker: of('breaker'),
    slot: of('slot'),
  };
}
