import { afterEach, describe, expect, it } from 'vitest';
import { noEdge } from '../edge.ts';
import type { Session } from '../route.ts';
import { listen } from '../server.ts';
import type { Listening } from '../server.ts';
import { virtualClock } from '../virtual-clock.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import type { World } from '../world/types.ts';
import { makeWorld } from '../world/world.ts';
import { feedRoutes } from './feed.ts';
import type { FeedOddities } from './feed.ts';

const world: World = makeWorld({ seed: 5, models: 12, images: 1_500 });
const keys = new Map<string, Session>([['k', { userId: 1, username: 'u', moderator: false }]]);

interface Item {
  readonly id: number;
  readonly url: string;
  readonly nsfwLevel: string;
  readonly browsingLevel: number;
  readonly createdAt: string;
  readonly stats: Readonly<Record<string, number>>;
  readonly meta: unknown;
  readonly username: string | null;
  readonly baseModel: string | null;
  readonly modelVersionIds: readonly number[];
  readonly type: string;
  readonly postId: number;
  readonly tags?: readonly { readonly id: number }[];
}

interface Page {
  readonly items: readonly Item[];
  readonly metadata: { readonly nextCursor?: string; readonly nextPage?: string };
}

let server: Listening | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function open(oddities: FeedOddities = { emptyPages: 0 }, clock = stopped()): Promise<void> {
  const parts = { world, clock, keys, edge: noEdge, faults: undefined, manners: undefined };
  server = await listen({ ...parts, routes: feedRoutes(oddities) }, 0);
}

function stopped(): VirtualClock {
  return virtualClock({ start: world.startedAt, speed: 0 });
}

async function ask(query: string, status = 200): Promise<unknown> {
  const response = await fetch(`${server?.origin ?? ''}/api/v1/images?${query}`);
  expect(response.status).toBe(status);
  return response.json();
}

async function page(query: string): Promise<Page> {
  return (await ask(query)) as Page;
}

/** All pages of a question, by cursor; stops when a cursor comes again. */
async function walk(query: string): Promise<Page[]> {
  const pages = [];
  const seen = new Set<string>();
  for (let cursor = ''; !seen.has(cursor);) {
    seen.add(cursor);
    const one = await page(cursor === '' ? query : `${query}&cursor=${encodeURIComponent(cursor)}`);
    pages.push(one);
    if (one.metadata.nextCursor === undefined) return pages;
    cursor = one.metadata.nextCursor;
  }
  return pages;
}

const idsOf = (pages: readonly Page[]): number[] => pages.flatMap((one) => one.items.map((item) => item.id));

/** Feed images that may be shown, by index. */
function visible(levels = 31): number[] {
  return Array.from({ length: world.feed.count(world.startedAt) }, (_, index) => world.feed.at(index))
    .filter((image) => (image.nsfwLevel & levels) !== 0 && !image.minor && !image.poi)
    .map((image) => image.id);
}

