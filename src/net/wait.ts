import type { Clock } from '../base/clock.ts';
import { InterruptedError } from '../base/errors.ts';

/** Waits, and tells why when it is worth telling. Throws InterruptedError when the signal fires. */
export type Wait = (ms: number, reason: string, signal?: AbortSignal) => Promise<void>;

/** Shorter waits are not worth a line on the screen. */
const WORTH_TELLING_MS = 500;

/** Makes a Wait on a clock. `onWait` hears of waits of half a second and more, before they begin. */
export function waiting(clock: Clock, onWait: ((reason: string, ms: number) => void) | undefined): Wait {
  return async (ms, reason, signal) => {
    throwIfAborted(signal);
    if (ms <= 0) return;
    if (ms >= WORTH_TELLING_MS) onWait?.(reason, ms);
    try {
      await clock.sleep(ms, signal);
    } catch (error) {
      throwIfAborted(signal);
      throw error;
    }
    throwIfAborted(signal);
  };
}

/** Throws InterruptedError when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new InterruptedError();
}
