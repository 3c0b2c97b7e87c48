import { InterruptedError } from '../base/errors.ts';

/** Room for so many at once; whoever takes a slot calls the function it got exactly once to give it back. */
export interface Slots {
  take(signal?: AbortSignal): Promise<() => void>;
}

/** First come, first served. `take` throws InterruptedError when the signal fires before its turn. */
export function openSlots(size: number): Slots {
  let free = size;
  const queue = new Set<() => void>();
  const giveBack = (): void => {
    const [next] = queue;
    if (next === undefined) {
      free += 1;
      return;
    }
    queue.delete(next);
    next();
  };
  const once = (): (() => void) => {
    let given = false;
    return () => {
      if (given) return;
      given = true;
      giveBack();
    };
  };
  return {
    async take(signal) {
      if (signal?.aborted === true) throw new InterruptedError();
      if (free > 0) {
        free -= 1;
        return once();
      }
      await turn(queue, signal);
      return once();
    },
  };
}

function turn(queue: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      queue.delete(onTurn);
      reject(new InterruptedError());
    };
    const onTurn = (): void => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    };
    queue.add(onTurn);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
