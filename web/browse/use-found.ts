import { useMemo } from 'preact/hooks';
import type { Facet } from './facets.ts';
import { type Choices, filterCards, type Filtered } from './filter.ts';
import type { SearchIndex } from './search.ts';

interface Search {
  readonly index: SearchIndex;
  /** Grows as words are read. */
  readonly read: number;
}

/** What passes search and filters, in order, and what each facet counts. `order` holds everything. */
export function useFound(
  { query, choices }: { readonly query: string; readonly choices: Choices },
  facets: readonly Facet[],
  order: Uint32Array,
  { index, read }: Search,
): { readonly found: Uint32Array; readonly counts: Filtered['counts'] } {
  const asked = useMemo(() => index.find(query), [index, query, query === '' ? 0 : read]);
  const { hits, counts } = useMemo(
    () => filterCards(facets, choices, order.length, asked),
    [facets, choices, asked],
  );
  const found = useMemo(() => order.filter((card) => hits[card] === 1), [order, hits]);
  return { found, counts };
}
