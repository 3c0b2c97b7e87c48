import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHeader, readModelHeader } from './model-file.ts';
import type { ByteSource, ModelHeader } from './model-file-header.ts';

let base = '';
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'civitarium-model-'));
});
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});

function source(bytes: Uint8Array, size = bytes.length): ByteSource {
  return { size, read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)) };
}

function headerOf(bytes: Uint8Array | string, ext: string): Promise<ModelHeader> {
  return readHeader(source(Buffer.from(bytes)), ext);
}

function safetensors(json: string | Uint8Array, data = 0, claimed?: bigint): Buffer {
  const body = Buffer.from(json);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(claimed ?? BigInt(body.length));
  return Buffer.concat([length, body, Buffer.alloc(data)]);
}

const TENSOR = (from: number, to: number): object => ({
  dtype: 'F32',
  shape: [2, 3],
  data_offsets: [from, to],
});

describe('the header of a safetensors file', () => {
  it('gives its metadata as texts and counts its tensors', async () => {
    const json = JSON.stringify({
      __metadata__: { ss_clip_skip: 'None', ss_tag_frequency: { a: { cat: 3 } }, seed: 5 },
      one: TENSOR(0, 24),
      two: TENSOR(24, 48),
    });
    expect(await headerOf(safetensors(json, 48), '.safetensors')).toEqual({
      format: 'safetensors',
      metadata: { ss_clip_skip: 'None', ss_tag_frequency: '{"a":{"cat":3}}', seed: '5' },
      tensors: 2,
      parameters: 12,
    });
  });

  it('is complete without metadata', async () => {
    const found = await headerOf(safetensors(JSON.stringify({ a: TENSOR(0, 24) }), 24), '.sft');
    expect(found).toEqual({ format: 'safetensors', metadata: undefined, tensors: 1, parameters: 6 });
  });

  const json = (value: unknown): string => JSON.stringify(value);
  const damaged: [what: string, bytes: Buffer, warning: RegExp][] = [
    ['zero bytes', Buffer.alloc(0), /empty/],
    ['seven bytes', Buffer.alloc(7), /too short/],
    ['a length of 2^63', safetensors('{}', 0, 2n ** 63n), /claims 9223372036854775808 bytes/],
    ['a length of 2^64 - 1', safetensors('{}', 0, 2n ** 64n - 1n), /claims/],
    ['a header longer than the file', safetensors('{}', 0, 5_000n), /ends within its header/],
    ['bytes that are not UTF-8', safetensors(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), /not UTF-8/],
    ['text that is not JSON', safetensors('{"a":'), /not JSON/],
    ['JSON that is no object', safetensors('[1]'), /not a JSON object/],
    ['an empty header', safetensors(''), /not JSON/],
    ['tensors beyond the end', safetensors(json({ a: TENSOR(0, 24) }), 23), /cut off/],
    ['tensors that overlap', safetensors(json({ a: TENSOR(0, 24), b: TENSOR(20, 44) }), 44), /overlap/],
    ['a tensor that ends before it begins', safetensors(json({ a: TENSOR(9, 1) }), 24), /without its place/],
    ['offsets that are no numbers', safetensors('{"a":{"data_offsets":["0","1"]}}', 9), /without its place/],
    ['a tensor that is null', safetensors('{"a":null}', 9), /without its place/],
  ];
  it.each(damaged)('warns of %s', async (_what, bytes, warning) => {
    const found = await headerOf(bytes, '.safetensors');
    expect(found.format).toBe('safetensors');
    expect(found.warning).toMatch(warning);
  });

  it('keeps the metadata of a file that is cut off', async () => {
    const text = JSON.stringify({ __metadata__: { title: 'x' }, a: TENSOR(0, 24) });
    expect((await headerOf(safetensors(text, 3), '.safetensors')).metadata).toEqual({ title: 'x' });
  });

  it('lets no key of an object through that others have by birth, nor NUL into a text', async () => {
    const text = '{"__metadata__":{"__proto__":"x","constructor":"y","good":"a\\u0000b"}}';
    const { metadata } = await headerOf(safetensors(text), '.safetensors');
    expect(Object.keys(metadata ?? {})).toEqual(['good']);
    expect(metadata?.['good']).toBe('a\uFFFDb');
  });

  it('keeps digits that a double would lose', async () => {
    const text = '{"__metadata__":{"seed":18446744073709551615}}';
    expect((await headerOf(safetensors(text), '.safetensors')).metadata).toEqual({
      seed: '18446744073709551615',
    });
  });

  it('leaves out what is too much', async () => {
    const text = JSON.stringify({ __metadata__: { big: 'x'.repeat(9 * 1024 * 1024), small: 'y' } });
    const found = await headerOf(safetensors(text), '.safetensors');
    expect(found.metadata).toEqual({ small: 'y' });
    expect(found.warning).toMatch(/left out/);
  });

  it('is not read when it is absurdly long, however large the file', async () => {
    const first = safetensors('{}', 0, 99n * 1024n * 1024n);
    const found = await readHeader(source(first, 5e9), '.safetensors');
    expect(found.warning).toMatch(/too many to be read/);
  });
});

