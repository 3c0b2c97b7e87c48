import { EXIT, InterruptedError } from '../base/errors.ts';

/** Signals closer together than this are one Ctrl-C: a terminal tells the demo and its scan, and the demo tells its scan. */
const ONE_PRESS_MS = 500;

/** The first Ctrl-C asks for a clean stop, the second ends at once. */
export function listenForInterrupts(): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  let firstAt = 0;
  const onSignal = (): void => {
    if (controller.signal.aborted && performance.now() - firstAt < ONE_PRESS_MS) return;
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    firstAt = performance.now();
    process.stderr.write('\nStopping cleanly. Press Ctrl-C again to stop at once.\n');
    controller.abort(new InterruptedError());
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    end() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
