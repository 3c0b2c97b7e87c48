import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { planSample } from '../../standin/library/sample-plan.ts';
import { makeHome } from '../cli.ts';
import type { CliResult, Home } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { writeWorldLibrary } from '../world-library.ts';
import type { LibraryFile } from '../world-library.ts';

const GUIDE = fileURLToPath(new URL('../../docs/guide/describing-by-hand.md', import.meta.url));

let standin: Standin;

beforeAll(async () => {
  standin = await startStandin({ models: 12, images: 0, seed: 7 });
});

afterAll(() => standin.close());

/** The gallery's data as a browser reads it. */
function galleryOf(models: string): Gallery {
  const window: { civitariumCards?: Shard[]; civitariumAbout?: { about: string[] }[] } = {};
  for (const name of ['cards.js', 'about-1.js'])
    vm.runInNewContext(readFileSync(join(models, 'gallery.files', name), 'utf8'), { window });
  const [first] = window.civitariumCards ?? [];
  return {
    words: first?.head.words ?? {},
    columns: first?.columns ?? {},
    about: window.civitariumAbout?.[0]?.about ?? [],
  };
}

interface Shard {
  readonly head: { readonly words: Gallery['words'] };
  readonly columns: Gallery['columns'];
}

interface Gallery {
  readonly words: Readonly<Record<string, readonly string[]>>;
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
  readonly about: readonly string[];
}

