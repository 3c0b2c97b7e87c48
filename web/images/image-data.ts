import { loadScript, pushed } from '../shared/load-script.ts';

/** A creator's name and page, a post's id and title, a version's id, name, type and page. */
export type CreatorWord = readonly [name: string, page: string];
export type PostWord = readonly [id: number, title: string];
export type VersionWord = readonly [id: number, label: string, type: string, page: string];

/**
 * The images as `image-cards-1.js` … bring them, by id, validated: the scripts may be older or newer than this app. Times
 * in seconds, -1 where a number is unknown, '' where a text is.
 */
export interface Images {
  readonly count: number;
  /** How many images stand in one file of texts or details. */
  readonly partSize: number;
  readonly parts: number;
  readonly levels: readonly string[];
  readonly creators: readonly CreatorWord[];
  readonly posts: readonly PostWord[];
  readonly versions: readonly VersionWord[];
  readonly bases: readonly string[];
  readonly id: readonly number[];
  readonly created: readonly number[];
  readonly level: readonly number[];
  /** 0 a picture, 1 a film, 2 a sound. */
  readonly media: readonly number[];
  readonly width: readonly number[];
  readonly height: readonly number[];
  readonly thumb: readonly string[];
  readonly blurhash: readonly string[];
  readonly creator: readonly number[];
  readonly post: readonly number[];
  readonly used: readonly (readonly number[])[];
  readonly base: readonly (readonly number[])[];
}

/** What is read of one image when it is looked at. */
export interface ImageDetails {
  /** Url of the file. */
  readonly file: string;
  readonly prompt: string;
  readonly negative: string;
  readonly settings: readonly (readonly [string, string])[];
  readonly resources: readonly {
    readonly name: string;
    readonly type: string;
    readonly weight: string;
    /** Place among the versions; -1 for none. */
    readonly version: number;
  }[];
  readonly variants: readonly (readonly [string, string])[];
}

const NUMBERS = ['id', 'created', 'level', 'media', 'width', 'height', 'creator', 'post'] as const;
const TEXTS = ['thumb', 'blurhash'] as const;
const LISTS = ['used', 'base'] as const;

interface Head {
  readonly count: number;
  readonly cards: number;
  readonly raw: Readonly<Record<string, unknown>>;
}

/** All images; loads the files of cards that the document did not. Throws Error when one is missing or spoilt. */
export async function loadImages(): Promise<Images> {
  const head = readHead(pushed('civitariumImages'));
  const others = Array.from({ length: head.cards - 1 }, (_, index) => `image-cards-${index + 2}.js`);
  await Promise.all(others.map(loadScript));
  return readImages(pushed('civitariumImages'), head);
}

/** The head, from the list that the data scripts fill. */
export function readHead(list: unknown): Head {
  const raw = records(list).map((one) => one['head']).find(isRecord); // prettier-ignore
  if (raw === undefined || raw['version'] !== 1)
    throw new Error('The data beside this gallery is not of its version.');
  return { count: numberOf(raw['count']), cards: numberOf(raw['cards']), raw };
}

/** All files of cards as one table. */
export function readImages(list: unknown, { count, cards, raw }: Head): Images {
  const columns: Record<string, unknown[]> = {};
  for (const name of [...NUMBERS, ...TEXTS, ...LISTS]) columns[name] = [];
  for (let index = 0; index < cards; index += 1) {
    const part = records(list).find((one) => one['index'] === index)?.['columns'];
    if (!isRecord(part)) throw new Error('A part of the data beside this gallery is missing.');
    addPart(columns, part);
  }

  return {
    count,
    partSize: Math.max(1, numberOf(raw['partSize'])),
    parts: numberOf(raw['parts']),
    levels: texts(raw['levels']),
    creators: tuples(raw['creators'], ['', '']),
    posts: tuples(raw['posts'], [0, '']),
    versions: tuples(raw['versions'], [0, '', '', '']),
    bases: texts(raw['bases']),
    ...columns,
  } as unknown as Images;
}

function addPart(columns: Record<string, unknown[]>, part: Record<string, unknown>): void {
  const length = Array.isArray(part['id']) ? part['id'].length : 0;
  const take = (name: string, fits: (value: unknown) => boolean): void => {
    const list = part[name];
    if (!Array.isArray(list) || list.length !== length || !list.every(fits))
      throw new Error(`The data beside this gallery has a spoilt list: ${name}.`);
    for (const value of list) columns[name]?.push(value);
  };
  for (const name of NUMBERS) take(name, (value) => typeof value === 'number');
  for (const name of TEXTS) take(name, (value) => typeof value === 'string');
  for (const name of LISTS) take(name, Array.isArray);
}

/** Files of prompts that are not there. */
const missing = new Set<number>();

/** The prompts of one file, none where it is not there; `undefined` before it was loaded. */
export function textsOf(part: number): readonly string[] | undefined {
  if (missing.has(part)) return [];
  const found = records(pushed('civitariumImageTexts')).find((one) => one['index'] === part);
  return found === undefined ? undefined : texts(found['texts']);
}

/** Loads the prompts of one file; a missing one only makes search poorer. */
export async function loadTexts(part: number): Promise<readonly string[]> {
  if (textsOf(part) === undefined)
    await loadScript(`image-texts-${part + 1}.js`).catch(() => missing.add(part));
  return textsOf(part) ?? [];
}

/** How an image was made, by its place among all; `undefined` when the files that say it are not there. */
export async function loadDetails(images: Images, at: number): Promise<ImageDetails | undefined> {
  if (at < 0) return undefined;
  const part = Math.floor(at / images.partSize);
  const place = at % images.partSize;
  const find = (): unknown => records(pushed('civitariumImageDetails')).find((one) => one['index'] === part)?.['details']; // prettier-ignore
  if (find() === undefined) await loadScript(`image-details-${part + 1}.js`).catch(() => undefined);
  const details = find();
  const line: unknown = Array.isArray(details) ? details[place] : undefined;
  return Array.isArray(line) ? readDetails(line, (await loadTexts(part))[place] ?? '') : undefined;
}

function readDetails(line: readonly unknown[], prompt: string): ImageDetails {
  const [file, negative, settings, resources, variants] = line;
  return {
    file: textOf(file),
    prompt,
    negative: textOf(negative),
    settings: tuples(settings, ['', '']),
    resources: tuples<readonly [string, string, string, number]>(resources, ['', '', '', -1]).map(
      ([name, type, weight, version]) => ({ name, type, weight, version }),
    ),
    variants: tuples(variants, ['', '']),
  };
}

/** Lists of known length, what does not fit replaced. */
function tuples<Tuple extends readonly (string | number)[]>(value: unknown, usual: Tuple): readonly Tuple[] {
  if (!Array.isArray(value)) return [];
  return value.map((line: unknown) => {
    const parts: readonly unknown[] = Array.isArray(line) ? line : [];
    return usual.map((one, at) => (typeof parts[at] === typeof one ? parts[at] : one)) as unknown as Tuple;
  });
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
