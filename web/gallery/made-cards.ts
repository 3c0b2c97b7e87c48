import type { Cards } from './card-data.ts';

/** A few words of a card, for tests of what is done with many. */
export interface MadeCard {
  readonly name: string;
  readonly type?: string;
  readonly tags?: readonly string[];
  readonly folder?: string;
  readonly path?: string;
  readonly flags?: number;
  readonly downloads?: number;
  readonly creator?: string;
}

/** Cards made of a few words; everything else is unknown. */
export function madeCards(list: readonly MadeCard[]): Cards {
  const words = {
    type: [] as string[],
    base: [] as string[],
    creator: [] as string[],
    folder: [] as string[],
    tag: [] as string[],
  };
  const place = (of: string[], word: string | undefined): number => {
    if (word === undefined) return -1;
    if (!of.includes(word)) of.push(word);
    return of.indexOf(word);
  };
  const unknown = list.map(() => -1);
  const silent = list.map(() => '');
  return {
    count: list.length,
    levels: ['unrated', 'PG'],
    id: list.map((_, at) => at + 1),
    model: unknown,
    siteVersion: unknown,
    siteFile: unknown,
    name: list.map(({ name }) => name),
    version: silent,
    path: list.map(({ path }) => path ?? ''),
    page: silent,
    size: unknown,
    modified: unknown,
    added: unknown,
    published: unknown,
    updated: unknown,
    seen: unknown,
    downloads: list.map(({ downloads }) => downloads ?? -1),
    thumbs: unknown,
    level: list.map(() => 1),
    flags: list.map(({ flags }) => flags ?? 0),
    type: list.map(({ type }) => place(words.type, type)),
    base: unknown,
    creator: list.map(({ creator }) => place(words.creator, creator)),
    folder: list.map(({ folder }) => place(words.folder, folder)),
    tags: list.map(({ tags }) => (tags ?? []).map((tag) => place(words.tag, tag))),
    triggers: list.map(() => []),
    thumb: silent,
    video: silent,
    blurhash: silent,
    coverLevel: list.map(() => 0),
    words,
  };
}
