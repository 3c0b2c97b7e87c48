import type { JSX } from 'preact';
import { type Cards, FLAGS } from './card-data.ts';
import { fullCount } from '../browse/figures.ts';
import type { ViewState } from './view-state.ts';

/** The label of the state that makes the shelf. */
const REMOVED = 'removed';

interface ShelfProps {
  /** Models that the site removed. */
  readonly count: number;
  readonly view: ViewState;
  readonly onView: (view: ViewState) => void;
}

/** How many of the cards the site removed. */
export function countRemoved(cards: Cards): number {
  return cards.flags.filter((flags) => (flags & FLAGS.removed) !== 0).length;
}

/** True when the shelf of removed models is what is looked at. */
export function isOnShelf(view: ViewState): boolean {
  return view.choices.state?.with.includes(REMOVED) === true;
}

/** To the shelf of what the site removed and back; nothing where there is none. */
export function ShelfButton({ count, view, onView }: ShelfProps): JSX.Element | null {
  if (count === 0) return null;
  const isOn = isOnShelf(view);
  const { state: _, ...others } = view.choices;
  const choices = isOn ? others : { ...others, state: { with: [REMOVED], without: [] } };
  return (
    <button
      type="button"
      class="control edged shelf-button wide-only"
      aria-pressed={isOn}
      title="Models that Civitai removed and this library kept"
      onClick={() => onView({ ...view, choices })}
    >
      Removed <span class="shelf-count">{fullCount(count)}</span>
    </button>
  );
}

/** What the shelf is, above its cards. */
export function ShelfHead({ count, view }: Omit<ShelfProps, 'onView'>): JSX.Element | null {
  if (count === 0 || !isOnShelf(view)) return null;
  return (
    <div class="shelf-head">
      <h2>Removed from Civitai</h2>
      <p>
        {count === 1 ? 'This model was' : `These ${fullCount(count)} models were`} on the site once. Kept
        here: the files, their descriptions and trigger words, and the previews that were fetched. Each card
        says when the site last showed it.
      </p>
    </div>
  );
}
