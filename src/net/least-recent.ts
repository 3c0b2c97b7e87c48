import type { Kept, NetState } from './state.ts';

/**
 * A store with its last `entries` answers in memory, the least recently used dropped first. Ages are no concern of it:
 * whoever reads an answer looks at when it was stored.
 */
export function leastRecent(
  store: Pick<NetState, 'recall' | 'keep'>,
  entries: number,
): Pick<NetState, 'recall' | 'keep'> {
  // A Map gives its keys in the order of their setting: the first is the one unused for longest.
  const held = new Map<string, Kept>();
  const hold = (key: string, kept: Kept): void => {
    held.delete(key);
    held.set(key, kept);
    const [oldest] = held.keys();
    if (held.size > entries && oldest !== undefined) held.delete(oldest);
  };
  return {
    async recall(key) {
      const kept = held.get(key) ?? (await store.recall(key));
      if (kept !== undefined) hold(key, kept);
      return kept;
    },
    async keep(key, kept, hardUntil) {
      hold(key, kept);
      await store.keep(key, kept, hardUntil);
    },
  };
}
