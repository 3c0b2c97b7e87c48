import type { Clock } from '../base/clock.ts';

/** Holds bytes back so that no more than a rate pass, all takers together. */
export interface Throttle {
  /** Counts bytes that came; the promise, when there is one, is fulfilled when more may come. */
  take(bytes: number): Promise<void> | undefined;
}

/** As much may pass at once before anybody waits, in seconds of the rate. */
const BURST_S = 0.25;
/** Shorter waits than this are put off: timers are no more exact. */
const LEAST_WAIT_MS = 5;

/** A throttle for `bytesPerSecond`. */
export function openThrottle(bytesPerSecond: number, clock: Clock, signal?: AbortSignal): Throttle {
  // When all that was taken so far would have passed at the rate, epoch ms.
  let paidUntil = -Infinity;
  return {
    take(bytes) {
      const now = clock.now();
      paidUntil = Math.max(paidUntil, now - BURST_S * 1000) + (bytes * 1000) / bytesPerSecond;
      const ms = paidUntil - now;
      return ms < LEAST_WAIT_MS ? undefined : clock.sleep(ms, signal);
    },
  };
}
