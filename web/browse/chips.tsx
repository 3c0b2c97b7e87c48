import type { JSX } from 'preact';
import type { FacetName } from './facets.ts';
import type { Choices } from './filter.ts';
import { Icon } from './icons.tsx';

/** A value that is chosen, or chosen against. */
export interface ChosenValue {
  readonly name: FacetName;
  readonly side: 'with' | 'without';
  readonly label: string;
}

interface ChipsProps {
  readonly chips: readonly ChosenValue[];
  readonly onChoose: (name: FacetName, label: string, side: 'with' | 'without') => void;
  readonly onClear: () => void;
}

/** Everything that filters, each a button that takes it back. */
export function Chips({ chips, onChoose, onClear }: ChipsProps): JSX.Element | null {
  if (chips.length === 0) return null;
  return (
    <div class="chosen" role="group" aria-label="Chosen filters">
      {chips.map(({ name, side, label }) => (
        <button
          key={`${name}${side}${label}`}
          type="button"
          class={`chip ${side}`}
          onClick={() => onChoose(name, label, side)}
        >
          <span dir="auto">
            <span class="unseen">Remove filter: </span>
            {side === 'without' && 'not '}
            {label}
          </span>
          <Icon name="close" />
        </button>
      ))}
      <button type="button" class="control" onClick={onClear}>
        clear
      </button>
    </div>
  );
}

/** All values that are chosen, or chosen against, facet by facet. */
export function chosenIn(choices: Choices, facets: readonly FacetName[]): ChosenValue[] {
  return facets.flatMap((name) =>
    (['with', 'without'] as const).flatMap((side) =>
      (choices[name]?.[side] ?? []).map((label) => ({ name, side, label })),
    ),
  );
}