describe('models described by hand', () => {
  let home: Home;
  let models: string;
  let files: LibraryFile[];
  const page = (name: string): string => readFileSync(join(models, name), 'utf8');
  const scan = (...args: string[]): Promise<CliResult> =>
    home.run([
      'scan',
      models,
      '--images',
      'none',
      ...args,
      '--api-url',
      standin.apiUrl,
      '--rate',
      '60000',
      '--json',
    ]);

  beforeAll(async () => {
    home = makeHome();
    models = join(home.folder, 'models');
    files = writeWorldLibrary(standin.world, models, 3);
    mkdirSync(join(models, 'own'));
    const own = planSample(standin.world, 1).filter((file) => file.trait === 'own-training');
    for (const [at, name] of ['grandmas_garden', 'silent'].entries())
      writeFileSync(join(models, 'own', `${name}.safetensors`), own[at]?.bytes() as Buffer);
  });

  afterAll(() => home.remove());

  it('shows a file that nobody describes by its header: likely words and guesses, marked as such, and finds it by them', async () => {
    const { code, stderr, json } = await scan();

    expect(code, stderr).toBe(0);
    expect(json.counts).toMatchObject({ files: 5, identified: 3, missing: 2 });
    expect(page('own/silent.html')).toContain('Likely triggers');
    expect(page('own/silent.html')).toContain('guessed from the header');
    const { words, columns, about } = galleryOf(models);
    const at = (columns['name'] ?? []).indexOf('silent');
    expect(words['base']?.[columns['base']?.[at] as number]).toMatch(/ \(from header\)$/);
    expect((columns['flags']?.[at] as number) & 512).toBe(512);
    const likely = (columns['triggers']?.[at] ?? []) as string[];
    expect(likely.length).toBeGreaterThan(0);
    expect(about[at]).toContain(likely[0]);
  });

  it('takes the example of the guide up, marks it, and lets it win over the site', async () => {
    const example = /```yml\n([\s\S]*?)```/.exec(readFileSync(GUIDE, 'utf8'))?.[1] ?? '';
    writeFileSync(join(models, 'own', 'grandmas_garden.about.yaml'), example);
    const known = files[0]?.path.replace(/\.\w+$/, '') ?? '';
    writeFileSync(join(models, `${known}.about.json`), '{"name": "Mine alone", "tags": ["owned"]}');
    const before = treeOf(models, (path) => path.includes('.about.') || path.endsWith('.safetensors'));

    const { code, stderr, json } = await scan();

    expect(code, stderr).toBe(0);
    expect(json.warnings).toEqual([]);
    const garden = page('own/grandmas_garden.html');
    for (const text of [
      'Grandma&#39;s garden',
      'by hand',
      '<strong>forty photographs</strong>',
      'https://example.org/garden',
      'overgrown path',
    ])
      expect(garden).toContain(text);
    expect(garden).not.toContain('Likely triggers');
    expect(page(`${known}.html`)).toMatch(/<h1[^>]*>Mine alone<\/h1>/);
    const { columns, about, words } = galleryOf(models);
    const at = (columns['name'] ?? []).indexOf("Grandma's garden");
    expect((columns['flags']?.[at] as number) & 128).toBe(128);
    expect(words['base']?.[columns['base']?.[at] as number]).toBe('SDXL 1.0');
    expect(about[at]).toContain('birthday cards');
    expect(columns['name']).toContain('Mine alone');
    expect(treeOf(models, (path) => path in before)).toEqual(before);
  });

  it('makes a card and a page of a description without a file, counts no file, and gives it to the file that comes', async () => {
    const alone = join(models, 'own', 'sold_out.about.yaml');
    writeFileSync(alone, 'name: Sold out style\ntype: LORA\n');

    const first = await scan();

    expect(first.json.counts).toMatchObject({ files: 5, identified: 3, missing: 2 });
    expect(page('own/sold_out.html')).toContain('Sold out style');
    expect(page('own/sold_out.html')).toContain('No model file');
    expect(galleryOf(models).columns['name']).toContain('Sold out style');
    expect((await scan()).json.counts).toMatchObject({ pages: 0 });
    // Rebuilt without a look at the disk's notes, it is still there.
    const rebuilt = await home.run(['pages', models, '--json']);
    expect(rebuilt.code, rebuilt.stderr).toBe(0);
    expect(galleryOf(models).columns['name']).toContain('Sold out style');

    renameSync(join(models, 'own', 'silent.safetensors'), join(models, 'own', 'sold_out.safetensors'));
    const met = await scan();

    expect(met.json.counts).toMatchObject({ files: 5, missing: 2 });
    expect(page('own/sold_out.html')).not.toContain('No model file');
    const { columns } = galleryOf(models);
    expect((columns['name'] ?? []).filter((name) => name === 'Sold out style')).toHaveLength(1);
    expect(columns['name']).toHaveLength(5);

    rmSync(alone);
    await scan();
    expect(galleryOf(models).columns['name']).toContain('sold_out');
  });

  it('need no model file at all: a folder with descriptions alone is a library', async () => {
    const alone = join(home.folder, 'by hand');
    mkdirSync(join(alone, 'sub'), { recursive: true });
    writeFileSync(join(alone, 'gone.about.yaml'), 'name: Gone from the site\ntype: LORA\n');
    writeFileSync(join(alone, 'sub', 'two.about.json'), '{"name": "Two"}');

    const { code, stderr, json } = await home.run(['scan', alone, '--api-url', standin.apiUrl, '--json']);

    expect(code, stderr).toBe(0);
    expect(json).toMatchObject({ counts: { files: 0, pages: 2 }, requests: { total: 0 } });
    expect(readFileSync(join(alone, 'gone.html'), 'utf8')).toContain('Gone from the site');
    expect(galleryOf(alone).columns['name']).toEqual(expect.arrayContaining(['Gone from the site', 'Two']));
  });

  it('names file and line of what it can not take, goes on, and keeps what was said before', async () => {
    const garden = join(models, 'own', 'grandmas_garden.about.yaml');
    writeFileSync(garden, 'name: Garden two\nrating: 11\ncolour: red\ntags: &t [a]\n');
    writeFileSync(join(models, 'own', 'bomb.about.yaml'), `name: ${'['.repeat(60_000)}`);
    writeFileSync(join(models, 'own', 'huge.about.yaml'), `name: ${'x'.repeat(9_000_000)}`);

    const half = await scan();

    expect(half.code, half.stderr).toBe(0);
    expect(half.json.warnings).toEqual(
      expect.arrayContaining([
        expect.stringContaining('grandmas_garden.about.yaml, line 2: "rating" must be'),
        expect.stringContaining('grandmas_garden.about.yaml, line 3: there is no field "colour"'),
        expect.stringContaining('bomb.about.yaml, line 1: it is nested too deeply'),
        expect.stringContaining('huge.about.yaml, line 1: it is larger than'),
      ]),
    );
    expect(page('own/grandmas_garden.html')).toContain('Garden two');

    writeFileSync(garden, 'name: "Garden three\n');
    const broken = await scan();
    expect(broken.json.warnings).toEqual([
      expect.stringContaining('grandmas_garden.about.yaml, line 2: Missing closing'),
    ]);
    expect(page('own/grandmas_garden.html')).toContain('Garden two');
  });
});

