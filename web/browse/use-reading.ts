import { useEffect, useState } from 'preact/hooks';
import type { SearchIndex } from './search.ts';

/** Longest piece of reading between two frames, in milliseconds. */
const SLICE = 8;
/** Results are drawn anew now and then, not after every slice. */
const SLICES_A_DRAWING = 12;

/**
 * Reads the index on in the browser's idle time while it is wanted. `loads` bring the texts, one after the other. What
 * is returned grows as words are read, and for the last time when all are.
 */
export function useReading(
  index: SearchIndex,
  wanted: boolean,
  loads: readonly (() => Promise<unknown>)[],
): number {
  const [read, setRead] = useState(0);
  useEffect(() => {
    if (!wanted || index.complete) return undefined;
    let stopped = false;
    const readOn = async (): Promise<void> => {
      for (const load of loads) {
        await load();
        if (stopped) return;
        index.readOn(SLICE);
      }
      for (let slices = 1; !stopped && !index.readOn(SLICE); slices += 1) {
        if (slices % SLICES_A_DRAWING === 0) setRead((old) => old + 1);
        await new Promise((resolve) => setTimeout(resolve));
      }
      if (!stopped) setRead((old) => old + 1);
    };
    void readOn();
    return () => {
      stopped = true;
    };
  }, [index, wanted]);
  return read;
}
