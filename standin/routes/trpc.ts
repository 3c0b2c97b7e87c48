import { json } from '../route.ts';
import type { Answer, Ask, Route } from '../route.ts';
import { titleOfPost } from '../world/posts.ts';
import { hash32 } from '../world/random.ts';
import { normalName } from './model-filter.ts';

const SITE = /^https?:\/\/(?:www\.)?civitai\.(?:com|red)(?:\/|$)/;

/** The API of the site's own pages: for them, and for whoever has a key. Answers come in one of two wrappings. */
export function trpcRoutes(): Route[] {
  const route = (name: string, find: (ask: Ask, input: Input) => unknown): Route => ({
    method: 'GET',
    pattern: `/api/trpc/${name}`,
    endpoint: `trpc/${name}`,
    access: 'none',
    respond: (ask) => answer(ask, find),
  });
  return [route('post.get', onePost), route('model.getAll', modelsOf), route('image.getInfinite', imagesOf)];
}

type Input = Readonly<Record<string, unknown>>;

function answer(ask: Ask, find: (ask: Ask, input: Input) => unknown): Answer {
  const isOfSite = SITE.test(ask.headers['origin'] ?? ask.headers['referer'] ?? '');
  if (ask.session === undefined && !isOfSite)
    return trouble(401, 'UNAUTHORIZED', 'Please use the public API instead: https://developer.civitai.com');
  const input = readInput(ask.query.get('input'));
  if (input === undefined) return trouble(400, 'BAD_REQUEST', 'Invalid input');
  const value = find(ask, input);
  if (value === undefined) return trouble(404, 'NOT_FOUND', 'Not found');
  const isFlat = hash32(ask.world.seed, ask.url.search) % 2 === 0;
  return json(200, { result: { data: isFlat ? flatten(value) : { json: value } } });
}

function trouble(status: number, code: string, message: string): Answer {
  return json(status, { error: { json: { message, code: -32_000, data: { code, httpStatus: status } } } });
}

function readInput(text: string | null): Input | undefined {
  try {
    const value = JSON.parse(text ?? '') as { readonly json?: Input };
    return value.json;
  } catch {
    return undefined;
  }
}

function onePost({ world, now }: Ask, { id }: Input): unknown {
  const [first] = world.feed.ofPost(Number(id), now);
  if (first === undefined) return undefined;
  return {
    id,
    title: titleOfPost(world.seed, Number(id)),
    publishedAt: new Date(world.feed.createdAt(first)),
  };
}

/** Drafts apart all of them, those too that no public list shows. The last cursor is given again at the end. */
function modelsOf({ world }: Ask, { username, limit, cursor }: Input): unknown {
  const creator = world.creatorByName(normalName(String(username)));
  const all = (creator === undefined ? [] : world.modelsOf(creator.id)).filter(
    ({ status, availability }) => status === 'Published' && availability !== 'Private',
  );
  const from = Number(cursor ?? 0);
  const to = from + Number(limit ?? 100);
  return {
    items: all.slice(from, to).map(({ id, name, type }) => ({ id, name, type })),
    nextCursor: String(to < all.length ? to : from),
  };
}

/** All that was rated, flagged ones too. */
function imagesOf({ world, now }: Ask, { postId, limit, cursor }: Input): unknown {
  const all = world.feed.ofPost(Number(postId), now).map((index) => world.feed.at(index));
  const shown = all.filter(({ nsfwLevel }) => nsfwLevel > 0);
  const from = Number(cursor ?? 0);
  const to = from + Number(limit ?? 100);
  return {
    items: shown.slice(from, to).map((image, at) => ({
      id: image.id,
      url: image.uuid,
      type: image.type,
      width: image.width,
      height: image.height,
      hash: image.blurhash,
      nsfwLevel: image.nsfwLevel,
      index: from + at,
      postId: image.postId,
      hasMeta: image.hasMeta,
      createdAt: new Date(image.createdAt),
      user: { id: image.creatorId, username: world.creator(image.creatorId)?.username ?? null },
    })),
    ...(to < shown.length ? { nextCursor: to } : {}),
  };
}

/** Every value once, named by its place: the other wrapping. */
function flatten(root: unknown): string {
  const values: unknown[] = [];
  const place = (value: unknown): number => {
    if (value === undefined) return -1;
    const at = values.push(null) - 1;
    if (value instanceof Date) values[at] = ['Date', value.toISOString()];
    else if (Array.isArray(value)) values[at] = value.map(place);
    else if (typeof value === 'object' && value !== null)
      values[at] = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, place(part)]));
    else values[at] = value;
    return at;
  };
  place(root);
  return JSON.stringify(values);
}
