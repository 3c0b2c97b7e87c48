import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Cards } from './card-data.ts';
import { type SearchIndex, searchIndex } from './search.ts';

/** Longest piece of reading between two frames, in milliseconds. */
const SLICE = 8;

/** The search index, read on in the browser's idle time; `read` grows as it does, and ends at `complete`. */
export function useSearch(
  cards: Cards,
  loadAbout: () => Promise<readonly string[]>,
): { index: SearchIndex; read: number } {
  const about = useMemo<{ texts: readonly string[] | undefined }>(() => ({ texts: undefined }), [cards]);
  const index = useMemo(() => searchIndex(cards, (card) => about.texts?.[card] ?? ''), [cards]);
  const [read, setRead] = useState(0);
  useEffect(() => {
    let stopped = false;
    let slices = 0;
    const readOn = (): void => {
      if (stopped) return;
      slices += 1;
      const complete = index.readOn(SLICE);
      // Results are drawn anew now and then, not after every slice.
      if (complete || slices % 12 === 0) setRead(slices);
      if (!complete) setTimeout(readOn);
    };
    void loadAbout().then((texts) => {
      about.texts = texts;
      readOn();
    });
    return () => {
      stopped = true;
    };
  }, [index]);
  return { index, read };
}
