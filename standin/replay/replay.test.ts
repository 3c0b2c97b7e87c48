import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noEdge } from '../edge.ts';
import { listen } from '../server.ts';
import type { Listening } from '../server.ts';
import { virtualClock } from '../virtual-clock.ts';
import type { World } from '../world/types.ts';
import { cut, makeCutter } from './cut.ts';
import { indexFolder } from './index-folder.ts';
import type { Recorded } from './index-folder.ts';
import { parseLossless } from './lossless.ts';
import { mediaLink } from './media-links.ts';
import { replayRoutes } from './routes.ts';

const hash = (digit: string): string => digit.repeat(64);

function file(digit: string): Record<string, unknown> {
  return {
    id: 1,
    name: `${digit}.safetensors`,
    hashes: { SHA256: hash(digit), AutoV2: hash(digit).slice(0, 10) },
  };
}

function version(id: number, digits: string, extra: object = {}): Record<string, unknown> {
  return {
    id,
    name: `v${id}`,
    baseModel: 'SD 1.5',
    trainedWords: ['word'],
    files: [...digits].map(file),
    images: [
      { id: id * 10, url: `https://image.civitai.com/xG1nkqKTMzGDvpLrqFT7WA/u-${id}/width=450/${id}.jpeg` },
    ],
    ...extra,
  };
}

function model(id: number, versions: readonly object[], extra: object = {}): Record<string, unknown> {
  return {
    id,
    name: `m${id}`,
    type: 'LORA',
    nsfw: false,
    creator: { username: 'Ann', image: null },
    modelVersions: versions,
    ...extra,
  };
}

// One folder with every form of recording that is known.
const FILES: Readonly<Record<string, string>> = {
  'one.json': JSON.stringify(model(1, [version(11, 'ab'), version(12, 'c')])),
  'list.json': `\uFEFF ${JSON.stringify({ success: true, data: { items: [model(2, [version(21, 'd')]), model(3, [version(31, 'd')])] } })}`,
  'array.json': JSON.stringify([
    model(4, [], { nsfw: true }),
    model(5, [version(51, 'e')], { nsfwLevel: 4, mode: 'Archived' }),
  ]),
  'beside.civitai.info': JSON.stringify({
    ...version(61, 'f'),
    modelId: 6,
    model: { name: 'alone', type: 'VAE', nsfw: false, poi: false },
  }),
  'cached.json': JSON.stringify(JSON.stringify(model(7, [version(71, '1')]))),
  'wrapped.json': JSON.stringify({ at: 1, body: JSON.stringify({ ...version(81, '2'), modelId: 8 }) }),
  'again.json': JSON.stringify(model(1, [version(13, '3')])),
  'lines.jsonl': `${JSON.stringify(model(9, [version(91, '4')]))}\n{"broken": \n`,
  'large.json': `{"id":10,"name":"n","type":"LORA","modelVersions":[{"id":101,"files":[],"images":[{"url":"x","meta":{"seed":18446744073709551615,"cfg":7.0}}]}]}`,
  'notes.txt': 'not json {"id":1,"modelVersions":[]}',
  'cut-off.json': JSON.stringify({
    items: [model(20, [version(201, '5')]), model(21, [version(211, '6')])],
  }).slice(0, -40),
};

let folder = '';
let recorded: Recorded;
let server: Listening;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-'));
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
  recorded = await indexFolder(folder);
  // Replay looks at no world.
  const world = {} as unknown as World;
  const parts = { world, clock: virtualClock(), keys: new Map(), edge: noEdge, faults: undefined };
  server = await listen({ ...parts, routes: replayRoutes(recorded), manners: undefined }, 0);
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly value: unknown;
}

async function get(path: string): Promise<Reply> {
  const response = await fetch(`${server.origin}/api/v1${path}`);
  const text = await response.text();
  return { status: response.status, text, value: JSON.parse(text) };
}

async function post(path: string, body: unknown): Promise<Reply> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(`${server.origin}/api/v1/model-versions/by-hash${path}`, init);
  const text = await response.text();
  return { status: response.status, text, value: JSON.parse(text) };
}

const idsOf = (value: unknown): unknown[] =>
  (value as { items: { id: number }[] }).items.map((item) => item.id);