interface GgufPart {
  readonly type: number;
  readonly bytes: Buffer;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function ggufText(text: string): Buffer {
  return Buffer.concat([u64(Buffer.byteLength(text)), Buffer.from(text)]);
}

function gguf(entries: Record<string, GgufPart>, shapes: number[][] = [], version = 3): Buffer {
  return Buffer.concat([
    Buffer.from('GGUF'),
    u32(version),
    u64(shapes.length),
    u64(Object.keys(entries).length),
    ...Object.entries(entries).flatMap(([key, part]) => [ggufText(key), u32(part.type), part.bytes]),
    ...shapes.flatMap((shape, index) => [
      ggufText(`t${index}`),
      u32(shape.length),
      ...shape.map(u64),
      u32(0),
      u64(0),
    ]),
  ]);
}

describe('the header of a GGUF file', () => {
  const list = (type: number, items: Buffer[]): GgufPart => ({
    type: 9,
    bytes: Buffer.concat([u32(type), u64(items.length), ...items]),
  });

  it('gives keys, values and sizes', async () => {
    const bytes = gguf(
      {
        'general.architecture': { type: 8, bytes: ggufText('flux') },
        'general.quantization_version': { type: 4, bytes: u32(2) },
        'general.id': { type: 10, bytes: u64(2n ** 64n - 1n) },
        flag: { type: 7, bytes: Buffer.from([1]) },
        tags: list(8, [ggufText('a'), ggufText('b')]),
        scores: list(
          6,
          Array.from({ length: 1000 }, () => u32(0)),
        ),
      },
      [[2, 3], [4]],
    );
    expect(await headerOf(bytes, '.gguf')).toEqual({
      format: 'gguf',
      metadata: {
        'general.architecture': 'flux',
        'general.quantization_version': '2',
        'general.id': '18446744073709551615',
        flag: 'true',
        tags: '["a","b"]',
        scores: '[1000 values]',
      },
      tensors: 2,
      parameters: 10,
    });
  });

  it('is read further when it is longer than the first look', async () => {
    const words = list(
      8,
      Array.from({ length: 60_000 }, (_, index) => ggufText(`word ${index}`)),
    );
    const bytes = gguf({ words, last: { type: 8, bytes: ggufText('end') } });
    expect(bytes.length).toBeGreaterThan(600_000);
    expect((await headerOf(bytes, '.gguf')).metadata).toEqual({ words: '[60000 values]', last: 'end' });
  });

  it.each([
    ['an unknown version', gguf({}, [], 9), /version 9/],
    ['too many entries', Buffer.concat([Buffer.from('GGUF'), u32(3), u64(0), u64(2n ** 60n)]), /claims/],
    ['a cut', gguf({ a: { type: 8, bytes: ggufText('x'.repeat(50)) } }).subarray(0, 60), /ends within/],
    ['an unknown type', gguf({ a: { type: 99, bytes: u32(1) } }), /unknown type 99/],
    [
      'lists in lists without end',
      gguf({
        a: list(
          9,
          Array.from({ length: 20_000 }, () => Buffer.concat([u32(9), u64(1)])),
        ),
      }),
      /unknown type 9/,
    ],
    ['a string longer than the file', gguf({ a: { type: 8, bytes: u64(2n ** 63n) } }), /ends within/],
  ])('warns of %s', async (_what, bytes, warning) => {
    expect((await headerOf(bytes, '.gguf')).warning).toMatch(warning);
  });
});

/** A zip of empty stored files. */
function zip(names: string[], zip64 = false): Buffer {
  const entries = names.map((name) => {
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    return Buffer.concat([entry, Buffer.from(name)]);
  });
  const table = Buffer.concat(entries);
  const start = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(26)]);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(zip64 ? 0xffff : names.length, 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : table.length, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : start.length, 16);
  if (!zip64) return Buffer.concat([start, table, end]);
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(BigInt(names.length), 32);
  record.writeBigUInt64LE(BigInt(table.length), 40);
  record.writeBigUInt64LE(BigInt(start.length), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(start.length + table.length), 8);
  return Buffer.concat([start, table, record, locator, end]);
}

