import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_KEY, sampleKeys } from '../access.ts';
import { noEdge } from '../edge.ts';
import { listen } from '../server.ts';
import type { Listening } from '../server.ts';
import { virtualClock } from '../virtual-clock.ts';
import { makeWorld } from '../world/world.ts';
import { listingRoutes } from './listings.ts';

const world = makeWorld({ seed: 4, models: 120, images: 200 });
const time = { now: 0 };
let server: Listening;

beforeAll(async () => {
  const parts = { world, clock: virtualClock(), keys: sampleKeys(), edge: noEdge };
  const routes = listingRoutes({ now: () => time.now });
  server = await listen({ ...parts, routes, faults: undefined, manners: undefined }, 0);
});

afterAll(() => server.close());

interface Listing {
  readonly items: readonly Record<string, unknown>[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

async function list(path: string): Promise<Listing> {
  const response = await fetch(path.startsWith('http') ? path : `${server.origin}/api/v1${path}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Listing;
}

describe('creators', () => {
  it('come in pages that meet each once, without deleted ones', async () => {
    const names = [];
    for (let next: unknown = '/creators?limit=7'; typeof next === 'string';) {
      const { items, metadata } = await list(next);
      names.push(...items.map((item) => item['username']));
      expect(metadata['hasMore']).toBe('nextPage' in metadata);
      next = metadata['nextPage'];
    }
    const expected = world.creators().filter((creator) => creator.username !== null && !creator.system);
    expect(names.toSorted()).toEqual(expected.map((creator) => creator.username).toSorted());
  });

  it('have no count when it is none, and only lower bounds under a query', async () => {
    const { items } = await list('/creators?limit=200');
    expect(items.every((item) => item['modelCount'] !== 0 && item['image'] !== null)).toBe(true);
    const { metadata } = await list('/creators?query=a&limit=1');
    expect(metadata).toMatchObject({ totalItems: 2, totalPages: 2, hasMore: true });
  });

  it('are refused beyond 200 a page', async () => {
    expect((await fetch(`${server.origin}/api/v1/creators?limit=201`)).status).toBe(400);
  });
});

describe('tags', () => {
  it('never tell a next page: the end is an empty one', async () => {
    let found = 0;
    for (let page = 1; ; page += 1) {
      const { items, metadata } = await list(`/tags?limit=10&page=${page}`);
      expect(metadata).toEqual({ totalItems: 0, currentPage: page, pageSize: 10, totalPages: 1 });
      if (items.length === 0) break;
      expect(Object.keys(items[0] ?? {})).toEqual(['name', 'link']);
      found += items.length;
    }
    expect(found).toBeGreaterThan(15);
    expect(found).toBeLessThan(world.tags().length);
  });

  it('are found by how they begin', async () => {
    const { items } = await list('/tags?query=pho');
    expect(items.map((item) => item['name'])).toEqual(['photorealistic']);
  });
});

describe('enums', () => {
  it('name what there is, hidden base models apart', async () => {
    const response = await fetch(`${server.origin}/api/v1/enums`);
    const value = (await response.json()) as Record<string, string[]>;
    expect(value['ModelType']).toContain('LORA');
    expect(value['BaseModel']).toEqual(expect.arrayContaining(value['ActiveBaseModel'] ?? []));
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('collections and articles', () => {
  it.each(['collections', 'articles'])('%s come by cursor, each once', async (name: string) => {
    time.now += 60_000;
    const ids = [];
    for (let next: unknown = `/${name}?limit=20`; typeof next === 'string';) {
      const { items, metadata } = await list(next);
      ids.push(...items.map((item) => item['id']));
      next = metadata['nextPage'];
    }
    expect(new Set(ids).size).toBe(45);
    expect(ids).toHaveLength(45);
    const one = await fetch(`${server.origin}/api/v1/${name}/3`);
    expect(await one.json()).toMatchObject({ id: 3, user: { username: expect.any(String) as unknown } });
    expect((await fetch(`${server.origin}/api/v1/${name}/4000`)).status).toBe(404);
  });

  it('allow 60 requests a minute without a key, 120 with one', async () => {
    time.now += 60_000;
    const ask = (headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${server.origin}/api/v1/collections/1`, { headers });
    for (let at = 0; at < 60; at += 1) expect((await ask()).status).toBe(200);
    time.now += 15_000;
    const refused = await ask();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '45']);
    const key = { authorization: `Bearer ${SAMPLE_KEY}` };
    for (let at = 0; at < 120; at += 1) expect((await ask(key)).status).toBe(200);
    expect((await ask(key)).status).toBe(429);
    time.now += 45_000;
    expect((await ask()).status).toBe(200);
  });
});
