import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRecord } from '../src/base/json.ts';
import { SAMPLE_KEY } from './access.ts';
import { startStandin } from './start.ts';
import type { Standin } from './start.ts';
import { ordinalOf } from './world/oddities.ts';
import type { Oddity } from './world/oddities.ts';
import type { WorldModel } from './world/types.ts';

let standin: Standin;

beforeAll(async () => {
  standin = await startStandin({ models: 250, images: 1_000, cache: false });
});
afterAll(async () => {
  await standin.close();
});

interface Got {
  readonly status: number;
  readonly headers: Headers;
  // Answers are looked into freely: a wrong path fails the test.
  readonly body: ReturnType<typeof JSON.parse>;
}

async function get(path: string, headers: Record<string, string> = {}): Promise<Got> {
  const answer = await fetch(`${standin.apiUrl}${path}`, { headers });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

async function post(path: string, body: unknown): Promise<Got> {
  const answer = await fetch(`${standin.apiUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

function odd(name: Oddity): WorldModel {
  const model = standin.world.model(standin.world.modelIds()[ordinalOf(name)] ?? -1);
  if (model === undefined) throw new Error(`no model for ${name}`);
  return model;
}

function hashOf(model: WorldModel): string {
  const file = model.versions[0]?.files[0];
  if (file === undefined) throw new Error('no file');
  return standin.world.sha256Of(file);
}

const idsOf = (got: Got): number[] => got.body.items.map((item: { id: number }) => item.id);

describe('GET /models', () => {
  it('lists PG only by default and more with nsfw=true, but neither is a superset', async () => {
    const all = async (query: string): Promise<Set<number>> => {
      const found = new Set<number>();
      for (let cursor = ''; ;) {
        const got = await get(`/models?limit=100${query}${cursor}`);
        for (const id of idsOf(got)) found.add(id);
        if (got.body.metadata.nextCursor === undefined) return found;
        cursor = `&cursor=${encodeURIComponent(got.body.metadata.nextCursor)}`;
      }
    };
    const [mild, mature, archived] = await Promise.all([
      all(''),
      all('&nsfw=true'),
      all('&nsfw=true&archived=true'),
    ]);
    const minor = odd('minor').id;
    expect([mild.has(minor), mature.has(minor)]).toEqual([(odd('minor').nsfwLevel & 1) !== 0, false]);
    expect(mature.size).toBeGreaterThan(mild.size);
    expect([mild, mature, archived].map((set) => set.has(odd('archived').id))).toEqual([false, false, true]);
    for (const hidden of [
      'unrated',
      'poi',
      'private-model',
      'unpublished',
      'no-files',
      'no-versions',
    ] as const) {
      expect([mild, mature, archived].map((set) => set.has(odd(hidden).id))).toEqual([false, false, false]);
    }
    expect(mature.has(odd('taken-down').id)).toBe(true);
  });

  it('answers ids= with what the same rules leave', async () => {
    const ids = [odd('minor').id, odd('unrated').id, odd('archived').id, odd('stats-hidden').id, 5].join(',');
    const got = await get(`/models?ids=${ids}&nsfw=true&archived=true`);
    expect(idsOf(got).sort((a, b) => a - b)).toEqual([odd('archived').id, odd('stats-hidden').id]);
    const hidden = got.body.items.find((item: { id: number }) => item.id === odd('stats-hidden').id);
    expect(hidden.stats).toMatchObject({ downloadCount: null, tippedAmountCount: null });
    const archived = got.body.items.find((item: { id: number }) => item.id === odd('archived').id);
    expect(archived).toMatchObject({ mode: 'Archived' });
    expect(archived.modelVersions[0].files).toEqual([]);
    expect(archived.modelVersions[0]).not.toHaveProperty('downloadUrl');
  });

  it('tells licences as a database literal and images with ids and originals', async () => {
    const got = await get(`/models?ids=${odd('many-images').id}&nsfw=true`);
    const [model] = got.body.items;
    expect(model.allowCommercialUse).toMatch(/^\{[A-Za-z,]*\}$/);
    const [image] = model.modelVersions[0].images;
    expect(image.url).toBe(
      `${standin.origin}/xG1nkqKTMzGDvpLrqFT7WA/${standin.world.image(image.id)?.uuid}/original=true/${image.id}.jpeg`,
    );
    expect(image).not.toHaveProperty('meta');
    expect(model.modelVersions[0].images).toHaveLength(20);
  });

  it('skips one model a page under Newest and none under Most Downloaded', async () => {
    const walk = async (sort: string): Promise<number> => {
      const seen = new Set<number>();
      for (let cursor = ''; ;) {
        const got = await get(`/models?limit=50&nsfw=true&sort=${sort}${cursor}`);
        for (const id of idsOf(got)) seen.add(id);
        if (got.body.metadata.nextCursor === undefined) return seen.size;
        cursor = `&cursor=${encodeURIComponent(got.body.metadata.nextCursor)}`;
      }
    };
    const [whole, newest] = [await walk('Most%20Downloaded'), await walk('Newest')];
    expect(whole).toBe(
      idsOf(await get('/models?limit=100&nsfw=true&page=1')).length +
        idsOf(await get('/models?limit=100&nsfw=true&page=2')).length +
        idsOf(await get('/models?limit=100&nsfw=true&page=3')).length,
    );
    expect(newest).toBe(whole - Math.floor((whole - 1) / 51));
  });

  it('comes with short and empty pages that are not the end', async () => {
    const got = await get('/models?query=style&limit=1&cursor=0');
    const pages: number[] = [];
    for (let cursor: string | undefined = '0'; cursor !== undefined;) {
      const page: Got = await get(`/models?query=e&limit=2&cursor=${cursor}`);
      pages.push(page.body.items.length);
      cursor = page.body.metadata.nextCursor;
    }
    expect(got.status).toBe(200);
    expect(pages.slice(0, -1).some((length) => length < 2)).toBe(true);
    expect(pages).toContain(0);
  });

  it('refuses what the site refuses', async () => {
    const refusals: [string, number, unknown][] = [
      ['/models?limit=101', 400, 'ZodError'],
      ['/models?types=LORA,Checkpoint', 400, 'ZodError'],
      ['/models?nsfw=maybe', 400, 'ZodError'],
      ['/models?browsingLevel=31', 400, 'ZodError'],
      ['/models?cursor=1|2', 400, 'ZodError'],
      ['/models?page=1&query=x', 400, 'ZodError'],
    ];
    for (const [path, status, name] of refusals) {
      const got = await get(path);
      expect([path, got.status, got.body.error.name]).toEqual([path, status, name]);
    }
    expect((await get('/models?favorites=false')).status).toBe(401);
    expect(await get('/models?username=nobody_at_all')).toMatchObject({
      status: 404,
      body: { message: 'User not found' },
    });
    const far = await get('/models?page=11&limit=100');
    expect(far).toMatchObject({ status: 429, body: { error: expect.stringContaining('too many pages') } });
    expect(far.headers.get('retry-after')).toBeNull();
    expect((await get('/models?limit=0')).body.items).toHaveLength(1);
  });

  it('leaks the token in nextPage and drops unknown tags', async () => {
    const got = await get('/models?limit=2&token=secret&tag=no_such_tag');
    expect(got.body.metadata.nextPage).toContain('token=secret');
    expect(got.body.items).toHaveLength(2);
  });
});

describe('GET /models/{id}', () => {
  it('drops empty keys, shows all levels and leaves image ids to the link', async () => {
    const got = await get(`/models/${odd('archived').id}`);
    expect(got.status).toBe(200);
    expect(got.body.modelVersions[0]).not.toHaveProperty('files');
    expect(got.body.modelVersions[0].images[0]).not.toHaveProperty('id');
    expect(Array.isArray(got.body.allowCommercialUse)).toBe(true);
    expect((await get(`/models/${odd('minor').id}`)).status).toBe(200);
    expect((await get(`/models/${odd('by-system').id}`)).body).not.toHaveProperty('creator');
    expect((await get(`/models/${odd('by-deleted-user').id}`)).body.creator.username).toBeNull();
  });

  it('cannot tell removed, unrated, private and unpublished apart', async () => {
    for (const id of [odd('unrated').id, odd('poi').id, odd('unpublished').id, odd('private-model').id, 3]) {
      expect(await get(`/models/${id}`)).toMatchObject({
        status: 404,
        body: { error: `No model with id ${id}` },
      });
    }
    expect((await get('/models/0')).status).toBe(400);
  });
});

describe('by hash', () => {
  it('finds a version by each of the six types, without its creator', async () => {
    const file = odd('stats-hidden').versions[0]?.files[0];
    if (file === undefined) throw new Error('no file');
    for (const hash of Object.values(standin.world.hashesOf(file))) {
      const got = await get(`/model-versions/by-hash/${hash.toLowerCase()}`);
      expect(got).toMatchObject({
        status: 200,
        body: { id: file.versionId, stats: { downloadCount: null } },
      });
      expect(got.body).not.toHaveProperty('creator');
      expect(got.body.model).not.toHaveProperty('creator');
    }
    const miss = await get(`/model-versions/by-hash/${'a'.repeat(64)}`);
    expect(miss).toMatchObject({ status: 404, body: { error: 'Model not found' } });
    expect(miss.headers.get('cache-control')).toBe('public, s-maxage=3600, stale-while-revalidate=1800');
  });

  it('answers where the model itself is 404, and gives the oldest of several', async () => {
    expect((await get(`/model-versions/by-hash/${hashOf(odd('unrated'))}`)).status).toBe(200);
    expect((await get(`/model-versions/by-hash/${hashOf(odd('unpublished'))}`)).status).toBe(404);
    const versions = odd('same-bytes-in-versions').versions;
    const oldest = [...versions].sort((a, b) => (a.publishedAt ?? 0) - (b.publishedAt ?? 0))[0];
    expect((await get(`/model-versions/by-hash/${hashOf(odd('same-bytes-in-versions'))}`)).body.id).toBe(
      oldest?.id,
    );
  });

  it('answers a batch in its own order, with duplicates, nulls and links to nowhere', async () => {
    const models = (
      [
        'same-bytes-in-version',
        'no-public-file',
        'bytes-of-neighbour',
        'right-to-left',
        'cjk',
        'emoji',
      ] as const
    ).map(odd);
    const hashes = [...models.map((model) => hashOf(model).toLowerCase()), 'b'.repeat(64)];
    const got = await post('/model-versions/by-hash', hashes);
    expect(got.status).toBe(200);
    const entries: unknown[] = got.body;
    expect(entries).toContain(null);
    const versions = entries.filter(isRecord);
    const ids = versions.map((version) => version['id']);
    expect(new Set(ids).size).toBeLessThan(ids.length);
    expect(ids.filter((id) => id === odd('same-bytes-in-version').versions[0]?.id)).toHaveLength(2);
    expect(
      versions.every((version) =>
        String(version['downloadUrl']).startsWith('https://undefined/api/download/models/'),
      ),
    ).toBe(true);
    expect(
      versions.every((version) =>
        (version['images'] as object[]).every((image) => 'meta' in image && !('id' in image)),
      ),
    ).toBe(true);
    const places = hashes.map((hash) =>
      versions.findIndex((version) => JSON.stringify(version).includes(hash.toUpperCase())),
    );
    expect(places).not.toEqual([...places].sort((a, b) => a - b));
  });

  it('refuses batches that are too long, not hashes or not a list', async () => {
    for (const body of [{ hashes: [] }, ['abc'], Array.from({ length: 101 }, () => 'c'.repeat(64))]) {
      expect(await post('/model-versions/by-hash', body)).toMatchObject({
        status: 400,
        body: { error: expect.stringContaining('SHA256') },
      });
    }
    expect(await post('/model-versions/by-hash', [])).toMatchObject({ status: 200, body: [] });
    const asGet = await get('/model-versions/by-hash/ids');
    expect(asGet.status).toBe(400);
  });

  it('gives ids for ten thousand at once', async () => {
    const hashes = standin.world
      .versionIds()
      .flatMap((id) => standin.world.version(id)?.files.map((file) => standin.world.sha256Of(file)) ?? []);
    const filled = [
      ...hashes,
      ...Array.from({ length: 10_000 - hashes.length }, (_, at) => String(at).padStart(64, '0')),
    ];
    const got = await post('/model-versions/by-hash/ids', filled);
    expect(got.status).toBe(200);
    expect(got.body.length).toBeGreaterThan(300);
    expect(Object.keys(got.body[0])).toEqual(['modelVersionId', 'modelId', 'hash']);
    expect((await post('/model-versions/by-hash/ids', [...filled, 'd'.repeat(64)])).status).toBe(400);
  });
});

describe('versions', () => {
  it('says why there is none, and mini and tensors answer too', async () => {
    expect(await get('/model-versions/1')).toMatchObject({ status: 404, body: { error: 'Model not found' } });
    expect(await get(`/model-versions/${odd('no-files').versions[0]?.id}`)).toMatchObject({
      status: 404,
      body: { error: 'Missing model file' },
    });
    expect((await get('/model-versions/99999999999')).status).toBe(500);
    expect((await get('/model-versions/x')).status).toBe(400);
    expect((await get(`/model-versions/${odd('draft-version').versions[0]?.id}`)).status).toBe(404);
    const version = odd('linked-vae').versions[0];
    const got = await get(`/model-versions/${version?.id}`);
    expect(
      got.body.files.some((file: { type: string; primary: boolean }) => file.type === 'VAE' && !file.primary),
    ).toBe(true);
    expect(got.body.files[0].scannedAt).not.toMatch(/Z$/);
    expect(got.body.air).toMatch(/^urn:air:\w+:checkpoint:civitai:\d+@\d+$/);
    const mini = await get(`/model-versions/mini/${version?.id}`);
    expect(mini.body).toMatchObject({ air: got.body.air, versionName: version?.name });
    const tensors = await get(`/model-files/${version?.files[0]?.id}/tensor-metadata?summaryOnly=true`);
    expect(tensors.body.tensorCount).toBeGreaterThan(0);
  });
});

describe('access', () => {
  it('treats a bad key as nobody and enforces methods for mixed endpoints only', async () => {
    const bad = await get('/models?limit=1', { authorization: 'Bearer nonsense' });
    expect(bad.status).toBe(200);
    expect(bad.headers.get('cache-control')).toContain('s-maxage=300');
    const good = await get('/models?limit=1&favorites=true', { authorization: `Bearer ${SAMPLE_KEY}` });
    expect(good.status).toBe(200);
    expect(good.headers.get('cache-control')).toBe('max-age=0, private, no-cache');
    expect((await post('/models', {})).status).toBe(405);
    const nowhere = await fetch(`${standin.apiUrl}/models-versions`);
    expect([nowhere.status, nowhere.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  });

  it('counts requests, shows who asked, and never keeps the key', async () => {
    standin.reset();
    await get('/models?limit=1&token=secret', { 'user-agent': 'tester/1.0' });
    expect(standin.requests()).toEqual({ models: 1 });
    const [ask] = standin.asks();
    expect(ask).toMatchObject({ endpoint: 'models', withKey: true, userAgent: 'tester/1.0', status: 200 });
    expect(JSON.stringify(standin.asks())).not.toContain('secret');
  });
});

describe('the edge', () => {
  it('keeps answers, misses too, and tells their age by the world’s clock', async () => {
    const one = await startStandin({ models: 30, images: 0 });
    try {
      const own = `${one.apiUrl}/models?limit=1&favorites=true`;
      expect((await fetch(own)).status).toBe(401);
      expect((await fetch(own, { headers: { authorization: `Bearer ${SAMPLE_KEY}` } })).status).toBe(200);
      const url = `${one.apiUrl}/model-versions/by-hash/${'e'.repeat(64)}`;
      expect((await fetch(url)).headers.get('age')).toBeNull();
      one.clock.advance(600_000);
      const second = await fetch(url);
      expect([second.status, Number(second.headers.get('age'))]).toEqual([404, 600]);
      const id = one.world.modelIds()[8] ?? -1;
      const name = async (): Promise<unknown> =>
        ((await (await fetch(`${one.apiUrl}/models/${id}`)).json()) as { name: string }).name;
      const before = await name();
      one.world.changes.patchModel(id, { name: 'Renamed' });
      expect(await name()).toBe(before);
      one.clock.advance(460_000);
      expect(await name()).toBe('Renamed');
    } finally {
      await one.close();
    }
  });
});

describe('control', () => {
  it('steers a stand-in from another process, whatever faults are on', async () => {
    const one = await startStandin({ models: 10, images: 0 });
    try {
      const spec = encodeURIComponent('*:reset=1');
      expect((await fetch(`${one.origin}/standin/faults?spec=${spec}`, { method: 'POST' })).status).toBe(200);
      await expect(fetch(`${one.apiUrl}/models`)).rejects.toThrow();
      expect((await fetch(`${one.origin}/standin/faults?spec=%3F%3F`, { method: 'POST' })).status).toBe(400);
      expect((await fetch(`${one.origin}/standin/faults?spec=`, { method: 'POST' })).status).toBe(200);
      expect((await fetch(`${one.apiUrl}/models`)).status).toBe(200);
      expect(await (await fetch(`${one.origin}/standin/requests`)).json()).toEqual({ models: 2 });
      await fetch(`${one.origin}/standin/reset`, { method: 'POST' });
      expect(one.requests()).toEqual({});
    } finally {
      await one.close();
    }
  });
});
