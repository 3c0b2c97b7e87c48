import { useMemo } from 'preact/hooks';
import type { SearchIndex } from '../browse/search.ts';
import { useReading } from '../browse/use-reading.ts';
import type { Cards } from './card-data.ts';
import { searchIndex } from './card-search.ts';

/** The search index, read on in the browser's idle time; `read` grows as it does, and ends at `complete`. */
export function useSearch(
  cards: Cards,
  loadAbout: () => Promise<readonly string[]>,
): { index: SearchIndex; read: number } {
  const about = useMemo<{ texts: readonly string[] | undefined }>(() => ({ texts: undefined }), [cards]);
  const index = useMemo(() => searchIndex(cards, (card) => about.texts?.[card] ?? ''), [cards]);
  const load = async (): Promise<void> => {
    about.texts = await loadAbout();
  };
  return { index, read: useReading(index, true, [load]) };
}
