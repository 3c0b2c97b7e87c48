import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { noEdge } from '../edge.ts';
import type { Session } from '../route.ts';
import { listen } from '../server.ts';
import type { Listening } from '../server.ts';
import { virtualClock } from '../virtual-clock.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import { ordinalOf } from '../world/oddities.ts';
import type { Oddity } from '../world/oddities.ts';
import type { World, WorldFile, WorldModel } from '../world/types.ts';
import { makeWorld } from '../world/world.ts';
import { chooseFile } from './downloads-choose.ts';
import { byteRange } from './downloads-range.ts';
import { downloadRoutes } from './downloads.ts';
import type { DownloadOptions } from './downloads.ts';

const world: World = makeWorld({ seed: 2, models: 100, images: 0 });
const keys = new Map<string, Session>([['k', { userId: 1, username: 'u', moderator: false }]]);
const AGENT = { 'user-agent': 'civitarium/0' };

let clock: VirtualClock;
let server: Listening;

async function start(options: DownloadOptions = {}): Promise<void> {
  clock = virtualClock({ start: world.startedAt, speed: 0 });
  const parts = { world, clock, keys, edge: noEdge, faults: undefined, manners: undefined };
  server = await listen({ ...parts, routes: downloadRoutes(options) }, 0);
}

function odd(oddity: Oddity): WorldModel {
  const id = world.modelIds()[ordinalOf(oddity)];
  const model = id === undefined ? undefined : world.model(id);
  if (model === undefined) throw new Error(`No model is ${oddity}.`);
  return model;
}

/** A model without anything odd. */
function plain(): { model: WorldModel; file: WorldFile } {
  const model = world.model(world.modelIds()[0] ?? 0);
  const file = model?.versions[0]?.files.find((one) => one.primary);
  if (model === undefined || file === undefined) throw new Error('The first model has no file.');
  return { model, file };
}

function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  const url = path.startsWith('http') ? path : `${server.origin}${path}`;
  return fetch(url, { method, headers: { ...AGENT, ...headers }, redirect: 'manual' });
}

const link = (versionId: number | undefined, query = ''): string =>
  `/api/download/models/${versionId}${query}`;

async function signed(): Promise<string> {
  const { file } = plain();
  const response = await ask(link(file.versionId, `?fileId=${file.id}`));
  expect(response.status).toBe(307);
  return response.headers.get('location') ?? '';
}