describe('the header of a zip file or a pickle', () => {
  it.each([false, true])('lists a zip by its table of contents (zip64: %s)', async (zip64) => {
    const found = await headerOf(zip(['a.png', '../evil', 'ä/b'], zip64), '.zip');
    expect(found).toEqual({
      format: 'zip',
      metadata: { entries: '3', names: '["a.png","../evil","ä/b"]' },
    });
  });

  it('knows the zip that torch writes, and a bare pickle, and opens neither', async () => {
    expect(await headerOf(zip(['archive/data.pkl', 'archive/data/0']), '.ckpt')).toEqual({
      format: 'pickle',
      metadata: undefined,
    });
    expect(await headerOf(Buffer.from([0x80, 2, 0x7d, 0x2e]), '.pt')).toEqual({
      format: 'pickle',
      metadata: undefined,
    });
  });

  it('warns of a zip that is cut off or lies', async () => {
    const whole = zip(['a', 'b']);
    expect((await headerOf(whole.subarray(0, 60), '.zip')).warning).toMatch(/cut off/);
    const beyond = Buffer.from(whole);
    beyond.writeUInt32LE(4e9, whole.length - 6);
    expect((await headerOf(beyond, '.zip')).warning).toMatch(/beyond the end/);
    const fewer = Buffer.from(whole);
    fewer.writeUInt16LE(900, whole.length - 12);
    expect((await headerOf(fewer, '.zip')).warning).toMatch(/damaged/);
  });
});

describe('readModelHeader', () => {
  it('goes by what a file is, not by its name, and says when the two differ', async () => {
    const model = safetensors('{}');
    expect(await headerOf(model, '.ckpt')).toMatchObject({ format: 'safetensors', tensors: 0 });
    expect((await headerOf(zip(['x/data.pkl']), '.safetensors')).warning).toMatch(
      /named .safetensors but holds a pickle/,
    );
    expect((await headerOf('<!doctype html>', '.ckpt')).warning).toMatch(/does not begin as/);
    expect(await headerOf('anything', '.bin')).toEqual({ format: 'unknown', metadata: undefined });
    expect((await headerOf('', '.gguf')).warning).toBe('The file is empty.');
  });

  it('reads from the disk what the head at hand does not hold', async () => {
    const json = JSON.stringify({ __metadata__: { title: 'x'.repeat(10_000) } });
    const bytes = safetensors(json, 100);
    const path = join(base, 'Model.SAFETENSORS');
    writeFileSync(path, bytes);
    const whole = await readModelHeader(path, bytes.length);
    expect(whole.metadata?.['title']).toHaveLength(10_000);
    expect(await readModelHeader(path, bytes.length, bytes.subarray(0, 50))).toEqual(whole);
    expect(await readModelHeader('/nowhere.safetensors', bytes.length, bytes.subarray(0, -100))).toEqual(
      whole,
    );
  });

  it('warns of a file that is not there, or shorter than it was', async () => {
    expect((await readModelHeader(join(base, 'none.safetensors'), 100)).warning).toMatch(/can't be read/);
    const path = join(base, 'short.safetensors');
    writeFileSync(path, safetensors('{}', 0, 50n));
    expect((await readModelHeader(path, 1000)).warning).toMatch(/ends within its header/);
  });

  it('never throws, whatever the bytes', async () => {
    const ext = fc.constantFrom('.safetensors', '.gguf', '.zip', '.ckpt', '.bin', '.x');
    const seeds = [
      safetensors('{"__metadata__":{"a":"b"},"t":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}', 2),
      gguf({ a: { type: 8, bytes: ggufText('b') }, n: { type: 4, bytes: u32(1) } }, [[2, 2]]),
      zip(['a/data.pkl', 'b']),
      zip(['c'], true),
    ];
    const mangled = fc
      .tuple(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 8 }),
        fc.nat(400),
      )
      .map(([seed, changes, cut]) => {
        const bytes = Buffer.from(seed.subarray(0, Math.max(seed.length - (cut > 200 ? 0 : cut), 0)));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        return bytes;
      });
    const property = fc.asyncProperty(
      fc.oneof(fc.uint8Array({ maxLength: 300 }), mangled),
      ext,
      async (bytes, name) => {
        const found = await readHeader(source(bytes), name);
        expect(found.warning === undefined || found.warning.length > 5).toBe(true);
        for (const [key, value] of Object.entries(found.metadata ?? {})) {
          expect(typeof value).toBe('string');
          expect(`${key}${value}`).not.toContain('\0');
        }
        expect(found.tensors ?? 0).toBeGreaterThanOrEqual(0);
        expect(Number.isSafeInteger(found.parameters ?? 0)).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 1500 });
  });
});
