import { type Cards, FLAGS, type WordList } from './card-data.ts';

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

/** A list of values and, card by card, which of them it has. */
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

/** The label of cards that have no value. */
const NONE: Readonly<Record<WordList, string>> = {
  type: 'unknown type',
  base: 'unknown base model',
  creator: 'unknown creator',
  tag: 'no tags',
  folder: '',
};

const STATES: readonly (readonly [string, number])[] = [
  ['has update', FLAGS.update],
  ['duplicate', FLAGS.duplicate],
  ['removed', FLAGS.removed],
  ['not on Civitai', FLAGS.missing],
  ['unchecked', FLAGS.unchecked],
  ['damaged', FLAGS.damaged],
  ['described by hand', FLAGS.described],
  ['likely trigger words', FLAGS.likely],
  ['no file', FLAGS.fileless],
];
const KNOWN = 'known to the site';

/** All facets in the order in which they are shown. */
export function facetsOf(cards: Cards): Facet[] {
  return [
    wordFacet(cards, 'type', 'Type'),
    wordFacet(cards, 'base', 'Base model'),
    stateFacet(cards),
    wordFacet(cards, 'creator', 'Creator'),
    tagFacet(cards),
    levelFacet(cards),
    folderFacet(cards),
  ];
}

function wordFacet(cards: Cards, name: 'type' | 'base' | 'creator', title: string): Facet {
  const words = cards.words[name];
  const column = cards[name];
  const lists = column.map((at) => [at < 0 ? words.length : at]);
  return { name, title, mode: 'any', labels: [...words, NONE[name]], none: words.length, ...packed(lists) };
}

function tagFacet(cards: Cards): Facet {
  const words = cards.words.tag;
  const lists = cards.tags.map((tags) => (tags.length === 0 ? [words.length] : tags));
  const labels = [...words, NONE.tag];
  return { name: 'tag', title: 'Tag', mode: 'all', labels, none: words.length, ...packed(lists) };
}

function levelFacet(cards: Cards): Facet {
  return {
    name: 'level',
    title: 'Rating',
    mode: 'any',
    labels: cards.levels,
    ...packed(cards.level.map((level) => [level])),
  };
}

function stateFacet(cards: Cards): Facet {
  const unknown = FLAGS.missing | FLAGS.unchecked | FLAGS.removed | FLAGS.fileless;
  const lists = cards.flags.map((flags) => {
    const list = STATES.flatMap(([, bit], index) => ((flags & bit) !== 0 ? [index] : []));
    return (flags & unknown) === 0 ? [...list, STATES.length] : list;
  });
  return {
    name: 'state',
    title: 'State',
    mode: 'any',
    labels: [...STATES.map(([label]) => label), KNOWN],
    ...packed(lists),
  };
}

/** A folder holds what its folders hold: every card counts for all that lead to it. */
function folderFacet(cards: Cards): Facet {
  const own = cards.words.folder.map((folder) => trail(folder.replaceAll('\\', '/')));
  const labels = [...new Set(own.flat())].toSorted(compareFolders);
  const places = new Map(labels.map((label, index) => [label, index]));
  const steps = own.map((paths) => paths.flatMap((path) => places.get(path) ?? []));
  const lists = cards.folder.map((at) => (at < 0 ? [] : (steps[at] ?? [])));
  const depths = labels.map((label) => label.split('/').length - 1);
  return { name: 'folder', title: 'Folder', mode: 'any', labels, depths, ...packed(lists) };
}

function trail(folder: string): string[] {
  const parts = folder.split('/').filter((part) => part !== '');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Parents right before their children, whatever characters names hold. */
function compareFolders(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  for (const [index, part] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (part !== other) return part < other ? -1 : 1;
  }
  return left.length - right.length;
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
