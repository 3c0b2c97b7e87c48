import type { JSX } from 'preact';
import type { CommonView } from './view-hash.ts';

interface NothingFoundProps<Sort extends string, View extends CommonView<Sort>> {
  readonly view: View;
  /** What search still reads; `undefined` when it has read all. */
  readonly reading: string | undefined;
  readonly onView: (view: View) => void;
}

/** What stands where no results do: why, and the ways back to some. */
export function NothingFound<Sort extends string, View extends CommonView<Sort>>({
  view,
  reading,
  onView,
}: NothingFoundProps<Sort, View>): JSX.Element {
  if (reading !== undefined) return <p class="empty">Reading the {reading}…</p>;
  const isFiltered = Object.keys(view.choices).length > 0;
  return (
    <div class="empty">
      <h2>Nothing matches{view.query === '' ? '' : ` “${view.query}”`}</h2>
      <p>{isFiltered ? 'Fewer words or filters find more.' : 'Fewer words find more.'}</p>
      <p class="empty-ways">
        {view.query !== '' && (
          <button type="button" class="control edged" onClick={() => onView({ ...view, query: '' })}>
            Clear the search
          </button>
        )}
        {isFiltered && (
          <button type="button" class="control edged" onClick={() => onView({ ...view, choices: {} })}>
            Clear the filters
          </button>
        )}
      </p>
    </div>
  );
}
