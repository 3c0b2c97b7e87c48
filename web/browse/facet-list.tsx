import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { fullCount } from './figures.ts';
import type { Choice, Facet, FacetName } from './facets.ts';
import type { Choices, Filtered } from './filter.ts';
import { Icon } from './icons.tsx';

/** Values shown before "more", and after it. */
const FEW = 8;
const MANY = 200;
/** From this many values on, a facet has a field to find one. */
const FIND_FROM = 12;

/** What there is to choose, and what is chosen. */
export interface FacetListProps {
  readonly facets: readonly Facet[];
  readonly counts: Filtered['counts'];
  readonly choices: Choices;
  readonly open: boolean;
  /** What is filtered, in the plural. */
  readonly noun: string;
  /** How many pass the present filter. */
  readonly found: number;
  readonly onClose: () => void;
  readonly onChoose: (name: FacetName, label: string, side: 'with' | 'without') => void;
}

/** All facets, beside the results or as a sheet from below. */
export function FacetList(props: FacetListProps): JSX.Element {
  const { facets, counts, choices, open, noun, found, onClose, onChoose } = props;
  return (
    <aside class={`side${open ? ' is-open' : ''}`} id="facets" aria-label="Filters" tabIndex={-1}>
      <div class="side-head">
        <strong>Filters</strong>
        <span class="muted small">
          {fullCount(found)} {noun}
        </span>
        <button type="button" class="control" onClick={onClose}>
          Done
        </button>
      </div>
      {facets.map((facet) => (
        <FacetGroup
          key={facet.name}
          facet={facet}
          counts={counts.get(facet.name) ?? new Uint32Array()}
          choice={choices[facet.name] ?? { with: [], without: [] }}
          onChoose={onChoose}
        />
      ))}
    </aside>
  );
}

interface GroupProps {
  readonly facet: Facet;
  readonly counts: Uint32Array;
  readonly choice: Choice;
  readonly onChoose: FacetListProps['onChoose'];
}

function FacetGroup({ facet, counts, choice, onChoose }: GroupProps): JSX.Element | null {
  const [wanted, setWanted] = useState('');
  const [all, setAll] = useState(false);
  const shown = topValues(facet, counts, choice, wanted.trim().toLowerCase(), all ? MANY : FEW);
  if (facet.labels.length === 0 || (shown.values.length === 0 && wanted === '')) return null;
  return (
    <section class="facet" aria-labelledby={`facet-${facet.name}`}>
      <h2 id={`facet-${facet.name}`}>{facet.title}</h2>
      {facet.labels.length >= FIND_FROM && (
        <input
          class="facet-find"
          type="search"
          placeholder={`find a ${facet.title.toLowerCase()}`}
          aria-label={`Find a ${facet.title.toLowerCase()}`}
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
      )}
      <ul>
        {shown.values.map((value) => (
          <Value
            key={value}
            facet={facet}
            value={value}
            count={counts[value] ?? 0}
            choice={choice}
            onChoose={onChoose}
          />
        ))}
      </ul>
      {(shown.more > 0 || all) && wanted === '' && (
        <button type="button" class="more" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? 'fewer' : `${fullCount(shown.more)} more`}
        </button>
      )}
    </section>
  );
}

interface ValueProps extends Omit<GroupProps, 'counts'> {
  readonly value: number;
  readonly count: number;
}

function Value({ facet, value, count, choice, onChoose }: ValueProps): JSX.Element {
  const label = facet.labels[value] ?? '';
  const depth = facet.depths?.[value] ?? 0;
  const text = facet.depths === undefined ? label : (label.split('/').at(-1) ?? label);
  const out = choice.without.includes(label);
  return (
    <li
      class={`choice${out ? ' is-out' : ''}${count === 0 ? ' is-none' : ''}`}
      data-depth={Math.min(depth, 3)}
    >
      <button
        type="button"
        class="choice-main"
        aria-pressed={choice.with.includes(label)}
        title={label}
        onClick={() => onChoose(facet.name, label, out ? 'without' : 'with')}
      >
        <span class="label" dir="auto">
          {text}
        </span>
        <span class="number">{fullCount(count)}</span>
      </button>
      <button
        type="button"
        class="choice-out"
        aria-pressed={out}
        aria-label={`Without ${label}`}
        title={`Without ${label}`}
        onClick={() => onChoose(facet.name, label, 'without')}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}

/** The values to show: what is chosen first, then the most frequent, "unknown" last; trees and levels keep their own order. */
export function topValues(
  facet: Facet,
  counts: Uint32Array,
  choice: Choice,
  wanted: string,
  limit: number,
): { values: number[]; more: number } {
  const chosen = new Set([...choice.with, ...choice.without]);
  const keepsOrder = facet.depths !== undefined || facet.name === 'level' || facet.name === 'state';
  const candidates: number[] = [];
  for (const [value, label] of facet.labels.entries()) {
    const fits =
      wanted === '' ? (counts[value] ?? 0) > 0 || chosen.has(label) : label.toLowerCase().includes(wanted);
    if (fits) candidates.push(value);
  }
  if (!keepsOrder) {
    const rank = (value: number): number =>
      (chosen.has(facet.labels[value] ?? '') ? 1e9 : 0) + (value === facet.none ? -1 : (counts[value] ?? 0));
    candidates.sort((a, b) => rank(b) - rank(a) || a - b);
  }
  return { values: candidates.slice(0, limit), more: Math.max(0, candidates.length - limit) };
}
