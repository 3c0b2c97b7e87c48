import type { Clock } from '../base/clock.ts';
import { parseSha256, type ModelId, type PostId, type Sha256, type VersionId } from '../base/ids.ts';
import { isRecord, parseJson } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import { askJson, type JsonAnswer } from '../net/ask-json.ts';
import { refusalOf } from '../net/refusal.ts';
import type { Ages, Send } from '../net/send.ts';
import { askPostTitle } from './ask-post-title.ts';
import { readNext, walkPages, type Page, type WalkedPage, type WalkEnd } from './paging.ts';
import { sliceItems, sliceMember, sliceWhole } from './slice.ts';
import type { Image, Item, Model, Version } from './shapes/types.ts';

export interface ClientOptions {
  readonly send: Send;
  /** `https://civitai.com/api/v1`, without a slash at the end. */
  readonly apiUrl: string;
  /** Only to know whether there is one; `send` is what carries it. */
  readonly key?: string;
  /** Tells when the owner of the key is asked for again; without it, never in this client's life. */
  readonly clock?: Clock;
  readonly log: Log;
  /** Rating bits the image feed is asked for; 31, all of them. */
  readonly browsingLevel?: number;
}

/** A file the site knows. */
interface HashHit {
  readonly hash: Sha256;
  readonly versionId: VersionId;
  /** Older answers leave it out. */
  readonly modelId: ModelId | undefined;
}

/** Parameters of a listing, as the API names them; a list is repeated, `undefined` left out. */
type Query = Readonly<Record<string, string | number | boolean | readonly (string | number)[] | undefined>>;

/**
 * The site's API in our words. Every answer must be whole and of the right kind, else it is asked for again and then a
 * SourceError; `undefined` stands for the API's own 404 alone. Items that can't be read are left out with a warning.
 */
