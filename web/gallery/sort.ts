import type { Cards } from './card-data.ts';

export type SortName =
  | 'name'
  | 'newest'
  | 'updated'
  | 'downloads'
  | 'thumbs'
  | 'size'
  | 'added'
  | 'modified'
  | 'type'
  | 'base'
  | 'creator'
  | 'level';

/** The ways to sort, as the menu names them; the last ones only by the list's columns. */
export const SORTS: readonly (readonly [SortName, string])[] = [
  ['name', 'Name'],
  ['newest', 'Newest'],
  ['updated', 'Updated'],
  ['downloads', 'Downloads'],
  ['thumbs', 'Thumbs up'],
  ['size', 'Size'],
  ['added', 'Added here'],
  ['modified', 'File time'],
  ['type', 'Type'],
  ['base', 'Base model'],
  ['creator', 'Creator'],
  ['level', 'Rating'],
];

/** The sort of that name, or the other one. */
export function sortNamed(name: string | undefined, otherwise: SortName): SortName {
  return SORTS.find(([known]) => known === name)?.[0] ?? otherwise;
}

const TEXT_SORTS: ReadonlySet<SortName> = new Set(['name', 'type', 'base', 'creator']);

/** Texts rise by default, numbers fall: largest and newest first. */
export function fallsByDefault(sort: SortName): boolean {
  return !TEXT_SORTS.has(sort);
}

/** Cards in order. The data stands in name order, so equal cards stay in it; unknown ones come last either way. */
export function sortCards(cards: Cards, sort: SortName, falling: boolean): Uint32Array {
  const order = Uint32Array.from({ length: cards.count }, (_, card) => card);
  if (sort === 'name') return falling ? order.reverse() : order;
  const keys = keysOf(cards, sort);
  const sign = falling ? -1 : 1;
  return order.sort((a, b) => {
    const left = keys[a] ?? -1;
    const right = keys[b] ?? -1;
    if (left === right) return a - b;
    if (left < 0 || right < 0) return left < 0 ? 1 : -1;
    return sign * (left - right);
  });
}

function keysOf(cards: Cards, sort: Exclude<SortName, 'name'>): readonly number[] {
  switch (sort) {
    case 'newest':
      return cards.published;
    case 'type':
    case 'base':
    case 'creator':
      return ranks(cards[sort], cards.words[sort]);
    default:
      return cards[sort];
  }
}

/** Numbers that sort as the words do. */
function ranks(column: readonly number[], words: readonly string[]): number[] {
  const byWord = new Intl.Collator('en', { numeric: true });
  const places = words.map((_, at) => at).toSorted((a, b) => byWord.compare(words[a] ?? '', words[b] ?? ''));
  const rank = new Map(places.map((at, index) => [at, index]));
  return column.map((at) => rank.get(at) ?? -1);
}
