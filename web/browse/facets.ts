export type FacetName =
  | 'type'
  | 'base'
  | 'creator'
  | 'tag'
  | 'level'
  | 'state'
  | 'folder'
  // Of images.
  | 'post'
  | 'used'
  | 'media';

/** A list of values and, card by card, which of them it has. An image is a card too. */
export interface Facet {
  readonly name: FacetName;
  readonly title: string;
  /** `all`: a card must have every chosen value; `any`: one is enough. */
  readonly mode: 'any' | 'all';
  readonly labels: readonly string[];
  /** Values of card `i` are `values[starts[i]]` up to `values[starts[i + 1]]`. */
  readonly starts: Uint32Array;
  readonly values: Uint32Array;
  /** The value of cards that have none; absent where every card has one. */
  readonly none?: number;
  /** Depth of a value in a tree; absent for flat lists. */
  readonly depths?: readonly number[];
}

/** What the reader chose in one facet, as labels, for those survive a rebuild. */
export interface Choice {
  readonly with: readonly string[];
  readonly without: readonly string[];
}

interface Named {
  readonly name: FacetName;
  readonly title: string;
  readonly words: readonly string[];
  /** The label of cards that have no value. */
  readonly none: string;
}

/** A facet of which each card has one value or, below zero, none. */
export function oneOf({ name, title, words, none }: Named, column: readonly number[]): Facet {
  const lists = column.map((at) => [at < 0 ? words.length : at]);
  return { name, title, mode: 'any', labels: [...words, none], none: words.length, ...packed(lists) };
}

/** A facet of which a card has any number of values; it must have all that are chosen. */
export function severalOf(
  { name, title, words, none }: Named,
  column: readonly (readonly number[])[],
): Facet {
  const lists = column.map((list) => (list.length === 0 ? [words.length] : list));
  return { name, title, mode: 'all', labels: [...words, none], none: words.length, ...packed(lists) };
}

/** A facet of which each card has exactly one value. */
export function alwaysOne(
  name: FacetName,
  title: string,
  labels: readonly string[],
  column: readonly number[],
): Facet {
  return { name, title, mode: 'any', labels, ...packed(column.map((at) => [at])) };
}

/** Lists of values, card by card, in two rows of numbers. */
export function packed(lists: readonly (readonly number[])[]): Pick<Facet, 'starts' | 'values'> {
  const starts = new Uint32Array(lists.length + 1);
  for (const [index, list] of lists.entries()) starts[index + 1] = (starts[index] ?? 0) + list.length;
  const values = new Uint32Array(starts[lists.length] ?? 0);
  let at = 0;
  for (const list of lists) for (const value of list) values[at++] = value;
  return { starts, values };
}