describe('walking the feed', () => {
  it.each(['offset', 'bdx', 'feed', 'number'] as const)(
    'meets every image once with %s cursors',
    async (cursors) => {
      await open({ emptyPages: 0, cursors });
      const ids = idsOf(await walk('sort=Newest&browsingLevel=31&limit=200'));
      expect(ids).toEqual(visible().reverse());
    },
  );

  it('has empty and short pages on the way, and only a missing cursor ends it', async () => {
    await open({ emptyPages: 0.5 });
    const pages = await walk('sort=Oldest&browsingLevel=31&limit=50');
    expect(pages.slice(0, -1).some((one) => one.items.length === 0)).toBe(true);
    expect(idsOf(pages)).toEqual(visible());
  });

  it('comes by reactions, in their order', async () => {
    await open();
    const pages = await walk('browsingLevel=31&limit=200');
    const reactions = pages
      .flatMap((one) => one.items)
      .map(({ stats }) =>
        ['cryCount', 'laughCount', 'likeCount', 'heartCount'].reduce(
          (sum, name) => sum + (stats[name] ?? 0),
          0,
        ),
      );
    expect(reactions).toEqual(reactions.toSorted((a, b) => b - a));
    expect(idsOf(pages).toSorted((a, b) => a - b)).toEqual(visible());
  });

  it('leaves out what was born after its first page, which a new walk has', async () => {
    const clock = stopped();
    await open({ emptyPages: 0 }, clock);
    const first = await page('sort=Newest&browsingLevel=31&limit=5');
    clock.advance(86_400_000);
    const cursor = encodeURIComponent(first.metadata.nextCursor ?? '');
    const second = await page(`sort=Newest&browsingLevel=31&limit=5&cursor=${cursor}`);
    const fresh = await page('sort=Newest&browsingLevel=31&limit=5');
    expect(Math.max(...idsOf([second]))).toBeLessThan(Math.min(...idsOf([first])));
    expect(Math.min(...idsOf([fresh]))).toBeGreaterThan(Math.max(...idsOf([first])));
    expect(second.items[0]?.stats).not.toEqual((await page(`imageId=${idsOf([first])[0]}`)).items[0]?.stats);
  });

  it('loops when told to', async () => {
    await open({ emptyPages: 0, loopFrom: 400 });
    const pages = await walk('sort=Newest&browsingLevel=31&limit=200');
    expect(pages).toHaveLength(3);
    expect(pages[2]?.metadata.nextCursor).toBe(pages[1]?.metadata.nextCursor);
  });

  it('knows periods', async () => {
    await open();
    const first = await page('sort=Oldest&browsingLevel=31&period=Week&limit=1');
    expect(first.items).toHaveLength(1);
    expect(Date.parse(first.items[0]?.createdAt ?? '')).toBeGreaterThan(world.startedAt - 7 * 86_400_000);
  });
});

describe('levels', () => {
  const levelsOf = async (query: string): Promise<number[]> => {
    const { items } = await page(`${query}&limit=200&sort=Newest`);
    return [...new Set(items.map((item) => item.browsingLevel))].sort((a, b) => a - b);
  };

  it('are PG unless asked for, and mean what the site means', async () => {
    await open();
    expect(await levelsOf('x=1')).toEqual([1]);
    expect(await levelsOf('nsfw=Soft')).toEqual([1, 2]);
    expect(await levelsOf('nsfw=true')).toEqual([4, 8, 16]);
    expect(await levelsOf('nsfw=false')).toEqual([1]);
    expect(await levelsOf('nsfw=Blocked')).toEqual([]);
    expect(await levelsOf('browsingLevel=63')).toEqual([1, 2, 4, 8, 16]);
    expect(await levelsOf('browsingLevel=2&nsfw=true')).toEqual([2]);
  });

  it('can be held back from callers without a key', async () => {
    await open({ emptyPages: 0, anonymousIsPg: true });
    expect(await levelsOf('browsingLevel=31')).toEqual([1]);
    const headers = { authorization: 'Bearer k' };
    const response = await fetch(`${server?.origin ?? ''}/api/v1/images?browsingLevel=16&limit=1`, {
      headers,
    });
    expect(((await response.json()) as Page).items[0]).toMatchObject({ nsfwLevel: 'X', browsingLevel: 16 });
  });
});

