import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld } from '../world/world.ts';
import { makeBenchLibrary } from './bench-library.ts';
import { isModelFile } from './folders.ts';
import { makeSampleLibrary } from './sample-library.ts';
import type { SampleLibrary } from './sample-library.ts';

const world = makeWorld({ models: 240, images: 0, seed: 7 });
let place = '';
let library: SampleLibrary;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'standin-library-'));
  library = await makeSampleLibrary(world, join(place, 'models'), { marker: join(place, 'mark') });
});
afterAll(async () => {
  await rm(place, { recursive: true });
});

describe('the sample library', () => {
  it('holds at least 200 model files, and exactly those it names', async () => {
    const names = await readdir(join(place, 'models'), { recursive: true, withFileTypes: true });
    const models = names.filter((entry) => entry.isFile() && isModelFile(entry.name));
    expect(library.files).toBeGreaterThanOrEqual(200);
    expect(models).toHaveLength(library.files);
    expect((await stat(join(place, 'mark'))).isDirectory()).toBe(true);
  });

  it('tells the true hash of each file and whether the site knows it', async () => {
    for (const entry of library.entries) {
      const bytes = await readFile(join(place, 'models', entry.path));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(entry.sha256);
      expect(bytes.length).toBe(entry.size);
    }
    const found = library.entries.filter((entry) => entry.found);
    expect(found.length).toBeGreaterThan(180);
    expect(
      library.entries.filter((entry) => entry.trait === 'own-training').every((entry) => !entry.found),
    ).toBe(true);
  });

  it('has copies, one hash in several versions, hostile names, damage and files of the user’s own', () => {
    const hashes = library.entries.map((entry) => entry.sha256);
    expect(new Set(hashes).size).toBeLessThan(hashes.length - 7);
    const shared = library.entries.filter(
      (entry) => new Set(world.filesBySha256(entry.sha256).map((file) => file.versionId)).size > 1,
    );
    expect(shared.length).toBeGreaterThan(1);
    const paths = library.entries.map((entry) => entry.path);
    expect(paths.some((path) => Buffer.byteLength(path.split('/').at(-1) ?? '') === 255)).toBe(true);
    expect(paths.some((path) => path.includes('\n'))).toBe(true);
    expect(library.entries.filter((entry) => entry.size === 0).map((entry) => entry.trait)).toEqual([
      'empty',
    ]);
    expect(library.entries.filter((entry) => entry.trait === 'truncated')).toHaveLength(1);
    expect(library.foreign.map((path) => path.slice(path.lastIndexOf('.')))).toEqual([
      '.txt',
      '.json',
      '.png',
    ]);
  });

  it('is left alone, dates and all, when made again', async () => {
    const dates = async (): Promise<number[]> => {
      const paths = [...library.entries.map((entry) => entry.path), ...library.foreign];
      return Promise.all(paths.map(async (path) => (await stat(join(place, 'models', path))).mtimeMs));
    };
    const before = await dates();
    expect(await makeSampleLibrary(world, join(place, 'models'))).toEqual(library);
    expect(await dates()).toEqual(before);
  });
});

describe('the bench library', () => {
  it('holds so many different files, so many of them unknown to the site', async () => {
    const folder = join(place, 'bench');
    await makeBenchLibrary(world, folder, { files: 120, unknown: 20, perFolder: 50 });
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile());
    const hashes = await Promise.all(
      files.map(async (entry) =>
        createHash('sha256')
          .update(await readFile(join(entry.parentPath, entry.name)))
          .digest('hex'),
      ),
    );
    expect(new Set(hashes).size).toBe(120);
    expect(hashes.filter((hash) => world.filesBySha256(hash).length > 0)).toHaveLength(100);
    await expect(makeBenchLibrary(world, folder, { files: 5_000, unknown: 0 })).rejects.toThrow(RangeError);
  });
});
