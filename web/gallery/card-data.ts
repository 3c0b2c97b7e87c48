/**
 * The cards as `gallery.files/cards.js` brings them, validated: the script may be older or newer than this app.
 * Times in seconds, -1 where a number is unknown, '' where a text is.
 */
export interface Cards {
  readonly count: number;
  readonly levels: readonly string[];
  readonly id: readonly number[];
  /** The site's ids of model, version and file. */
  readonly model: readonly number[];
  readonly siteVersion: readonly number[];
  readonly siteFile: readonly number[];
  readonly name: readonly string[];
  readonly version: readonly string[];
  readonly path: readonly string[];
  readonly page: readonly string[];
  readonly size: readonly number[];
  readonly modified: readonly number[];
  readonly added: readonly number[];
  readonly published: readonly number[];
  readonly updated: readonly number[];
  /** When the site last showed it; for what it removed. */
  readonly seen: readonly number[];
  readonly downloads: readonly number[];
  readonly thumbs: readonly number[];
  readonly level: readonly number[];
  readonly flags: readonly number[];
  readonly type: readonly number[];
  readonly base: readonly number[];
  readonly creator: readonly number[];
  readonly folder: readonly number[];
  readonly tags: readonly (readonly number[])[];
  readonly triggers: readonly (readonly string[])[];
  readonly thumb: readonly string[];
  readonly video: readonly string[];
  readonly blurhash: readonly string[];
  readonly coverLevel: readonly number[];
  readonly words: Readonly<Record<WordList, readonly string[]>>;
}

export type WordList = 'type' | 'base' | 'creator' | 'folder' | 'tag';

/** Bits of `flags`. */
export const FLAGS = {
  update: 1,
  duplicate: 2,
  removed: 4,
  missing: 8,
  unchecked: 16,
  damaged: 32,
  video: 64,
  described: 128,
  fileless: 256,
  likely: 512,
} as const;

/** What the first shard says of the rest. */
export interface DataHead {
  readonly count: number;
  /** Names of further shards and of the texts for search. */
  readonly shards: readonly string[];
  readonly about: readonly string[];
  readonly levels: readonly string[];
  readonly words: Cards['words'];
}

type Column = Exclude<keyof Cards, 'count' | 'levels' | 'words'>;

const NUMBERS = [
  'id', 'model', 'siteVersion', 'siteFile', 'size', 'modified', 'added', 'published', 'updated', 'seen', 'downloads', 'thumbs', 'level', 'flags', 'type', 'base', 'creator',
  'folder', 'coverLevel',
] as const satisfies readonly Column[]; // prettier-ignore
const TEXTS = [
  'name',
  'version',
  'path',
  'page',
  'thumb',
  'video',
  'blurhash',
] as const satisfies readonly Column[];
const LISTS = ['tags', 'triggers'] as const satisfies readonly Column[];

/** The head, from the list that the data scripts fill. Throws Error when the data is of another version. */
export function readHead(pushed: unknown): DataHead {
  const first: unknown = Array.isArray(pushed)
    ? pushed.find((shard) => isRecord(shard) && isRecord(shard['head']))
    : undefined;
  const head = isRecord(first) ? first['head'] : undefined;
  if (!isRecord(head) || head['version'] !== 1 || !isRecord(head['words'])) {
    throw new Error('The data beside this gallery is not of its version.');
  }
  const words = head['words'];
  return {
    count: typeof head['count'] === 'number' ? head['count'] : 0,
    shards: texts(head['shards']),
    about: texts(head['about']),
    levels: texts(head['levels']),
    words: {
      type: texts(words['type']),
      base: texts(words['base']),
      creator: texts(words['creator']),
      folder: texts(words['folder']),
      tag: texts(words['tag']),
    },
  };
}

/** All shards as one table. Throws Error when a shard or a part of one is missing. */
export function readCards(pushed: unknown, head: DataHead): Cards {
  const shards = (Array.isArray(pushed) ? pushed : []).filter(isRecord);
  const columns: Record<string, unknown[]> = {};
  for (const name of [...NUMBERS, ...TEXTS, ...LISTS]) columns[name] = [];
  for (const index of [0, ...head.shards.map((_, at) => at + 1)]) {
    const part = shards.find((shard) => shard['index'] === index)?.['columns'];
    if (!isRecord(part)) throw new Error('A part of the data beside this gallery is missing.');
    addPart(columns, part);
  }
  return { count: head.count, levels: head.levels, words: head.words, ...columns } as unknown as Cards;
}

function addPart(columns: Record<string, unknown[]>, part: Record<string, unknown>): void {
  const length = Array.isArray(part['id']) ? part['id'].length : 0;
  const take = (name: string, fits: (value: unknown) => boolean): void => {
    const list = part[name];
    if (!Array.isArray(list) || list.length !== length || !list.every(fits)) {
      throw new Error(`The data beside this gallery has a spoilt list: ${name}.`);
    }
    for (const value of list) columns[name]?.push(value);
  };
  for (const name of NUMBERS) take(name, (value) => typeof value === 'number');
  for (const name of TEXTS) take(name, (value) => typeof value === 'string');
  for (const name of LISTS) take(name, Array.isArray);
}

/** The texts for search, card by card; '' where a shard has not come. */
export function readAbout(pushed: unknown, head: DataHead): string[] {
  const shards = (Array.isArray(pushed) ? pushed : []).filter(isRecord);
  return head.about.flatMap((_, index) => texts(shards.find((shard) => shard['index'] === index)?.['about']));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map((text) => (typeof text === 'string' ? text : '')) : [];
}
