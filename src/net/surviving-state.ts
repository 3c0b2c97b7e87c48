import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { openState, type NetState } from './state.ts';

/**
 * The shared state, or one of our own from the moment the file fails (unreadable, damaged, disk full): a state that
 * can't be shared costs politeness between processes, not the run. Says so once.
 */
export function openSurvivingState(file: string, log: Log): NetState {
  const alone = (error: unknown): NetState => {
    log.warn('The shared network state can not be used; this process keeps its pace alone.', {
      file,
      why: messageOf(error),
    });
    return openState(':memory:');
  };
  let current: NetState;
  let isAlone = false;
  try {
    current = openState(file);
  } catch (error) {
    current = alone(error);
    isAlone = true;
  }
  const survive = async <T>(work: (state: NetState) => Promise<T>): Promise<T> => {
    const used = current;
    try {
      return await work(used);
    } catch (error) {
      if (used === current) {
        if (isAlone) throw error;
        isAlone = true;
        current = alone(error);
        await used.close().catch(() => undefined);
      }
      return work(current);
    }
  };
  return {
    reserve: (bookings, now) => survive((state) => state.reserve(bookings, now)),
    hold: (host, hold) => survive((state) => state.hold(host, hold)),
    holdOf: (host) => survive((state) => state.holdOf(host)),
    breakerOf: (key) => survive((state) => state.breakerOf(key)),
    changeBreaker: (key, change) => survive((state) => state.changeBreaker(key, change)),
    recall: (key) => survive((state) => state.recall(key)),
    keep: (key, kept, hardUntil) => survive((state) => state.keep(key, kept, hardUntil)),
    sweep: (now) => survive((state) => state.sweep(now)),
    close: () => current.close(),
  };
}