describe('items', () => {
  it('have meta only when asked for, nested or flat', async () => {
    await open();
    const bare = await page('sort=Newest&limit=50');
    expect(bare.items.every((item) => item.meta === null)).toBe(true);
    const full = await page('sort=Newest&limit=50&withMeta=true');
    expect(full.items).toHaveLength(bare.items.length);
    expect(full.items.some((item) => item.meta === null)).toBe(true);
    const image = full.items.find((item) => item.meta !== null);
    expect(image?.meta).toMatchObject({ seed: expect.anything() as unknown });
    const nested = await page(`imageId=${image?.id ?? 0}&withMeta=true`);
    expect(nested.items[0]?.meta).toEqual({ id: image?.id, meta: image?.meta });
    expect((await page(`imageId=${image?.id ?? 0}&withMeta=true&flatMeta=true`)).items[0]?.meta).toEqual(
      image?.meta,
    );
  });

  it('can have lost their counters', async () => {
    await open({ emptyPages: 0, zeroStats: 1 });
    const { items } = await page('limit=20');
    expect(items.flatMap((item) => Object.values(item.stats)).every((count) => count === 0)).toBe(true);
  });

  it('are found by post, version, creator, type and tag', async () => {
    await open();
    const recent = (await page('sort=Newest&limit=50&browsingLevel=31')).items;
    const sample = recent.find((item) => item.username !== null);
    const own = async (query: string): Promise<readonly Item[]> => {
      const { items } = await page(`${query}&browsingLevel=31&limit=200&withTags=true`);
      expect(items.length).toBeGreaterThan(0);
      return items;
    };
    expect((await own(`postId=${sample?.postId}`)).every((item) => item.postId === sample?.postId)).toBe(
      true,
    );
    const versionId = sample?.modelVersionIds[0] ?? 0;
    const ofVersion = await own(`modelVersionId=${versionId}`);
    expect(ofVersion.every((item) => item.modelVersionIds.includes(versionId))).toBe(true);
    expect(
      (await own(`username=${sample?.username}`)).every((item) => item.username === sample?.username),
    ).toBe(true);
    expect((await own('type=video')).every((item) => item.type === 'video')).toBe(true);
    expect((await own('tags=3')).every((item) => item.tags?.some((tag) => tag.id === 3))).toBe(true);
  });
});

describe('the database path', () => {
  const model = world
    .modelIds()
    .map((id) => world.model(id))
    .find((one) => one !== undefined && one.versions.length > 1);
  const query = `modelId=${model?.id ?? 0}&browsingLevel=31&limit=10`;

  it('skips an image at every page edge going down, none going up', async () => {
    await open();
    const up = idsOf(await walk(`${query}&sort=Oldest`));
    const down = await walk(`${query}&sort=Newest`);
    expect(new Set(idsOf(down)).size).toBeLessThan(new Set(up).size);
    expect(new Set(up).size - new Set(idsOf(down)).size).toBeLessThanOrEqual(down.length);
    expect(down[0]?.metadata.nextCursor).toMatch(/^\d+$/);
  });

  it('can end a walk with nothing, as if that were all', async () => {
    await open({ timeouts: 1 });
    expect(await page(query)).toEqual({ items: [], metadata: {} });
  });
});

describe('refusals', () => {
  it('of what can’t be', async () => {
    await open();
    expect(await ask('limit=201', 400)).toMatchObject({ error: { name: 'ZodError' } });
    expect(await ask('baseModels=Nonsense', 400)).toMatchObject({ error: { name: 'ZodError' } });
    expect(await ask('username=a-b', 400)).toMatchObject({ error: { name: 'ZodError' } });
    expect(await ask('cursor=nonsense', 400)).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await ask('username=nobody_at_all', 404)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('of pages beyond the limit, after pages that are all the first', async () => {
    await open();
    const first = await page('page=1&limit=200&sort=Newest');
    const fifth = await page('page=5&limit=200&sort=Newest');
    expect(idsOf([fifth])).toEqual(idsOf([first]));
    expect(first.metadata.nextPage).toContain('page=2');
    expect(first.metadata.nextPage).not.toContain('cursor');
    expect(await ask('page=6&limit=200', 429)).toMatchObject({
      error: expect.stringContaining('cursors') as unknown,
    });
  });

  it('of a cursor under other filters', async () => {
    await open({ emptyPages: 0, cursors: 'feed' });
    const { metadata } = await page('sort=Newest&limit=5');
    const reply = await ask(`sort=Newest&limit=5&type=video&cursor=${metadata.nextCursor}`, 400);
    expect(Object.keys(reply as object)).toEqual(['message']);
  });

  it('is nothing at all for an unknown name on the other engine', async () => {
    await open({ unknownUser: 'nothing' });
    expect(await page('username=nobody_at_all')).toEqual({ items: [], metadata: {} });
  });
});
