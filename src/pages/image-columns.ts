import type { CollectedImageView, UsedVersion } from '../catalog/collected-image.ts';
import { creatorFile, imageFiles, versionLabel } from './face-names.ts';
import { LEVELS, levelIndex } from './levels.ts';
import { type DataFile, pushScript } from './script-data.ts';

/** An image with its urls, relative to `gallery.files/`. */
export interface LinkedImage {
  readonly view: CollectedImageView;
  /** The file itself. */
  readonly file: string;
  readonly thumb: string | undefined;
}

/** What images name and link to. */
export interface ImageWords {
  /** What is known of a version that an image names. */
  version(versionId: number): UsedVersion | undefined;
  /** Url of the page of a held version, relative to `gallery.files/`. */
  pageOfVersion(versionId: number): string | undefined;
  titleOfPost(postId: number): string | undefined;
}

/** Images a file: of cards as many as are read at once, of the rest as many as one look at one image may cost. */
const CARDS = 5000;
const DETAILS = 500;
/** Characters of a prompt that are kept for pages; its note beside the image has all of it. */
const LONGEST = 20_000;

/** What the grid of images needs of one. Times in whole seconds, -1 where a number is unknown, '' where a text is. */
interface ImageRow {
  readonly id: number;
  readonly created: number;
  readonly level: number;
  readonly media: number;
  readonly width: number;
  readonly height: number;
  readonly thumb: string;
  readonly blurhash: string;
  readonly creator: number;
  readonly post: number;
  readonly used: readonly number[];
  readonly base: readonly number[];
}

interface List {
  readonly list: unknown[];
  readonly places: Map<string | number, number>;
}

/** Takes images in the order of their ids, and gives files of data as they fill; the cards come at the end, for the first of them has the words of all. */
export class ImageColumns {
  readonly #words: ImageWords;
  readonly #creators: List = { list: [], places: new Map() };
  readonly #posts: List = { list: [], places: new Map() };
  readonly #versions: List = { list: [], places: new Map() };
  readonly #bases: List = { list: [], places: new Map() };
  readonly #labels = new Set<string>();
  readonly #rows: ImageRow[] = [];
  #texts: string[] = [];
  #details: unknown[] = [];
  #parts = 0;

  constructor(words: ImageWords) {
    this.#words = words;
  }

  /** Adds one more image; gives the files that it fills. */
  add(image: LinkedImage): DataFile[] {
    const { view } = image;
    const used = view.resources.map(({ versionId }) => this.#versionAt(versionId));
    this.#rows.push(this.#rowOf(image, used));
    this.#texts.push(cut(view.prompt ?? ''));
    this.#details.push([
      image.file,
      cut(view.negative ?? ''),
      view.settings,
      view.resources.map(({ name, type, weight = '' }, index) => [name, type, weight, used[index] ?? -1]),
      (view.variants ?? []).map(([name, text]) => [name, cut(text)]),
    ]);
    return this.#texts.length === DETAILS ? this.#flush() : [];
  }

  /** The files that are left when all images are added. */
  end(): DataFile[] {
    const last = this.#texts.length > 0 ? this.#flush() : [];
    const parts = Math.max(1, Math.ceil(this.#rows.length / CARDS));
    const head = {
      version: 1,
      count: this.#rows.length,
      cards: parts,
      parts: this.#parts,
      partSize: DETAILS,
      levels: LEVELS,
      creators: this.#creators.list,
      posts: this.#posts.list,
      versions: this.#versions.list,
      bases: this.#bases.list,
    };
    const cards = Array.from({ length: parts }, (_, index) => ({
      name: imageFiles('cards', index),
      bytes: pushScript('civitariumImages', {
        index,
        ...(index === 0 ? { head } : {}),
        columns: columnsOf(this.#rows.slice(index * CARDS, (index + 1) * CARDS)),
      }),
    }));
    return [...last, ...cards];
  }

  /** What facets call a version that an image named. */
  labelOf(versionId: number): string {
    const place = this.#versions.places.get(versionId);
    const line = place === undefined ? undefined : this.#versions.list[place];
    return Array.isArray(line) ? String(line[1]) : '';
  }

  #flush(): DataFile[] {
    const index = this.#parts;
    this.#parts += 1;
    const files = [
      {
        name: imageFiles('texts', index),
        bytes: pushScript('civitariumImageTexts', { index, texts: this.#texts }),
      },
      {
        name: imageFiles('details', index),
        bytes: pushScript('civitariumImageDetails', { index, details: this.#details }),
      },
    ];
    this.#texts = [];
    this.#details = [];
    return files;
  }

  #rowOf({ view, thumb }: LinkedImage, used: readonly number[]): ImageRow {
    const { username, postId, createdAt } = view;
    const bases = view.resources.flatMap(
      ({ versionId }) => this.#words.version(versionId ?? 0)?.baseModel ?? [],
    );
    return {
      id: view.id,
      created: createdAt === undefined ? -1 : Math.floor(createdAt / 1000),
      level: levelIndex(view.nsfwLevel),
      media: ['image', 'video', 'audio'].indexOf(view.media),
      width: view.width ?? -1,
      height: view.height ?? -1,
      thumb: thumb ?? '',
      blurhash: view.blurhash ?? '',
      creator:
        username === undefined ? -1 : at(this.#creators, username, () => [username, creatorFile(username)]),
      post:
        postId === undefined
          ? -1
          : at(this.#posts, postId, () => [postId, this.#words.titleOfPost(postId) ?? '']),
      used: [...new Set(used.filter((place) => place >= 0))],
      base: [...new Set(bases)].map((base) => at(this.#bases, base, () => base)),
    };
  }

  #versionAt(versionId: number | undefined): number {
    const known = versionId === undefined ? undefined : this.#words.version(versionId);
    if (versionId === undefined) return -1;
    return at(this.#versions, versionId, () => {
      const plain = known?.label ?? `version ${versionId}`;
      const label = versionLabel(plain, versionId, this.#labels.has(plain));
      this.#labels.add(label);
      return [versionId, label, known?.type ?? '', this.#words.pageOfVersion(versionId) ?? ''];
    });
  }
}

/** Place of a thing in its list, made when it is new. */
function at({ list, places }: List, key: string | number, made: () => unknown): number {
  const known = places.get(key);
  if (known !== undefined) return known;
  places.set(key, list.length);
  return list.push(made()) - 1;
}

const COLUMNS = ['id', 'created', 'level', 'media', 'width', 'height', 'thumb', 'blurhash', 'creator', 'post', 'used', 'base'] as const satisfies readonly (keyof ImageRow)[]; // prettier-ignore

function columnsOf(rows: readonly ImageRow[]): Record<string, unknown[]> {
  return Object.fromEntries(COLUMNS.map((name) => [name, rows.map((row) => row[name])]));
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST).toWellFormed()} …`;
}