describe('an index of recordings', () => {
  it('finds models and versions in every form, and only those', () => {
    expect([...recorded.models.keys()]).toEqual([1, 2, 3, 4, 5, 7, 9, 10, 20]);
    expect([...recorded.versions.keys()]).toEqual([11, 12, 13, 21, 31, 51, 61, 71, 81, 91, 101, 201]);
    expect(recorded.broken).toEqual([]);
  });

  it('takes the pieces wherever the chunks break', () => {
    const bytes = Buffer.from(FILES['list.json'] ?? '');
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 6 }), (cuts: number[]) => {
        const cutter = makeCutter();
        const ends = [...cuts.sort((a, b) => a - b), bytes.length];
        let from = 0;
        for (const end of ends) {
          cutter.push(bytes.subarray(from, end));
          from = end;
        }
        expect(cutter.pieces()).toEqual(cut(bytes));
      }),
    );
  });

  it('finds a model inside any JSON around it', () => {
    const wanted = JSON.stringify(model(1, [version(2, 'a')]));
    const around = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(around, around, fc.string(), (before: unknown, after: unknown, key: string) => {
        const bytes = Buffer.from(
          `{${JSON.stringify(`${key}x`)}:${JSON.stringify(before)},"y":[${wanted}],"z":${JSON.stringify(after)}}`,
        );
        const texts = cut(bytes)
          .filter((piece) => piece.kind === 'model')
          .map((piece) => bytes.subarray(piece.start, piece.end).toString());
        expect(texts).toContain(wanted);
      }),
    );
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes: Uint8Array) => {
        for (const piece of cut(bytes)) expect(piece.end).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

describe('numbers', () => {
  it.each([
    '18446744073709551615',
    '7.0',
    '1e3',
    '-0',
    '0.1',
    '[1.10,12]',
    '{"a":-123456789123456780}',
    '"v1.0"',
  ])('come out as they went in: %s', (text: string) => {
    expect(JSON.stringify(parseLossless(text))).toBe(text);
  });

  it('and every other value too', () => {
    fc.assert(
      fc.property(fc.json(), (text: string) => {
        expect(JSON.stringify(parseLossless(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });
});

describe('replayed models', () => {
  it('come whole, with versions of all recordings and our own picture links', async () => {
    const { value } = await get('/models/1');
    const told = value as { modelVersions: { id: number; images: { url: string }[] }[] };
    expect(told.modelVersions.map((one) => one.id)).toEqual([11, 12, 13]);
    expect(told.modelVersions[0]?.images[0]?.url).toBe(
      `${server.origin}/xG1nkqKTMzGDvpLrqFT7WA/u-11/width=450/11.jpeg`,
    );
  });

  it('keep numbers that a double can’t hold', async () => {
    const { text } = await get('/models/10');
    expect(text).toContain('"seed":18446744073709551615,"cfg":7.0');
  });

  it('are 404 when only a version was recorded, or nothing', async () => {
    expect(await get('/models/6')).toMatchObject({ status: 404, value: { error: 'No model with id 6' } });
    expect((await get('/models/0')).status).toBe(400);
  });

  it('are listed as the site lists: levels, archived ones, pages', async () => {
    expect(idsOf((await get('/models?ids=1,2,4,5')).value)).toEqual([1, 2]);
    expect(idsOf((await get('/models?ids=1,2,4,5&nsfw=true')).value)).toEqual([1, 2, 4]);
    expect(idsOf((await get('/models?ids=1,2,4,5&nsfw=true&archived=true')).value)).toEqual([1, 2, 4, 5]);
    const first = (await get('/models?nsfw=true&limit=3')).value as { metadata: { nextCursor: string } };
    expect(first.metadata.nextCursor).toBe('3');
    expect(idsOf((await get('/models?nsfw=true&limit=3&cursor=3')).value)).toEqual([4, 7, 9]);
    expect((await get('/models?username=nobody')).status).toBe(404);
    expect((await get('/models?limit=101')).status).toBe(400);
  });
});

describe('replayed versions', () => {
  it('are taken from their model when not recorded themselves', async () => {
    const { value } = await get('/model-versions/12');
    expect(value).toMatchObject({
      id: 12,
      modelId: 1,
      model: { name: 'm1', type: 'LORA', nsfw: false, poi: false },
      trainedWords: ['word'],
      files: [{ name: 'c.safetensors', primary: false }],
    });
    expect(JSON.stringify(value)).not.toContain('"id":120');
  });

  it('come as recorded otherwise', async () => {
    expect((await get('/model-versions/61')).value).toMatchObject({ modelId: 6, model: { name: 'alone' } });
    expect((await get('/model-versions/81')).value).toMatchObject({ id: 81, modelId: 8 });
    expect((await get('/model-versions/999')).status).toBe(404);
  });

  it('are found by any hash in any letter case, the oldest first', async () => {
    expect((await get(`/model-versions/by-hash/${hash('f')}`)).value).toMatchObject({ id: 61 });
    expect((await get(`/model-versions/by-hash/${hash('B').slice(0, 10)}`)).value).toMatchObject({ id: 11 });
    expect((await get(`/model-versions/by-hash/${hash('d')}`)).value).toMatchObject({ id: 21 });
    expect((await get(`/model-versions/by-hash/${hash('0')}`)).status).toBe(404);
  });

  it('are found in batches: one entry a version, misses dropped', async () => {
    const reply = await post('', [hash('d'), hash('a'), hash('0')]);
    expect((reply.value as { id: number }[]).map((one) => one.id)).toEqual([11, 21, 31]);
    const ids = await post('/ids', [hash('D'), hash('f'), hash('0')]);
    expect(ids.value).toEqual([
      { modelVersionId: 21, modelId: 2, hash: hash('D') },
      { modelVersionId: 31, modelId: 3, hash: hash('D') },
      { modelVersionId: 61, modelId: 6, hash: hash('F') },
    ]);
  });

  it.each([[{ hashes: [] }], [['short']], [Array.from({ length: 101 }, () => hash('a'))]])(
    'are refused for a wrong batch',
    async (body: unknown) => {
      expect((await post('', body)).status).toBe(400);
    },
  );
});

describe('replayed pictures', () => {
  it('are small, real and the same for the same path', async () => {
    const one = await fetch(`${server.origin}/xG1nkqKTMzGDvpLrqFT7WA/u-1/width=450/1.jpeg`);
    const bytes = await one.bytes();
    expect(one.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(bytes.subarray(1, 4)).toString()).toBe('PNG');
    const film = await (await fetch(`${server.origin}/xG1nkqKTMzGDvpLrqFT7WA/u-1/1.mp4`)).bytes();
    expect(Buffer.from(film.subarray(4, 8)).toString()).toBe('ftyp');
  });

  it('of other hosts lie apart, and what is no address stays', () => {
    expect(mediaLink('https://lh3.googleusercontent.com/a/x=s96-c', 'http://o')).toBe(
      'http://o/elsewhere/lh3.googleusercontent.com/a/x=s96-c',
    );
    expect(mediaLink('blob:https://civitai.com/1', 'http://o')).toBe('blob:https://civitai.com/1');
  });
});
