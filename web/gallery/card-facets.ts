import { alwaysOne, type Facet, oneOf, packed, severalOf } from '../browse/facets.ts';
import { type Cards, FLAGS } from './card-data.ts';

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
  const { words } = cards;
  return [
    oneOf({ name: 'type', title: 'Type', words: words.type, none: 'unknown type' }, cards.type),
    oneOf({ name: 'base', title: 'Base model', words: words.base, none: 'unknown base model' }, cards.base),
    stateFacet(cards),
    oneOf(
      { name: 'creator', title: 'Creator', words: words.creator, none: 'unknown creator' },
      cards.creator,
    ),
    severalOf({ name: 'tag', title: 'Tag', words: words.tag, none: 'no tags' }, cards.tags),
    alwaysOne('level', 'Rating', cards.levels, cards.level),
    folderFacet(cards),
  ];
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