export interface CivitaiClient {
  /** Which of at most 10,000 hashes the site knows, and as what; unordered, one entry a matching file. */
  hashIds(hashes: readonly Sha256[]): Promise<HashHit[]>;
  /** The versions behind at most 100 hashes, each once, unordered. Silent about hashes it does not know. */
  versionsByHashes(hashes: readonly Sha256[]): Promise<Item<Version>[]>;
  /** The version of any stored hash: AutoV1, AutoV2, AutoV3, CRC32, SHA256, BLAKE3. */
  versionByHash(hash: string): Promise<Item<Version> | undefined>;
  version(id: VersionId): Promise<Item<Version> | undefined>;
  model(id: ModelId): Promise<Item<Model> | undefined>;
  /** At most 100 models. Neither scope shows all: `wide` adds mature and archived ones and drops some others. */
  modelsByIds(ids: readonly ModelId[], scope: 'wide' | 'default'): Promise<Item<Model>[]>;
  /** The image feed, page by page; what it returns says whether the end was the end. */
  images(query: Query, cursor?: string): AsyncGenerator<WalkedPage<Item<Image>>, WalkEnd>;
  /** The title of a post; `undefined` when it has none, and where the site does not answer that. */
  postTitle(id: PostId): Promise<string | undefined>;
  /** A listing of models, page by page. */
  modelsOf(query: Query, cursor?: string): AsyncGenerator<WalkedPage<Item<Model>>, WalkEnd>;
  /** How many models the site's list of creators says somebody has; `undefined` when it does not show them. */
  modelCount(username: string): Promise<number | undefined>;
  /** The site's current lists of names, for example `BaseModel`. */
  enums(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Whose key it is; `undefined` without a key. Asked once a day. Throws SourceError `key-refused`. */
  me(): Promise<{ readonly username: string } | undefined>;
}

const MOST_HASH_IDS = 10_000;
const MOST_HASHES = 100;
const MOST_MODEL_IDS = 100;
const MOST_CREATORS = 200;

const DAY_MS = 24 * 3_600_000;
/** Young for as long as is configured, a day unless it is. */
const ME_AGES: Ages = { hardMs: 7 * DAY_MS, evenForced: true };
const ENUM_AGES: Ages = { hardMs: 30 * DAY_MS };

/** What reading shapes needs; loaded at the first answer, because zod costs a start. */
type Reader<T> = (value: unknown) => T | undefined;

async function readers(
  log: Log,
): Promise<{ model: Reader<Model>; version: Reader<Version>; image: Reader<Image> }> {
  const [{ readModel }, { readVersion }, { readImage }] = await Promise.all([
    import('./shapes/model.ts'),
    import('./shapes/version.ts'),
    import('./shapes/image.ts'),
  ]);
  const warn = (message: string): void => log.warn('A part of an answer was left out.', { what: message });
  return {
    model: (value) => readModel(value, warn),
    version: (value) => readVersion(value, warn),
    image: readImage,
  };
}

/** Makes a client over a Send; nothing is asked yet. */
export function createClient(options: ClientOptions): CivitaiClient {
  const { send, log } = options;
  const now = (): number => options.clock?.now() ?? 0;
  const apiUrl = options.apiUrl.replace(/\/+$/, '');
  const { origin } = new URL(apiUrl);
  let asked: { readonly at: number; readonly me: Promise<{ readonly username: string }> } | undefined;

  const get = <T>(
    path: string,
    endpoint: string,
    parse: (text: string) => T,
    remember?: Ages,
  ): Promise<JsonAnswer<T>> =>
    askJson(
      send,
      { method: 'GET', url: `${apiUrl}/${path}`, endpoint, ...(remember === undefined ? {} : { remember }) },
      parse,
    );
  const post = <T>(path: string, body: unknown, parse: (text: string) => T): Promise<JsonAnswer<T>> => {
    const headers = { 'content-type': 'application/json' };
    return askJson(
      send,
      { method: 'POST', url: `${apiUrl}/${path}`, headers, body: JSON.stringify(body), endpoint: path },
      parse,
    );
  };
  const one = async <T>(path: string, endpoint: string, read: Reader<T>): Promise<Item<T> | undefined> => {
    const answer = await get(path, endpoint, (text) => wholeItem(text, read));
    return answer.status === 404 ? undefined : valueOf(answer);
  };
  const pageOf = async <T>(
    path: string,
    query: Query,
    cursor: string | undefined,
    read: Reader<T>,
  ): Promise<Page<Item<T>>> => {
    const url = `${path}?${queryText({ ...query, cursor: cursor ?? query['cursor'] })}`;
    return valueOf(await get(url, path, (text) => readPage(text, origin, read, log)));
  };

  return {
    async hashIds(hashes) {
      if (hashes.length === 0) return [];
      assertFew(hashes, MOST_HASH_IDS);
      return valueOf(await post('model-versions/by-hash/ids', hashes, readHits));
    },
    async versionsByHashes(hashes) {
      if (hashes.length === 0) return [];
      assertFew(hashes, MOST_HASHES);
      const { version } = await readers(log);
      const items = valueOf(
        await post('model-versions/by-hash', hashes, (text) => readItems(text, version, log)),
      );
      return onlyOnce(items);
    },
    async versionByHash(hash) {
      const { version } = await readers(log);
      return one(
        `model-versions/by-hash/${encodeURIComponent(hash)}`,
        'model-versions/by-hash/:hash',
        version,
      );
    },
    async version(id) {
      const { version } = await readers(log);
      return one(`model-versions/${id}`, 'model-versions/:id', expecting(version, id));
    },
    async model(id) {
      const { model } = await readers(log);
      return one(`models/${id}`, 'models/:id', expecting(model, id));
    },
    async modelsByIds(ids, scope) {
      if (ids.length === 0) return [];
      assertFew(ids, MOST_MODEL_IDS);
      const { model } = await readers(log);
      const wide = scope === 'wide' ? '&nsfw=true&archived=true' : '';
      const path = `models?ids=${ids.join(',')}&limit=${MOST_MODEL_IDS}${wide}`;
      const page = valueOf(await get(path, 'models?ids', (text) => readPage(text, origin, model, log)));
      const wanted = new Set<number>(ids);
      return onlyOnce(page.items).filter((item) => wanted.has(item.value.id));
    },
    async *images(query, cursor) {
      const { image } = await readers(log);
      const full: Query = { limit: 200, browsingLevel: options.browsingLevel ?? 31, ...query };
      const ask = (at: string | undefined): Promise<Page<Item<Image>>> => pageOf('images', full, at, image);
      return yield* walkPages(ask, {
        idOf: (item) => item.value.id,
        ...(cursor === undefined ? {} : { cursor }),
      });
    },
    postTitle: (id) => askPostTitle(send, apiUrl, id),
    async *modelsOf(query, cursor) {
      const { model } = await readers(log);
      const ask = (at: string | undefined): Promise<Page<Item<Model>>> =>
        pageOf('models', { limit: 100, ...query }, at, model);
      return yield* walkPages(ask, {
        idOf: (item) => item.value.id,
        ...(cursor === undefined ? {} : { cursor }),
      });
    },
    async modelCount(username) {
      const path = `creators?${queryText({ query: username, limit: MOST_CREATORS })}`;
      return valueOf(await get(path, 'creators', (text) => ({ count: readModelCount(text, username) })))
        .count;
    },
    async enums() {
      return valueOf(await get('enums', 'enums', readEnums, ENUM_AGES));
    },
    me() {
      if (options.key === undefined) return Promise.resolve(undefined);
      // A refusal is remembered too, or a bad key would be tried and told of again and again.
      if (asked === undefined || now() - asked.at > DAY_MS) {
        asked = { at: now(), me: get('me', 'me', readMe, ME_AGES).then(valueOf) };
      }
      return asked.me;
    },
  };
}

/** The site refuses the whole question when it holds one too many; a caller who asks so is our fault. */
function assertFew(list: readonly unknown[], most: number): void {
  if (list.length > most) throw new RangeError(`${list.length} at once; the site takes ${most}.`);
}

/** What a 2xx answer was read as; throws the refusal of any other. */
function valueOf<T>(answer: JsonAnswer<T>): T {
  if (answer.value === undefined) throw refusalOf(answer, answer.text);
  return answer.value;
}

function wholeItem<T>(text: string, read: Reader<T>): Item<T> {
  const raw = sliceWhole(text);
  const value = read(parseJson(raw));
  if (value === undefined) throw new SyntaxError('it is not what was asked for');
  return { value, raw };
}

/** An answer about another subject than the one asked for is no answer. */
function expecting<T extends { readonly id: number }>(read: Reader<T>, id: number): Reader<T> {
  return (value) => {
    const item = read(value);
    return item?.id === id ? item : undefined;
  };
}

function readItems<T>(text: string, read: Reader<T>, log: Log): Item<T>[] {
  const items: Item<T>[] = [];
  for (const raw of sliceItems(text)) {
    if (raw === 'null') continue;
    const value = read(parseJson(raw));
    if (value === undefined)
      log.warn('An item of an answer can not be read and is left out.', { begins: raw.slice(0, 80) });
    else items.push({ value, raw });
  }
  return items;
}

function readPage<T>(text: string, origin: string, read: Reader<T>, log: Log): Page<Item<T>> {
  return { items: readItems(text, read, log), ...readNext(sliceMember(text, 'metadata'), origin) };
}

function onlyOnce<T extends { readonly id: number }>(items: readonly Item<T>[]): Item<T>[] {
  const byId = new Map<number, Item<T>>();
  for (const item of items) if (!byId.has(item.value.id)) byId.set(item.value.id, item);
  return [...byId.values()];
}

function readHits(text: string): HashHit[] {
  return sliceItems(text).flatMap((raw) => {
    const value = parseJson(raw);
    const hash = isRecord(value) ? parseSha256(value['hash']) : undefined;
    const versionId = isRecord(value) ? positive<VersionId>(value['modelVersionId']) : undefined;
    if (!isRecord(value) || hash === undefined || versionId === undefined) return [];
    return [{ hash, versionId, modelId: positive<ModelId>(value['modelId']) }];
  });
}

function positive<T extends number>(value: unknown): T | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? (value as T) : undefined;
}

/** No models are told by an absent count. */
function readModelCount(text: string, username: string): number | undefined {
  for (const raw of sliceItems(text)) {
    const value = parseJson(raw);
    if (!isRecord(value) || String(value['username']).toLowerCase() !== username.toLowerCase()) continue;
    const count = value['modelCount'] ?? 0;
    return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
  }
  return undefined;
}

function readEnums(text: string): Record<string, string[]> {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value)) throw new SyntaxError('the lists of names are no object');
  const lists = Object.entries(value).filter((entry): entry is [string, unknown[]] =>
    Array.isArray(entry[1]),
  );
  return Object.fromEntries(
    lists.map(([name, list]) => [name, list.filter((word) => typeof word === 'string')]),
  );
}

function readMe(text: string): { readonly username: string } {
  const value: unknown = JSON.parse(text);
  const username = isRecord(value) ? value['username'] : undefined;
  if (typeof username !== 'string') throw new SyntaxError('the account has no name');
  return { username };
}

function queryText(query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value])
      params.append(name, String(one));
  }
  return params.toString();
}
