import { SourceError } from '../base/errors.ts';
import type { ModelId, PostId } from '../base/ids.ts';
import { isRecord } from '../base/json.ts';
import { isLoopbackUrl } from '../net/address.ts';
import { askJson } from '../net/ask-json.ts';
import { refusalOf } from '../net/refusal.ts';
import type { Send } from '../net/send.ts';
import { walkPages } from './paging.ts';
import type { Image } from './shapes/types.ts';
import { readTrpc } from './trpc-answer.ts';

/**
 * What only the API of the site's own pages tells. It is no public contract, may change any day, and is asked only when the
 * user says so, with a key and without cookies. Its requests are counted under `trpc/…`.
 */
export interface UnofficialSite {
  postTitle(id: PostId): Promise<string | undefined>;
  /** The numbers of all models of somebody, as far as the key may see them. */
  modelIdsOf(username: string): Promise<ModelId[]>;
  /** All images of a post. */
  imagesOfPost(id: PostId): Promise<Image[]>;
}

interface UnofficialOptions {
  readonly send: Send;
  readonly apiUrl: string;
  /** Rating bits. */
  readonly levels: number;
}

interface Page {
  readonly items: readonly unknown[];
  readonly next: string | undefined;
}

const ACCOUNT = 'xG1nkqKTMzGDvpLrqFT7WA';
const MOST_LETTERS = 300;
/** A second try for a slip of the network; nothing waits for a route that may be gone. */
const TRIES = 2;

/** Nothing is asked yet. */
export function unofficialSite({ send, apiUrl, levels }: UnofficialOptions): UnofficialSite {
  const { origin } = new URL(apiUrl);
  const media = isLoopbackUrl(apiUrl) ? origin : 'https://image.civitai.com';

  const broken = new Map<string, SourceError>();

  const ask = async <T>(
    procedure: string,
    input: Readonly<Record<string, unknown>>,
    read: (value: unknown) => T,
  ): Promise<T> => {
    const asked = encodeURIComponent(JSON.stringify({ json: input }));
    const url = `${origin}/api/trpc/${procedure}?input=${asked}`;
    const endpoint = `trpc/${procedure}`;
    const before = broken.get(procedure);
    if (before !== undefined) throw before;
    const answer = await askJson(send, { method: 'GET', url, endpoint, attempts: TRIES }, (text) => ({
      value: read(readTrpc(text)),
    })).catch((error: unknown) => {
      // Not refused but broken, and not this once: as good as gone for the rest of the run.
      if (error instanceof SourceError) broken.set(procedure, error);
      throw error;
    });
    if (answer.value === undefined) throw refusalOf(answer, answer.text);
    return answer.value.value;
  };

  const all = async (procedure: string, input: Readonly<Record<string, unknown>>): Promise<unknown[]> => {
    const found: unknown[] = [];
    const pages = walkPages<unknown>(
      (cursor) => ask(procedure, cursor === undefined ? input : { ...input, cursor }, pageIn),
      { idOf: (item) => (isRecord(item) ? Number(item['id']) : undefined) },
    );
    for await (const { items } of pages) found.push(...items);
    return found;
  };

  return {
    async postTitle(id) {
      const post = await ask('post.get', { id }, (value) => value);
      const title = isRecord(post) && post['id'] === id ? post['title'] : undefined;
      const said = typeof title === 'string' ? title.slice(0, MOST_LETTERS).trim() : '';
      return said === '' ? undefined : said;
    },
    async modelIdsOf(username) {
      const items = await all('model.getAll', { username, limit: 100, sort: 'Oldest', period: 'AllTime', browsingLevel: levels }); // prettier-ignore
      const ids = items.flatMap((item) => (isRecord(item) ? [item['id']] : []));
      return [...new Set(ids.filter((id) => typeof id === 'number' && Number.isSafeInteger(id) && id > 0))] as ModelId[]; // prettier-ignore
    },
    async imagesOfPost(postId) {
      const { readImage } = await import('./shapes/image.ts');
      const items = await all('image.getInfinite', { postId, limit: 200, period: 'AllTime', browsingLevel: levels }); // prettier-ignore
      return items.flatMap((item) => {
        const image = isRecord(item) ? readImage(asListed(item, media)) : undefined;
        return image?.postId === postId ? [image] : [];
      });
    },
  };
}

function pageIn(value: unknown): Page {
  const items = isRecord(value) ? value['items'] : undefined;
  if (!isRecord(value) || !Array.isArray(items)) throw new SyntaxError('the list has no items');
  const cursor = value['nextCursor'];
  const isThere = (typeof cursor === 'string' && cursor !== '') || typeof cursor === 'number';
  return { items: items as readonly unknown[], next: isThere ? String(cursor) : undefined };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An image in the words of the public list: there the address is whole and the creator a name. */
function asListed(item: Readonly<Record<string, unknown>>, media: string): Record<string, unknown> {
  const { url, user, nsfwLevel } = item;
  const whole =
    typeof url === 'string' && UUID.test(url) ? `${media}/${ACCOUNT}/${url}/original=true/${url}.jpeg` : url;
  const username = isRecord(user) ? user['username'] : undefined;
  return { ...item, url: whole, username, browsingLevel: nsfwLevel, meta: undefined };
}