describe('signed links', () => {
  beforeAll(() => start());
  afterAll(() => server.close());

  it('lead to the file’s bytes under its name', async () => {
    const { file } = plain();
    const response = await ask(await signed());
    expect(Buffer.from(await response.bytes()).equals(world.bytesOf(file))).toBe(true);
    expect(response.headers.get('content-disposition')).toContain(file.name);
  });

  it('give ranges, and the whole when the file is another than before', async () => {
    const bytes = world.bytesOf(plain().file);
    const url = await signed();
    const part = await ask(url, { range: 'bytes=100-' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 100-${bytes.length - 1}/${bytes.length}`);
    expect(Buffer.from(await part.bytes()).equals(bytes.subarray(100))).toBe(true);
    const etag = part.headers.get('etag') ?? '';
    expect((await ask(url, { range: 'bytes=0-0', 'if-range': etag })).status).toBe(206);
    expect((await ask(url, { range: 'bytes=0-0', 'if-range': '"other"' })).status).toBe(200);
    expect((await ask(url, { range: `bytes=${bytes.length}-` })).status).toBe(416);
  });

  it('refuse keys, HEAD, changed links and late ones in XML', async () => {
    const url = await signed();
    const withKey = await ask(url, { authorization: 'Bearer k' });
    expect([withKey.status, await withKey.text()]).toEqual([
      400,
      expect.stringContaining('<Code>InvalidArgument'),
    ]);
    expect((await ask(url, {}, 'HEAD')).status).toBe(403);
    expect((await ask(url.replace('X-Amz-Expires=86400', 'X-Amz-Expires=999999'))).status).toBe(403);
    expect((await ask(url.replace(/\?.*/, ''))).status).toBe(400);
    clock.advance(86_401_000);
    expect(await (await ask(url)).text()).toContain('<Code>ExpiredRequest');
    expect((await ask(await signed())).status).toBe(200);
  });
});

describe('refusals', () => {
  afterEach(() => server.close());

  const first = (model: WorldModel): number | undefined => model.versions[0]?.id;

  it('have their status and body', async () => {
    await start();
    const answer = async (path: string, headers = {}): Promise<unknown[]> => {
      const response = await ask(path, headers);
      expect(response.headers.get('cache-control')).toBe('no-store');
      return [response.status, await response.json()];
    };
    expect(await answer(link(first(odd('archived'))))).toEqual([
      410,
      { error: expect.any(String) as unknown },
    ]);
    expect(await answer(link(first(odd('requires-login'))))).toMatchObject([401, { error: 'Unauthorized' }]);
    expect((await ask(link(first(odd('requires-login'))), { authorization: 'Bearer k' })).status).toBe(307);
    const off = await answer(link(first(odd('generation-only'))), { authorization: 'Bearer k' });
    expect(off).toMatchObject([401, { message: expect.stringContaining('disabled') as unknown }]);
    expect(await answer(link(first(odd('poi'))))).toEqual([404, { error: 'File not found' }]);
    expect(await answer(link(999_999_999))).toEqual([404, { error: 'File not found' }]);
    expect(await answer('/api/download/models/abc')).toMatchObject([400, {}]);
    expect(await answer(link(first(plain().model), '?fileId=1'))).toEqual([404, { error: 'File not found' }]);
  });

  it('of early access end at the deadline they name', async () => {
    await start();
    const version = odd('early-access').versions.find((one) => one.earlyAccessUntil !== null);
    const response = await ask(link(version?.id));
    const body = (await response.json()) as { error: string; deadline: string };
    expect([response.status, body.error]).toEqual([403, 'Early Access']);
    clock.advance(Date.parse(body.deadline) - world.startedAt);
    expect((await ask(link(version?.id))).status).toBe(307);
  });

  it('send browsers to pages, which are HTML with status 200', async () => {
    await start();
    const browser = { 'user-agent': 'Mozilla/5.0' };
    const login = await ask(link(first(odd('requires-login'))), browser);
    expect(login.status).toBe(302);
    const location = login.headers.get('location') ?? '';
    expect(location).toContain('/login?returnUrl=');
    const page = await ask(location);
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/html'),
    ]);
    const gone = await ask(link(first(odd('archived'))), browser);
    expect(gone.headers.get('content-type')).toContain('text/plain');
  });

  it('come after so many downloads in a day, before anything else', async () => {
    await start({ perDay: 2 });
    const url = link(first(plain().model));
    expect([(await ask(url)).status, (await ask(url)).status]).toEqual([307, 307]);
    const third = await ask('/api/download/models/abc');
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, null]);
    expect((await ask(url, { authorization: 'Bearer k' })).status).toBe(307);
    clock.advance(86_400_000);
    expect((await ask(url)).status).toBe(307);
  });

  it('come for links by type where the same file has an id that works', async () => {
    await start({ brokenLinks: 1 });
    const { file } = plain();
    expect((await ask(link(file.versionId, `?type=${file.type}`))).status).toBe(404);
    expect((await ask(link(file.versionId, `?type=${file.type}&fileId=${file.id}`))).status).toBe(307);
  });

  it('are none for training data: a redirect', async () => {
    await start();
    const response = await ask('/api/download/training-data/7');
    expect(response.headers.get('location')).toBe('/api/download/models/7?type=Training%20Data');
  });
});

describe('choosing a file', () => {
  const wish = {
    fileId: undefined,
    type: undefined,
    format: undefined,
    size: undefined,
    fp: undefined,
    quantType: undefined,
  };
  const base = plain().file;
  const full: WorldFile = {
    ...base,
    id: 1,
    format: 'SafeTensor',
    extent: 'full',
    fp: 'fp32',
    primary: false,
  };
  const pruned: WorldFile = { ...full, id: 2, extent: 'pruned', fp: 'fp16', primary: true };

  it('follows the wish, then the site’s taste', () => {
    expect(chooseFile([full, pruned], wish)?.id).toBe(2);
    expect(chooseFile([full, pruned], { ...wish, fp: 'fp32' })?.id).toBe(1);
    expect(chooseFile([full, pruned], { ...wish, fp: 'fp8' })).toBeUndefined();
    expect(chooseFile([full, pruned], { ...wish, type: 'VAE' })).toBeUndefined();
    expect(chooseFile([full, pruned], { ...wish, fileId: 1, fp: 'fp8' })?.id).toBe(1);
  });
});

describe('ranges', () => {
  it('lie within the bytes, whatever is asked', () => {
    const number = fc.nat(1_000);
    const header = fc.oneof(
      fc.tuple(number, number).map(([from, to]) => `bytes=${from}-${to}`),
      number.map((from) => `bytes=${from}-`),
      number.map((count) => `bytes=-${count}`),
      fc.string(),
    );
    fc.assert(
      fc.property(header, fc.nat(500), (text: string, length: number) => {
        const range = byteRange(text, length);
        if (typeof range === 'string') return;
        expect(range.from).toBeGreaterThanOrEqual(0);
        expect(range.to).toBeGreaterThanOrEqual(range.from);
        expect(range.to).toBeLessThan(length);
      }),
    );
  });

  it.each([
    ['bytes=0-0', { from: 0, to: 0 }],
    ['bytes=-3', { from: 7, to: 9 }],
    ['bytes=5-99', { from: 5, to: 9 }],
    ['bytes=10-', 'outside'],
    ['bytes=1-2,4-5', 'whole'],
    ['bytes=3-2', 'whole'],
    [undefined, 'whole'],
  ])('%s of ten bytes', (header: string | undefined, expected: unknown) => {
    expect(byteRange(header, 10)).toEqual(expected);
  });
});
