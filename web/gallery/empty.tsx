import type { JSX } from 'preact';
import { FACET_NAMES, type ViewState } from './view-state.ts';

interface EmptyProps {
  readonly total: number;
  /** Search still reads the descriptions. */
  readonly reading: boolean;
  readonly view: ViewState;
  readonly onView: (view: ViewState) => void;
}

/** What stands where no models do: why, and the way back to some. */
export function Empty({ total, reading, view, onView }: EmptyProps): JSX.Element {
  if (total === 0)
    return (
      <div class="empty">
        <h2>No models yet</h2>
        <p>
          Run <code>civitarium scan</code> on a folder of models, and they appear here.
        </p>
      </div>
    );
  if (reading) return <p class="empty">Reading the descriptions…</p>;
  const filters = FACET_NAMES.filter((name) => view.choices[name] !== undefined).length;
  return (
    <div class="empty">
      <h2>Nothing matches{view.query === '' ? '' : ` “${view.query}”`}</h2>
      <p>{filters === 0 ? 'Fewer words find more.' : 'Fewer words or filters find more.'}</p>
      <p class="empty-ways">
        {view.query !== '' && (
          <button type="button" class="control edged" onClick={() => onView({ ...view, query: '' })}>
            Clear the search
          </button>
        )}
        {filters > 0 && (
          <button type="button" class="control edged" onClick={() => onView({ ...view, choices: {} })}>
            Clear the filters
          </button>
        )}
      </p>
    </div>
  );
}
