import { orderBy, ranksOf } from '../browse/order-by.ts';
import type { Sorts } from '../browse/view-hash.ts';
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
export const SORTS: Sorts<SortName> = [
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
  if (sort !== 'name') return orderBy(keysOf(cards, sort), falling, (a, b) => a - b);
  const order = Uint32Array.from({ length: cards.count }, (_, card) => card);
  return falling ? order.reverse() : order;
}

function keysOf(cards: Cards, sort: Exclude<SortName, 'name'>): readonly number[] {
  switch (sort) {
    case 'newest':
      return cards.published;
    case 'type':
    case 'base':
    case 'creator':
      return ranksOf(cards[sort], cards.words[sort]);
    default:
      return cards[sort];
  }
}
