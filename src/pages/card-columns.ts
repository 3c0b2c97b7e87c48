import type { CardView } from '../catalog/views.ts';
import { LEVELS, levelIndex } from './levels.ts';
import { type DataFile, pushScript } from './script-data.ts';

/** A card with its urls, relative to the gallery page. */
export interface LinkedCard {
  readonly card: CardView;
  readonly page: string | undefined;
  readonly thumb: string | undefined;
  readonly video: string | undefined;
}

/** Cards a shard; keeps each script small enough to parse without a pause. */
const SHARD = 5000;

/** Bits of the `flags` column; `web/gallery/card-data.ts` reads the same. */
export const FLAGS = {
  update: 1,
  duplicate: 2,
  removed: 4,
  missing: 8,
  unchecked: 16,
  damaged: 32,
  video: 64,
  /** Something of it was written by hand. */
  described: 128,
  /** There is no file, only a description. */
  fileless: 256,
  /** The trigger words are likely ones: tags of the training. */
  likely: 512,
} as const;

/**
 * Cards as columns, one list a field: half the size and a third of the reading time of one object a card. One file at a
 * time is made, for all of them together take several times what the cards do.
 */
export function* encodeCards(linked: readonly LinkedCard[]): Generator<DataFile> {
  const words = {
    type: dictionary(),
    base: dictionary(),
    creator: dictionary(),
    folder: dictionary(),
    tag: dictionary(),
  };
  const parts: LinkedCard[][] = [];
  for (let start = 0; start === 0 || start < linked.length; start += SHARD)
    parts.push(linked.slice(start, start + SHARD));
  // The first file has the words of all.
  const rows = parts.map((part) => columnsOf(part, words));
  const names = rows.map((_, index) => (index === 0 ? 'cards.js' : `cards-${index + 1}.js`));
  const about = rows.map((_, index) => `about-${index + 1}.js`);
  const head = {
    version: 1,
    count: linked.length,
    shards: names.slice(1),
    about,
    levels: LEVELS,
    words: Object.fromEntries(Object.entries(words).map(([name, { list }]) => [name, list])),
  };
  for (const [index, columns] of rows.entries())
    yield {
      name: names[index] ?? '',
      bytes: pushScript('civitariumCards', { index, ...(index === 0 ? { head } : {}), columns }),
    };
  for (const [index, part] of parts.entries())
    yield {
      name: about[index] ?? '',
      bytes: pushScript('civitariumAbout', { index, about: part.map(({ card }) => card.about) }),
    };
}

interface Dictionary {
  readonly list: string[];
  /** Place of a word in the list; -1 for none. */
  at(word: string | undefined): number;
}

function dictionary(): Dictionary {
  const list: string[] = [];
  const places = new Map<string, number>();
  return {
    list,
    at(word) {
      if (word === undefined || word === '') return -1;
      const known = places.get(word);
      if (known !== undefined) return known;
      places.set(word, list.length);
      return list.push(word) - 1;
    },
  };
}

/** Times in whole seconds, -1 where a number is unknown, '' where a text is. */
function columnsOf(
  part: readonly LinkedCard[],
  words: Record<'type' | 'base' | 'creator' | 'folder' | 'tag', Dictionary>,
) {
  const seconds = (ms: number | undefined): number => (ms === undefined ? -1 : Math.floor(ms / 1000));
  const each = <T>(read: (card: CardView) => T): T[] => part.map(({ card }) => read(card));
  return {
    id: each((card) => card.fileId),
    model: each((card) => card.modelId ?? -1),
    siteVersion: each((card) => card.versionId ?? -1),
    siteFile: each((card) => card.siteFileId ?? -1),
    name: each((card) => card.name),
    version: each((card) => card.versionName ?? ''),
    path: each((card) => card.relativePath),
    page: part.map(({ page }) => page ?? ''),
    size: each((card) => card.size),
    modified: each((card) => seconds(card.modifiedAt)),
    added: each((card) => seconds(card.addedAt)),
    published: each((card) => seconds(card.publishedAt)),
    updated: each((card) => seconds(card.updatedAt)),
    seen: each((card) => seconds(card.lastSeenAt)),
    downloads: each((card) => card.downloads ?? -1),
    thumbs: each((card) => card.thumbsUp ?? -1),
    level: each((card) => levelIndex(card.nsfwLevel)),
    flags: each(flagsOf),
    type: each((card) => words.type.at(card.type)),
    base: each((card) => words.base.at(card.baseModel)),
    creator: each((card) => words.creator.at(card.creator)),
    folder: each((card) => words.folder.at(card.folder)),
    tags: each((card) => [...new Set(card.tags)].map((tag) => words.tag.at(tag)).filter((at) => at >= 0)),
    triggers: each((card) => card.trainedWords),
    thumb: part.map(({ thumb }) => thumb ?? ''),
    video: part.map(({ video }) => video ?? ''),
    blurhash: each((card) => card.cover?.blurhash ?? ''),
    coverLevel: each((card) => levelIndex(card.cover?.nsfwLevel ?? 0)),
  };
}

function flagsOf(card: CardView): number {
  return (
    (card.hasUpdate ? FLAGS.update : 0) |
    (card.duplicate ? FLAGS.duplicate : 0) |
    (card.removed ? FLAGS.removed : 0) |
    (card.state === 'missing' ? FLAGS.missing : 0) |
    (card.state === 'unchecked' && !card.fileless ? FLAGS.unchecked : 0) |
    (card.described ? FLAGS.described : 0) |
    (card.fileless ? FLAGS.fileless : 0) |
    (card.likely ? FLAGS.likely : 0) |
    (card.headerWarning ? FLAGS.damaged : 0) |
    (card.cover?.media === 'video' ? FLAGS.video : 0)
  );
}