describe('records of other tools', () => {
  let home: Home;
  let models: string;
  let output: string;
  let files: LibraryFile[];
  const api = async (path: string): Promise<unknown> =>
    await (await fetch(`${standin.apiUrl}/${path}`)).json();
  const run = (...args: string[]): Promise<CliResult> =>
    home.run([...args, '--api-url', standin.apiUrl, '--rate', '60000', '--json']);
  const record = (base: string, ending: string, value: unknown): string => {
    mkdirSync(join(output, base), { recursive: true });
    const path = join(output, base, `${base}${ending}`);
    writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value, undefined, 4));
    utimesSync(path, 1_730_000_000, 1_730_000_000);
    return path;
  };

  beforeAll(async () => {
    home = makeHome();
    models = join(home.folder, 'models');
    output = join(home.folder, 'old output');
    files = writeWorldLibrary(standin.world, models, 4);
    for (const [at, file] of files.slice(0, 3).entries()) {
      const sha256 = createHash('sha256')
        .update(readFileSync(join(models, file.path)))
        .digest('hex');
      record(`m${at}`, '_hash.json', { hash_type: 'SHA256', hash_value: sha256, filename: file.path });
      record(`m${at}`, '_civitai_model_version.json', await api(`model-versions/${file.versionId}`));
      record(`m${at}`, '_civitai_model.json', await api(`models/${file.modelId}`));
    }
    record('m3', '_civitai_model_version.json', { error: 'busy', status_code: 503, timestamp: 'x' });
    record('m4', '_civitai_model_version.json', '{"id": 1, "modelId"');
    record('m6', '_hash.json', { hash_type: 'SHA256', hash_value: 'ab'.repeat(32) });
    record('m5', '_metadata.json', { anything: true });
    const fourth = await api(`model-versions/${files[3]?.versionId}`);
    writeFileSync(join(models, (files[3]?.path ?? '').replace(/\.\w+$/, '.json')), JSON.stringify(fourth));
  });

  afterAll(() => home.remove());

  it('are counted by a dry run, which takes nothing', async () => {
    const { code, json } = await run('import', output, '--dry-run');

    expect(code).toBe(3);
    expect(json.counts).toEqual({ total: 13, taken: 9, known: 0, unused: 1, refused: 3 });
    expect(json.failures.map((one) => one.code)).toEqual([
      'damaged-record',
      'damaged-record',
      'damaged-record',
    ]);
  });

  it('come in with the dates of their files and stay untouched; what is read twice is known', async () => {
    const before = treeOf(home.folder, (path) => path.startsWith('old output') || path.startsWith('models'));

    const first = await run('import', output, models);

    expect(first.json.counts).toEqual({ total: 14, taken: 10, known: 0, unused: 1, refused: 3 });
    expect(first.json.requests.total).toBe(0);
    expect((await run('import', output, models)).json.counts).toMatchObject({ taken: 0, known: 10 });
    expect(treeOf(home.folder, (path) => path in before)).toEqual(before);
  });

  it('spare the site what they say, and keep what it removed since', async () => {
    standin.world.changes.removeModel(files[0]?.modelId ?? 0);

    const { code, stderr, json } = await run('scan', models, '--images', 'none');

    expect(code, stderr).toBe(0);
    expect(json.counts).toMatchObject({ files: 4, identified: 4 });
    // Only the fourth's model was in no record.
    expect(json.requests.total).toBeLessThanOrEqual(1);
    const page = readFileSync(join(models, (files[0]?.path ?? '').replace(/\.\w+$/, '.html')), 'utf8');
    expect(page).toContain(String(files[0]?.modelId));
  });
});
