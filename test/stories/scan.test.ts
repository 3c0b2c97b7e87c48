import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeHome } from '../cli.ts';
import type { CliResult, Home } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { writeWorldLibrary } from '../world-library.ts';
import type { LibraryFile } from '../world-library.ts';

describe('a folder of models becomes a browsable archive', () => {
  let standin: Standin;
  let home: Home;
  let models: string;
  let files: LibraryFile[];
  let first: CliResult;

  beforeAll(async () => {
    standin = await startStandin({ models: 40, seed: 11 });
    home = makeHome();
    models = join(home.folder, 'models');
    files = writeWorldLibrary(standin.world, models, 30);
    mkdirSync(join(models, 'own'), { recursive: true });
    writeFileSync(join(models, 'own', 'mine.safetensors'), unknownModel());
    first = await home.run(['scan', 'models', '--api-url', standin.apiUrl, '--rate', '6000', '--json']);
  });

  afterAll(async () => {
    await standin.close();
    home.remove();
  });

  it('ends well and counts every file once', () => {
    const { counts } = first.json;

    expect(first.code, first.stderr).toBe(0);
    expect(counts['files']).toBe(files.length + 1);
    expect(counts['files']).toBe(
      (counts['identified'] ?? 0) +
        (counts['missing'] ?? 0) +
        (counts['removed'] ?? 0) +
        (counts['unchecked'] ?? 0) +
        (counts['failed'] ?? 0),
    );
    expect(counts).toMatchObject({
      identified: files.length,
      missing: 1,
      hashed: files.length + 1,
      failed: 0,
    });
  });

  it("writes a page for every model, the site's answer for every known one, and a gallery", () => {
    const stems = files.map((file) => join(models, file.path.replace(/\.\w+$/, '')));

    expect(stems.filter((stem) => !existsSync(`${stem}.html`))).toEqual([]);
    expect(stems.filter((stem) => !existsSync(`${stem}.civitai.info`))).toEqual([]);
    expect(existsSync(join(models, 'own', 'mine.html'))).toBe(true);
    expect(existsSync(join(models, 'own', 'mine.civitai.info'))).toBe(false);
    expect(readFileSync(join(models, 'gallery.html'), 'utf8')).toContain('gallery.files/gallery.js');
  });

  it("keeps the version and model of each file in its sidecar, with download links on the API's origin", () => {
    for (const file of files) {
      const info = JSON.parse(
        readFileSync(join(models, file.path.replace(/\.\w+$/, '.civitai.info')), 'utf8'),
      ) as { id: number; modelId: number; model: { name: string }; downloadUrl?: string };

      expect(info).toMatchObject({ id: file.versionId, modelId: file.modelId });
      expect(info.model.name).toBe(standin.world.model(file.modelId)?.name);
      if (info.downloadUrl !== undefined) expect(info.downloadUrl.startsWith(standin.origin)).toBe(true);
    }
  });

  it('asks little: one question for the hashes, one for the versions, few for the models', () => {
    const { byEndpoint, total } = first.json.requests;

    expect(total - (byEndpoint['media'] ?? 0)).toBeLessThanOrEqual(6);
    expect(total).toBe(Object.values(standin.requests()).reduce((sum, count) => sum + count, 0));
  });

  it('sends no key when there is none, and minds its manners', () => {
    expect(standin.asks().filter((ask) => ask.withKey)).toEqual([]);
    expect(standin.problems()).toEqual([]);
  });

  it('asks nothing and writes nothing when nothing changed', async () => {
    const before = treeOf(models);

    const again = await home.run(['scan', 'models', '--api-url', standin.apiUrl, '--json']);

    expect(again.code).toBe(0);
    expect(again.json.requests.total).toBe(0);
    expect(again.json.counts).toMatchObject({
      files: files.length + 1,
      identified: files.length,
      hashed: 0,
      hash_bytes: 0,
    });
    expect(treeOf(models)).toEqual(before);
  });

  it('takes in what is new, what was replaced and what was moved, and reads nothing else', async () => {
    const [moved, replaced] = files;
    const old = join(models, moved?.path ?? '');
    mkdirSync(join(models, 'moved'));
    renameSync(old, join(models, 'moved', 'elsewhere.safetensors'));
    const stand = join(models, replaced?.path ?? '');
    writeFileSync(stand, unknownModel('replaced'));
    utimesSync(stand, 1, 1);

    const result = await home.run([
      'scan',
      'models',
      '--api-url',
      standin.apiUrl,
      '--rate',
      '6000',
      '--json',
    ]);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts).toMatchObject({
      files: files.length + 1,
      hashed: 1,
      identified: files.length - 1,
      missing: 2,
    });
    expect(existsSync(join(models, 'moved', 'elsewhere.html'))).toBe(true);
  });

  it('touches nothing under --dry-run and says what it would hash', async () => {
    writeFileSync(join(models, 'own', 'another.safetensors'), unknownModel('another'));
    const before = treeOf(home.folder);

    const result = await home.run(['scan', 'models', '--api-url', standin.apiUrl, '--dry-run', '--json']);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json).toMatchObject({ requests: { total: 0 }, plan: { to_hash: 1 } });
    expect(treeOf(home.folder)).toEqual(before);
    rmSync(join(models, 'own', 'another.safetensors'));
  });
});

/** A small safetensors file that no world knows. */
function unknownModel(word = 'mine'): Buffer {
  const header = Buffer.from(
    JSON.stringify({
      __metadata__: { ss_output_name: word },
      weight: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
    }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.from(word.padEnd(8).slice(0, 8))]);
}
