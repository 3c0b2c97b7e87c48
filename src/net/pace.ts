import type { Limit } from './limits.ts';

/** What is known of one limit; times epoch ms. */
export interface PaceState {
  /** When the bucket will be full again (the "theoretical arrival time" of a leaky bucket). */
  readonly fullAt: number;
  /** The start of the last request let through. */
  readonly lastAt: number;
  /** Nobody starts before this: the spacing after the last request of whoever keeps the widest. */
  readonly quietUntil: number;
  /** The lowest rate that one of those who share the limit keeps to; `undefined` when none has one. */
  readonly heldRate: number | undefined;
  /** When that one has not asked for a minute. */
  readonly heldUntil: number;
}

/** Nothing was asked yet. */
export const FRESH_PACE: PaceState = {
  fullAt: 0,
  lastAt: 0,
  quietUntil: 0,
  heldRate: undefined,
  heldUntil: 0,
};

/** How many of a minute's requests may come at once; the rest is spread, so that no minute ever holds more than all. */
const BURST_SHARE = 1 / 6;
const BURST_MOST = 10;
const MINUTE_MS = 60_000;

/**
 * Books the next request: when it may start (epoch ms, not before `now`), and the state after it. Whatever the pattern,
 * no 60 s hold more than `perMinute` starts. Those who share a state may keep different limits: the strictest counts for
 * all until its owner has not asked for a minute.
 */
export function book(
  state: PaceState,
  limit: Pick<Limit, 'perMinute' | 'minSpacingMs'>,
  now: number,
): { readonly startAt: number; readonly state: PaceState } {
  const spaced = Math.max(
    now,
    state.quietUntil,
    limit.minSpacingMs > 0 ? state.lastAt + limit.minSpacingMs : 0,
  );
  const held = now < state.heldUntil ? state.heldRate : undefined;
  const rate = Math.min(limit.perMinute ?? Infinity, held ?? Infinity);
  const quietAfter = (startAt: number): number => Math.max(state.quietUntil, startAt + limit.minSpacingMs);
  if (rate === Infinity) {
    return { startAt: spaced, state: { ...state, lastAt: spaced, quietUntil: quietAfter(spaced) } };
  }
  const burst = Math.max(1, Math.min(BURST_MOST, Math.floor(rate * BURST_SHARE)));
  const intervalMs = MINUTE_MS / Math.max(1, rate - burst);
  const free = state.fullAt - (burst - 1) * intervalMs;
  // A slower one takes over: after what is booked at the faster rate, and with no burst of its own, or its first minute
  // would hold both.
  const isTakeover = held !== undefined && rate < held;
  const startAt = Math.max(spaced, free, isTakeover ? state.lastAt : 0);
  const spent = isTakeover ? startAt + (burst - 1) * intervalMs : startAt;
  return {
    startAt,
    state: {
      fullAt: Math.max(spent, state.fullAt) + intervalMs,
      lastAt: Math.max(startAt, state.lastAt),
      quietUntil: quietAfter(startAt),
      heldRate: rate,
      heldUntil: rate === limit.perMinute ? startAt + MINUTE_MS : state.heldUntil,
    },
  };
}
