import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeHome } from '../cli.ts';
import type { CliResult, Home } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { writeWorldLibrary } from '../world-library.ts';
import type { LibraryFile } from '../world-library.ts';

describe('scan of some files, in some place, again', () => {
  let standin: Standin;
  let home: Home;
  let models: string;
  let files: LibraryFile[];

  beforeAll(async () => {
    standin = await startStandin({ models: 12, images: 0, seed: 5 });
  });

  afterAll(() => standin.close());

  beforeEach(() => {
    home = makeHome();
    models = join(home.folder, 'models');
    files = writeWorldLibrary(standin.world, models, 4);
  });

  afterEach(() => {
    home.remove();
  });

  function run(verb: string, ...args: string[]): Promise<CliResult> {
    return home.run([verb, ...args, '--api-url', standin.apiUrl, '--rate', '6000', '--json']);
  }

  function beside(file: LibraryFile | undefined, ending: string): string {
    return join(models, (file?.path ?? '').replace(/\.\w+$/, ending));
  }

  it('tells each file that the disk refused, and writes it the next time', async () => {
    const broken = await home.run(
      ['scan', models, '--api-url', standin.apiUrl, '--images', 'none', '--json'],
      { env: { CIVITARIUM_FAULT: 'EIO@place.renamed:2' } },
    );

    expect(broken.code, broken.stderr).toBe(3);
    expect(broken.json.failures).toMatchObject([
      { what: expect.stringContaining('.civitai.info'), code: 'disk-failed' },
    ]);
    expect(await run('scan', models, '--images', 'none')).toMatchObject({ code: 0, json: { failures: [] } });
    expect(files.filter((file) => !existsSync(beside(file, '.civitai.info')))).toEqual([]);
  });

  it('writes everything in its new place when profile or output changes between runs, and nothing twice', async () => {
    await run('scan', models);
    const out = join(home.folder, 'out');

    const collected = await run('scan', models, '--profile', 'collected', '--output', out);
    const again = await run('scan', models, '--profile', 'collected', '--output', out);

    expect(collected.code, collected.stderr).toBe(0);
    expect(
      readdirSync(out, { withFileTypes: true }).filter(
        (entry) => entry.isDirectory() && entry.name !== 'gallery.files',
      ),
    ).toHaveLength(files.length);
    expect(collected.json).toMatchObject({
      counts: { pages: files.length, hashed: 0 },
      requests: { total: 0 },
    });
    expect(again.json.requests.total).toBe(0);
  });

  it('gives no file the folder of another when two roots are collected in one on different days', async () => {
    const out = join(home.folder, 'out');
    const collect = (root: string): Promise<CliResult> =>
      run('scan', join(home.folder, root), '--profile', 'collected', '--output', out, '--images', 'none');
    for (const [root, byte] of [
      ['one', 'a'],
      ['two', 'b'],
    ] as const) {
      mkdirSync(join(home.folder, root));
      writeFileSync(join(home.folder, root, 'ink.pt'), byte);
    }

    await collect('one');
    const page = readFileSync(join(out, 'ink', 'ink.html'), 'utf8');
    await collect('two');

    expect(readFileSync(join(out, 'ink', 'ink.html'), 'utf8')).toBe(page);
    expect(readdirSync(out).filter((name) => name.startsWith('ink'))).toHaveLength(2);
  });

  it('takes single files of a known root: their pages are its own, and nothing else of it changes', async () => {
    await run('scan', models);
    const before = treeOf(models);
    const fresh = join(dirname(beside(files[0], '.pt')), 'fresh.pt');
    writeFileSync(fresh, 'fresh');

    const { code, json, stderr } = await run('scan', fresh);

    expect(code, stderr).toBe(0);
    expect(json.counts).toMatchObject({ files: 1, hashed: 1, missing: 1 });
    expect(json['galleries']).toEqual([join(models, 'gallery.html')]);
    const after = treeOf(models);
    const changed = Object.keys({ ...before, ...after }).filter(
      (path) => before[path] !== after[path] && !path.startsWith('gallery.files/'),
    );
    expect(changed.map((path) => basename(path)).sort()).toEqual(['fresh.html', 'fresh.pt']);
    expect(await linkedPages()).toHaveLength(files.length + 1);
  });

  it('takes single files of a folder that was never scanned, and writes its gallery', async () => {
    const [first] = files;
    const path = join(models, first?.path ?? '');

    const { code, json } = await run('scan', path);

    expect(code).toBe(0);
    expect(json.counts).toMatchObject({ files: 1, identified: 1 });
    expect(existsSync(beside(first, '.html'))).toBe(true);
    expect(existsSync(join(dirname(path), 'gallery.html'))).toBe(true);
  });

  it('knows a file by the same names when it is asked for alone', async () => {
    writeFileSync(join(models, 'ink.safetensors'), 'one');
    writeFileSync(join(models, 'ink.ckpt'), 'two');
    await run('scan', models, '--images', 'none');
    const page = readFileSync(join(models, 'ink.html'), 'utf8');

    await run('scan', join(models, 'ink.ckpt'), '--images', 'none');

    expect(readFileSync(join(models, 'ink.html'), 'utf8')).toBe(page);
  });

  it('lets a pattern choose files and forgets none of the others', async () => {
    await run('scan', models);
    const [first] = files;

    const some = await run('scan', models, '--pattern', first?.path ?? '');
    const all = await run('scan', models);

    expect(some.json.counts).toMatchObject({ files: 1, identified: 1 });
    expect(await linkedPages()).toHaveLength(files.length);
    expect(all.json.counts).toMatchObject({ files: files.length, identified: files.length, hashed: 0 });
  });

  it('writes pages and updates where the last scan wrote, unless told otherwise', async () => {
    const out = join(home.folder, 'out');
    await run('scan', models, '--profile', 'collected', '--output', out);
    const before = treeOf(models);

    const pages = await run('pages');
    const update = await run('update');

    expect([pages.code, update.code]).toEqual([0, 0]);
    expect(pages.json).toMatchObject({
      counts: { total: files.length, written: 0, unchanged: files.length },
      galleries: [join(out, 'gallery.html')],
    });
    expect(treeOf(models)).toEqual(before);
  });

  it('leads pages to the gallery that was named last', async () => {
    await run('scan', models);
    const out = join(home.folder, 'out');

    await run('scan', models, '--output', out);

    expect(readFileSync(beside(files[0], '.html'), 'utf8')).toContain('../out/gallery.html');
    await run('scan', models);
    expect(readFileSync(beside(files[0], '.html'), 'utf8')).not.toContain('../out/gallery.html');
  });

  it('asks about everything again after a run that asked only about what is new', async () => {
    standin.faults.down();
    await run('scan', models, '--patience', '1');
    standin.faults.up();
    const onlyNew = await run('scan', models, '--only', 'new');

    const plain = await run('scan', models);

    expect(onlyNew.json.counts).toMatchObject({ unchecked: files.length });
    expect(plain.json.counts).toMatchObject({ identified: files.length });
  });

  it('says under --dry-run how many previews of known models are missing', async () => {
    await run('scan', models, '--images', 'none');
    const before = treeOf(home.folder);

    const { json, code } = await run('scan', models, '--dry-run');

    expect(code).toBe(0);
    expect(json['plan']).toMatchObject({ to_hash: 0 });
    const { previews = 0, previews_bytes: bytes = 0 } = json['plan'] as Record<string, number>;
    expect(previews).toBeGreaterThan(0);
    expect(bytes).toBeGreaterThan(10_000 * previews);
    expect(treeOf(home.folder)).toEqual(before);
  });

  it('makes a hash that is asked for later, of files that are known, and each once', async () => {
    await run('scan', models);
    const config = join(home.folder, 'hashing.yaml');
    writeFileSync(config, 'hashing:\n  also: [BLAKE3, CRC32]\n');

    const dry = await run('scan', models, '--config', config, '--dry-run');
    const asked = await run('scan', models, '--config', config);
    const again = await run('scan', models, '--config', config, '--force-refresh');

    expect(dry.json['plan']).toMatchObject({ to_hash: files.length });
    expect(asked.json.counts).toMatchObject({ hashed: files.length });
    expect(again.json.counts).toMatchObject({ hashed: 0 });
    const page = readFileSync(beside(files[0], '.html'), 'utf8');
    expect(page).toContain('BLAKE3');
    expect(page).toContain('CRC32');
  });

  it('sorts the index as the configuration says, and writes it anew when that changes', async () => {
    const out = join(home.folder, 'out');
    const config = join(home.folder, 'sort.yaml');
    const index = (): string => readFileSync(join(out, 'index.html'), 'utf8');
    await run('scan', models, '--profile', 'collected', '--output', out);
    expect(index()).not.toContain('data-sort');

    writeFileSync(config, 'gallery:\n  sort: newest\n');
    await run('scan', models, '--profile', 'collected', '--output', out, '--config', config);

    expect(index()).toContain('data-sort="newest"');
    writeFileSync(config, 'gallery:\n  sort: loudest\n');
    const wrong = await run('scan', models, '--config', config);
    expect(wrong.code).toBe(1);
    expect(wrong.json.failures[0]?.why).toMatch(/sort/);
  });

  it('records nothing of a folder without models, and writes nothing into a root that is empty now', async () => {
    mkdirSync(join(home.folder, 'empty'));
    expect((await run('scan', join(home.folder, 'empty'))).json.failures).toMatchObject([
      { code: 'no-models' },
    ]);
    await run('scan', models);
    rmSync(models, { recursive: true });
    mkdirSync(models);

    const pages = await run('pages');

    expect(pages.json.warnings).toEqual([`${models} is not there and was left out.`]);
    expect(readdirSync(models)).toEqual([]);
    expect(readdirSync(join(home.folder, 'empty'))).toEqual([]);
  });

  it('updates, pages and verifies a part of a root, counting each file once', async () => {
    await run('scan', models);
    const folder = dirname(beside(files[0], ''));
    const own = files.filter((file) => dirname(beside(file, '')) === folder).length;

    const verified = await run('verify', folder, join(models, files[0]?.path ?? ''));
    const pages = await run('pages', folder);

    expect(verified.json.counts).toMatchObject({ total: own, right: own });
    expect(pages.json.counts).toMatchObject({ total: own, written: 0 });
    expect(await linkedPages()).toHaveLength(files.length);
  });

  it('counts a file once, though its folder was also scanned by itself', async () => {
    await run('scan', models);
    await run('scan', dirname(beside(files[0], '')));

    const duplicates = await run('duplicates');
    const verified = await run('verify');

    expect(duplicates.json.counts).toMatchObject({ groups: 0 });
    expect(verified.json.counts).toMatchObject({ total: files.length });
  });

  it('tells of files that are gone, damaged or new when it verifies', async () => {
    await run('scan', models);
    const [gone, damaged] = files.map((file) => join(models, file.path));
    const { atime, mtime } = statSync(damaged ?? '');
    const bytes = readFileSync(damaged ?? '');
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(damaged ?? '', bytes);
    utimesSync(damaged ?? '', atime, mtime);
    rmSync(gone ?? '');

    const { code, json } = await run('verify');

    expect(code).toBe(3);
    expect(json.counts).toMatchObject({ total: files.length, right: files.length - 2, gone: 1 });
    expect((json.counts['damaged'] ?? 0) + (json.counts['changed'] ?? 0)).toBe(1);
    expect(json.failures.map((failure) => failure.what).sort()).toEqual([gone, damaged].sort());
  });

  /** The pages that the gallery leads to and that are there. */
  async function linkedPages(): Promise<string[]> {
    const names = readdirSync(join(models, 'gallery.files')).filter((name) =>
      /^data.*\.js$|^cards.*\.js$/.test(name),
    );
    const text = names.map((name) => readFileSync(join(models, 'gallery.files', name), 'utf8')).join('');
    const links = [...text.matchAll(/"((?:[^"\\]|\\.)+\.html)"/g)].map((match) =>
      decodeURIComponent(match[1] ?? ''),
    );
    return [...new Set(links)].filter((link) => existsSync(join(models, link)));
  }
});
