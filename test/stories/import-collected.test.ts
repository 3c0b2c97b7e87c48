import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeHome } from '../cli.ts';
import type { CliResult, Home } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { writeWorldLibrary } from '../world-library.ts';
import type { LibraryFile } from '../world-library.ts';
import { noteMissing, writeDataManagerOutput } from './testing/data-manager-output.ts';
import type { DataManagerOutput } from './testing/data-manager-output.ts';
import { unknownModel } from './testing/model-bytes.ts';

let standin: Standin;
let home: Home;
let models: string;
let output: string;
let files: LibraryFile[];
let made: DataManagerOutput;
let theirs: Record<string, string>;

const run = (...args: string[]): Promise<CliResult> =>
  home.run([...args, '--api-url', standin.apiUrl, '--rate', '60000', '--json']);
const stemOf = (file: LibraryFile | undefined): string => basename(file?.path ?? '').replace(/\.\w+$/, '');

beforeAll(async () => {
  standin = await startStandin({ models: 12, images: 0, seed: 7 });
  home = makeHome();
  models = join(home.folder, 'models');
  output = join(home.folder, 'old output');
  files = writeWorldLibrary(standin.world, models, 4);
  writeFileSync(join(models, 'own.safetensors'), unknownModel());
  mkdirSync(output);
  made = await writeDataManagerOutput(output, models, files, { apiUrl: standin.apiUrl });
  noteMissing(output, join(models, 'own.safetensors'));
  theirs = treeOf(output);
});

afterAll(async () => {
  home.remove();
  await standin.close();
});

describe('an output folder of Civitai Data Manager', () => {
  it('is counted by a dry run, which touches nothing, and is taken over as counted', async () => {
    const dry = await run('import', output, '--dry-run');
    expect(dry.code, dry.stderr).toBe(0);
    // Of each model two answers, hash and header; of the unknown one error and hash; the two lists.
    const total = 4 * 4 + made.pictures + 2 + 2;
    expect(dry.json.counts).toEqual({ total, taken: total, known: 0, unused: 0, refused: 0 });

    const done = await run('import', output);
    expect(done.json).toMatchObject({ ok: true, counts: dry.json.counts, requests: { total: 0 } });
    const again = await run('import', output, made.folders[0] ?? '');
    expect(again.json.counts).toEqual({ total, taken: 0, known: total, unused: 0, refused: 0 });
    expect(treeOf(output)).toEqual(theirs);
  });

  it('makes a scan ask nothing, read no file to hash it that is as it was, and fetch no picture again', async () => {
    standin.reset();

    const first = await run('scan', models, '--profile', 'collected', '--output', output, '--images', '2');

    expect(first.code, first.stderr).toBe(0);
    expect(first.json.counts).toMatchObject({ files: 5, identified: 4, missing: 1, previews: 0 });
    // The unknown one was of a size that nobody said.
    expect(first.json.counts['hashed']).toBe(1);
    expect(standin.requests()).toEqual({});
  });

  it('stays as it is: what was theirs is theirs, and our page is beside it', () => {
    const now = treeOf(output);
    const lists = /^(?:processed_files\.json|missing_from_civitai\.txt)$/;
    for (const [path, content] of Object.entries(theirs))
      if (!lists.test(path)) expect([path, now[path]]).toEqual([path, content]);
    expect(existsSync(join(output, 'index.civitarium.html'))).toBe(true);
    const page = readFileSync(join(output, stemOf(files[0]), `${stemOf(files[0])}.civitarium.html`), 'utf8');
    expect(page).toContain(`${stemOf(files[0])}_preview_0`);
    expect(now['processed_files.before-civitarium.json']).toBe(theirs['processed_files.json']);
    // Also where that program called a folder plainer than the file: no second one is made.
    expect(files.some((file) => /[^\w-]/.test(stemOf(file)))).toBe(true);
    expect(readdirSync(output).filter((name) => /^\d-/.test(name))).toHaveLength(4);
  });

  it('gives the pictures it has to what is written elsewhere, too', async () => {
    standin.reset();

    const beside = await run('scan', models, '--images', 'first');

    expect(beside.code, beside.stderr).toBe(0);
    expect(beside.json.counts['previews']).toBeGreaterThan(0);
    expect(standin.requests()).toEqual({});
  });

  it('keeps its pictures whatever clean takes away', async () => {
    await run('scan', models, '--profile', 'collected', '--output', output, '--images', 'none');
    renameSync(join(models, files[0]?.path ?? ''), join(home.folder, 'away.bin'));
    await run('scan', models, '--profile', 'collected', '--output', output, '--images', 'none');

    const cleaned = await run('clean', '--yes');

    expect(cleaned.code, cleaned.stderr).toBe(0);
    expect(cleaned.json.counts['trashed']).toBeGreaterThan(0);
    const now = treeOf(output);
    for (const path of Object.keys(theirs).filter((name) => name.includes('_preview_')))
      expect(now[path]).toBe(theirs[path]);
  });
});

