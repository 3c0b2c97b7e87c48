import type { Clock } from '../base/clock.ts';
import { InterruptedError } from '../base/errors.ts';
import type { Ledger, WaitKind } from './ledger.ts';
import type { Request } from './send.ts';

/** A wait of a request whose end is known. */
export interface Pause {
  readonly kind: WaitKind;
  readonly ms: number;
  /** A sentence, for people. */
  readonly reason: string;
}

/** Waits on behalf of a request, and tells why when it is worth telling. Throws InterruptedError when its signal fires. */
export type Wait = (pause: Pause, request: Pick<Request, 'signal' | 'trail'>) => Promise<void>;

/** Hears of a wait when it begins; what it returns is called when it ends, however it ends. */
export type OnWait = (wait: { readonly reason: string; readonly until: number }) => () => void;

/** Shorter waits are not worth a line on the screen. */
const WORTH_TELLING_MS = 1000;

/** Makes a Wait on a clock. `onWait` hears of waits of a second and more. */
export function waiting(clock: Clock, ledger: Ledger, onWait: OnWait | undefined): Wait {
  return async ({ kind, ms, reason }, request) => {
    const { signal } = request;
    throwIfAborted(signal);
    if (ms <= 0) return;
    const begun = clock.now();
    const end = ms >= WORTH_TELLING_MS ? onWait?.({ reason, until: begun + ms }) : undefined;
    try {
      await clock.sleep(ms, signal);
    } catch (error) {
      throwIfAborted(signal);
      throw error;
    } finally {
      end?.();
      ledger.waited(request, kind, clock.now() - begun, reason);
    }
    throwIfAborted(signal);
  };
}

/** Throws InterruptedError when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new InterruptedError();
}
