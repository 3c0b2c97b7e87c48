import type { Clock } from '../base/clock.ts';
import type { Phase, Progress, Waiting } from '../base/progress.ts';
import type { OnWait } from '../net/wait.ts';

const REDRAW_MS = 1000;

export interface WaitTelling {
  /** What verbs report their progress to. */
  readonly progress: Progress;
  /** Hears of the waits of the network. */
  readonly tell: OnWait;
  close(): Promise<void>;
}

/**
 * Shows on whatever phase is open why the network waits and for how long, counting down, for as long as it does. Of
 * several waits the one that ends first is shown: then something moves again. Outside any phase a wait is a note.
 */
export function tellWaits(
  inner: Progress,
  clock: Pick<Clock, 'now'>,
  every: (ms: number, work: () => void) => () => void = everyUnref,
): WaitTelling {
  const phases = new Set<Phase>();
  const waits = new Set<Waiting>();
  let stopTicking: (() => void) | undefined;
  const show = (): void => {
    const first = firstOf(waits);
    for (const phase of phases) phase.waiting(first);
  };
  const tick = (): void => {
    if (waits.size > 0 && phases.size > 0) stopTicking ??= every(REDRAW_MS, show);
    else {
      stopTicking?.();
      stopTicking = undefined;
    }
  };
  const update = (): void => {
    show();
    tick();
  };
  return {
    tell(wait) {
      waits.add(wait);
      if (phases.size === 0)
        inner.note(`waiting ${Math.ceil((wait.until - clock.now()) / 1000)} s: ${wait.reason}`);
      update();
      return () => {
        waits.delete(wait);
        update();
      };
    },
    progress: {
      note: (message) => inner.note(message),
      phase(title, total, unit) {
        const phase = inner.phase(title, total, unit);
        phases.add(phase);
        update();
        return {
          advance: (done) => phase.advance(done),
          waiting: (wait) => phase.waiting(wait),
          about: (parts) => phase.about?.(parts),
          end() {
            phases.delete(phase);
            tick();
            phase.end();
          },
        };
      },
    },
    async close() {
      waits.clear();
      tick();
    },
  };
}

function firstOf(waits: ReadonlySet<Waiting>): Waiting | undefined {
  let first: Waiting | undefined;
  for (const wait of waits) if (first === undefined || wait.until < first.until) first = wait;
  return first;
}

/** A timer that keeps no process alive. */
function everyUnref(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms).unref();
  return () => clearInterval(timer);
}
