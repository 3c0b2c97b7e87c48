import type { JSX } from 'preact';
import type { Cards } from './card-data.ts';
import { fullCount } from '../browse/figures.ts';
import { Grid } from './grid.tsx';

/** Results of one type, and where they stand among all. */
export interface ResultGroup {
  readonly label: string;
  readonly start: number;
  readonly results: Uint32Array;
}

const byWord = new Intl.Collator('en', { numeric: true });

/** Results by type, types by name, unknown ones last; the order within a type stays. */
export function groupsOf(cards: Cards, results: Uint32Array): ResultGroup[] {
  const byType = new Map<number, number[]>();
  for (const card of results) {
    const type = cards.type[card] ?? -1;
    const group = byType.get(type);
    if (group === undefined) byType.set(type, [card]);
    else group.push(card);
  }
  const named = [...byType].map(([type, members]) => ({ label: cards.words.type[type], members }));
  named.sort((a, b) => {
    if (a.label === undefined || b.label === undefined) return a.label === undefined ? 1 : -1;
    return byWord.compare(a.label, b.label);
  });
  let start = 0;
  return named.map(({ label = 'Unknown type', members }) => {
    const group = { label, start, results: Uint32Array.from(members) };
    start += members.length;
    return group;
  });
}

/** All results in the order of their groups. */
export function inGroups(groups: readonly ResultGroup[]): Uint32Array {
  return Uint32Array.from(groups.flatMap(({ results }) => [...results]));
}

/** The results as cards under a heading for each type. */
export function Groups(
  props: Omit<Parameters<typeof Grid>[0], 'start' | 'label' | 'results'> & {
    readonly groups: readonly ResultGroup[];
  },
): JSX.Element {
  const { groups, ...shared } = props;
  return (
    <>
      {groups.map(({ label, start, results }) => (
        <section key={label} class="type-group">
          <h2>
            {label} <span class="of">{fullCount(results.length)}</span>
          </h2>
          <Grid {...shared} results={results} start={start} label={label} />
        </section>
      ))}
    </>
  );
}