describe('a picture of which nobody says what it shows', () => {
  it('keeps its place: what is fetched takes the next one', async () => {
    const own = makeHome();
    const to = join(own.folder, 'out');
    const base = stemOf(files[1]);
    mkdirSync(join(to, base), { recursive: true });
    const theirPicture = join(to, base, `${base}_preview_0.jpeg`);
    writeFileSync(theirPicture, 'mine');
    const where = ['--profile', 'collected', '--output', to, '--images', '2'];

    const done = await own.run(['scan', join(models, files[1]?.path ?? ''), ...where, '--api-url', standin.apiUrl, '--json']); // prettier-ignore

    expect(done.code, done.stderr).toBe(0);
    expect(readFileSync(theirPicture, 'utf8')).toBe('mine');
    const names = readdirSync(join(to, base)).filter((name) => /_preview_\d+\.(?!json)/.test(name));
    expect(names).toHaveLength(2);
    own.remove();
  });
});

describe('an output folder of before there were notes of pictures', () => {
  it('gets them by --generateimagejson: asked for nothing, and nothing else touched', async () => {
    const old = join(home.folder, 'older output');
    mkdirSync(old);
    const { folders, pictures } = await writeDataManagerOutput(old, models, files.slice(1), {
      apiUrl: standin.apiUrl,
      notes: false,
    });
    const base = basename(folders[0] ?? '');
    const mine = join(old, base, `${base}_preview_1.json`);
    writeFileSync(mine, '{"mine": true}');
    writeFileSync(join(old, base, `${base}_preview_2.jpeg`), '<!doctype html>');
    const before = treeOf(old);
    standin.reset();
    const theirWords = ['--all', '', '--output', old, '--generateimagejson', '--json'];

    const dry = await home.run([...theirWords, '--dry-run']);
    expect(dry.json.counts).toMatchObject({ total: 0, files: pictures - 1 });
    expect(treeOf(old)).toEqual(before);
    const done = await home.run(theirWords);

    expect(done.code, done.stderr).toBe(3);
    expect(done.json.failures).toMatchObject([{ code: 'damaged-record', what: expect.stringContaining('_preview_2.jpeg') }]); // prettier-ignore
    expect(done.json.counts).toMatchObject({ files: pictures - 1 });
    expect(standin.requests()).toEqual({});
    const now = treeOf(old);
    expect(Object.keys(now)).toHaveLength(Object.keys(before).length + pictures - 1);
    expect(now).toMatchObject(before);
    const note = JSON.parse(readFileSync(join(old, base, `${base}_preview_0.json`), 'utf8')) as object;
    expect(note).toMatchObject({ url: expect.any(String), type: 'image' });
    expect((await home.run(theirWords)).json.counts).toMatchObject({ files: 0 });
  });
});
