import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loraManagerName, provenHash, readA1111Hashes, readLoraManagerHash } from './adopt.ts';
import type { WalkedFile } from './walked.ts';

const SHA = createHash('sha256').update('model').digest('hex');

/** Modified at 1,710,000,000.123456789 s. */
const FILE: WalkedFile = {
  path: 'loras/My model v1.0.safetensors',
  folder: 'loras',
  name: 'My model v1.0.safetensors',
  stem: 'My model v1.0',
  ext: '.safetensors',
  size: 1234,
  mtimeNs: '1710000000123456789',
  ctimeNs: '1710000000999999999',
  device: '1',
  inode: '2',
};

function loraManager(given: Record<string, unknown> = {}): string {
  const note = { file_name: FILE.stem, size: 1234, modified: 1710000000.1234567, sha256: SHA.toUpperCase() };
  return JSON.stringify({ ...note, ...given });
}

function a1111(entry: Record<string, unknown>, key = 'checkpoint/sub/My model v1.0.safetensors'): string {
  return JSON.stringify({ hashes: { [key]: entry } });
}

function adopted(text: string, file = FILE): string | undefined {
  const note = readLoraManagerHash(text);
  return note === undefined ? undefined : provenHash(file, [note])?.sha256;
}

function adoptedFromCache(text: string): string | undefined {
  return provenHash(FILE, readA1111Hashes(text))?.sha256;
}

describe("LoRA Manager's note", () => {
  it('lends its hash when name, size and time agree', () => {
    expect(loraManagerName(FILE.stem)).toBe('My model v1.0.metadata.json');
    expect(adopted(loraManager())).toBe(SHA);
    expect(adopted(loraManager({ hash_status: 'completed' }))).toBe(SHA);
  });

  it.each([
    ['another size', { size: 1235 }],
    ['no size', { size: null }],
    ['a size as text', { size: '1234' }],
    ['another time', { modified: 1710000000.12346 }],
    ['a time without its fraction', { modified: 1710000000 }],
    ['no time', { modified: undefined }],
    ['another name', { file_name: 'other' }],
    ['a hash not made yet', { hash_status: 'pending' }],
    ['no hash', { sha256: '' }],
    ['a shortened hash', { sha256: SHA.slice(0, 12) }],
    ['the hash of nothing', { sha256: createHash('sha256').digest('hex') }],
  ])('lends nothing with %s', (_what, given) => {
    expect(adopted(loraManager(given))).toBeUndefined();
  });

  it('lends nothing to a file that was replaced since', () => {
    expect(adopted(loraManager(), { ...FILE, mtimeNs: '1710000000123466789' })).toBeUndefined();
    expect(adopted(loraManager(), { ...FILE, size: 9 })).toBeUndefined();
  });
});

describe("A1111's cache", () => {
  it('lends its hash when name and a time with a fraction agree', () => {
    expect(adoptedFromCache(a1111({ mtime: 1710000000.1234567, sha256: SHA }))).toBe(SHA);
    expect(
      adoptedFromCache(a1111({ mtime: 1710000000.1234567, sha256: SHA }, `checkpoint\\${FILE.name}`)),
    ).toBe(SHA);
  });

  it('lends nothing without that proof, nor from the table of other hashes', () => {
    const whole = { ...FILE, mtimeNs: '1710000000000000000' };
    const note = readA1111Hashes(a1111({ mtime: 1710000000, sha256: SHA }));
    expect(provenHash(whole, note)).toBeUndefined();
    expect(adoptedFromCache(a1111({ mtime: 1710000000.5, sha256: SHA }))).toBeUndefined();
    expect(adoptedFromCache(a1111({ sha256: SHA }))).toBeUndefined();
    const addnet = { 'hashes-addnet': { [`lora/${FILE.name}`]: { mtime: 1710000000.1234567, sha256: SHA } } };
    expect(adoptedFromCache(JSON.stringify(addnet))).toBeUndefined();
  });
});

describe('the readers of notes', () => {
  it('never throw, and take only whole hashes', () => {
    const entry = fc.record({ mtime: fc.anything(), sha256: fc.oneof(fc.string(), fc.constant(SHA)) });
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.dictionary(fc.string(), entry).map((hashes) => JSON.stringify({ hashes })),
      entry.map((own) => loraManager(own)),
    );
    const property = fc.property(text, (given) => {
      const one = readLoraManagerHash(given);
      for (const note of [...readA1111Hashes(given), ...(one === undefined ? [] : [one])]) {
        expect(note.sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(note.modified).toBeGreaterThan(0);
      }
    });
    fc.assert(property, { numRuns: 300 });
  });
});
