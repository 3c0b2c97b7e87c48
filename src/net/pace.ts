import type { Limit } from './limits.ts';

/** What is known of one limit: two times, epoch ms. */
export interface PaceState {
  /** When the bucket will be full again (the "theoretical arrival time" of a leaky bucket). */
  readonly fullAt: number;
  /** The start of the last request let through. */
  readonly lastAt: number;
}

/** Nothing was asked yet. */
export const FRESH_PACE: PaceState = { fullAt: 0, lastAt: 0 };

/** How many of a minute's requests may come at once; the rest is spread, so that no minute ever holds more than all. */
const BURST_SHARE = 1 / 6;
const BURST_MOST = 10;

/**
 * Books the next request: when it may start (epoch ms, not before `now`), and the state after it. Whatever the pattern,
 * no 60 s hold more than `perMinute` starts.
 */
export function book(
  state: PaceState,
  limit: Pick<Limit, 'perMinute' | 'minSpacingMs'>,
  now: number,
): { readonly startAt: number; readonly state: PaceState } {
  const spaced = limit.minSpacingMs > 0 ? Math.max(now, state.lastAt + limit.minSpacingMs) : now;
  if (limit.perMinute === undefined) return { startAt: spaced, state: { ...state, lastAt: spaced } };
  const burst = Math.max(1, Math.min(BURST_MOST, Math.floor(limit.perMinute * BURST_SHARE)));
  const intervalMs = 60_000 / Math.max(1, limit.perMinute - burst);
  const free = state.fullAt - (burst - 1) * intervalMs;
  const startAt = Math.max(spaced, free);
  return { startAt, state: { fullAt: Math.max(startAt, state.fullAt) + intervalMs, lastAt: startAt } };
}
