import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeHome } from '../cli.ts';
import type { CliResult, Home } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { unknownModel } from './testing/model-bytes.ts';

let standin: Standin;
let home: Home;
let first: CliResult;

function run(...args: readonly string[]): Promise<CliResult> {
  return home.run([...args, '--api-url', standin.apiUrl, '--rate', '60000', '--json']);
}

/** Bytes of models that the site knows and shows with at least `images` images. */
function knownFiles(images: number): Buffer[] {
  const models = standin.world.modelIds().flatMap((id) => standin.world.model(id) ?? []);
  return models.flatMap((model) => {
    const version = model.versions[0];
    const file = version?.files[0];
    const isShown =
      model.status === 'Published' &&
      model.availability === 'Public' &&
      model.mode === null &&
      version?.status === 'Published';
    if (!isShown || file?.format !== 'SafeTensor' || file.scan !== 'Success' || file.visibility !== 'Public')
      return [];
    return standin.world.imagesOf(version.id).filter((image) => image.type === 'image').length < images
      ? []
      : [standin.world.bytesOf(file)];
  });
}

beforeAll(async () => {
  standin = await startStandin({ models: 60, images: 0, seed: 95 });
  home = makeHome();
  const [one = Buffer.alloc(0), two = Buffer.alloc(0), three = Buffer.alloc(0)] = knownFiles(3);
  for (const folder of ['a', 'b']) mkdirSync(join(home.folder, 'models', folder), { recursive: true });
  writeFileSync(join(home.folder, 'models/a/ink.safetensors'), one);
  writeFileSync(join(home.folder, 'models/b/ink.safetensors'), two);
  writeFileSync(join(home.folder, 'models/b/Ink.ckpt'), three);
  writeFileSync(join(home.folder, 'models/own.safetensors'), unknownModel());
  first = await run('scan', 'models', '--profile', 'collected', '--output', 'out', '--images', 'all');
});

afterAll(async () => {
  home.remove();
  await standin.close();
});

describe('the collected layout', () => {
  it('has a folder a model, with the documented names', () => {
    expect(first.code, first.stderr).toBe(0);
    const names = readdirSync(join(home.folder, 'out/ink'));
    expect(names).toEqual(
      expect.arrayContaining([
        'ink.html',
        'ink_civitai_model.json',
        'ink_civitai_model_version.json',
        'ink_hash.json',
        'ink_metadata.json',
        'ink_preview_0.json',
        'ink_preview_1.json',
      ]),
    );
    expect(names.filter((name) => /^ink_preview_0\.(?:png|jpe?g|webp)$/.test(name))).toHaveLength(1);
    expect(readdirSync(join(home.folder, 'out/own')).sort()).toEqual([
      'own.html',
      'own_hash.json',
      'own_metadata.json',
    ]);
  });

  it('never has two models in one folder, whatever the case of their names', () => {
    const folders = readdirSync(join(home.folder, 'out'), { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && entry.name !== 'gallery.files',
    );
    expect(folders).toHaveLength(4);
    expect(new Set(folders.map((entry) => entry.name.toLowerCase())).size).toBe(4);
    const pages = folders.map(
      (entry) =>
        readdirSync(join(home.folder, 'out', entry.name)).filter((name) => name.endsWith('.html')).length,
    );
    expect(pages).toEqual([1, 1, 1, 1]);
  });

  it('says in each part what is so', () => {
    const at = (name: string): Record<string, unknown> =>
      JSON.parse(readFileSync(join(home.folder, 'out/ink', name), 'utf8')) as Record<string, unknown>;
    const version = at('ink_civitai_model_version.json');
    const model = at('ink_civitai_model.json');
    expect(model['id']).toBe(version['modelId']);
    expect(at('ink_hash.json')).toMatchObject({
      hash_type: 'SHA256',
      filename: 'ink.safetensors',
      hash_value: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(at('ink_preview_0.json')).toMatchObject({ url: expect.any(String) });
  });

  it('writes nothing beside the models', () => {
    expect(Object.keys(treeOf(join(home.folder, 'models'))).sort()).toEqual([
      'a/ink.safetensors',
      'b/Ink.ckpt',
      'b/ink.safetensors',
      'own.safetensors',
    ]);
  });

  it('stays as it is at the next scan, at an update and when pages are rebuilt', async () => {
    const before = treeOf(home.folder, (path) => /^(?:models|out)\//.test(path));
    for (const args of [
      ['scan', 'models', '--images', 'all'],
      ['update', '--images', 'all'],
      ['pages'],
      ['scan', 'models', '--images', 'all', '--force-refresh'],
    ]) {
      const again = await run(...args, '--profile', 'collected', '--output', 'out');
      expect(again.code, again.stderr).toBe(0);
      expect(treeOf(home.folder, (path) => /^(?:models|out)\//.test(path))).toEqual(before);
    }
  });

  it('keeps the folders that were given when another model of that name comes', async () => {
    const isOfModel = (path: string): boolean => !path.startsWith('gallery') && path.includes('/');
    const before = treeOf(join(home.folder, 'out'), isOfModel);
    mkdirSync(join(home.folder, 'models/0 first'));
    writeFileSync(join(home.folder, 'models/0 first/ink.safetensors'), unknownModel('late comer'));

    expect(
      (await run('scan', 'models', '--images', 'all', '--profile', 'collected', '--output', 'out')).code,
    ).toBe(0);

    expect(treeOf(join(home.folder, 'out'), isOfModel)).toMatchObject(before);
    expect(readdirSync(join(home.folder, 'out')).filter((name) => /^ink/i.test(name))).toHaveLength(4);
  });

  it('needs a folder, and says so', async () => {
    const result = await run('scan', 'models', '--profile', 'collected');
    expect([result.code, result.json.failures[0]?.code]).toEqual([1, 'no-output']);
  });
});

describe('how many images', () => {
  it.for([
    [['--images', 'none'], 0],
    [[], 1],
    [['--images', 'first'], 1],
    [['--images', '2'], 2],
    [['--images=0'], 0],
  ] as const)('%j brings as many for a model', async ([flags, most]) => {
    const own = makeHome();
    const folder = join(own.folder, 'models');
    mkdirSync(folder);
    writeFileSync(join(folder, 'm.safetensors'), knownFiles(3)[0] ?? Buffer.alloc(0));

    const result = await own.run([
      'scan',
      folder,
      '--api-url',
      standin.apiUrl,
      '--rate',
      '60000',
      '--json',
      ...flags,
    ]);

    expect(result.code, result.stderr).toBe(0);
    expect(readdirSync(folder).filter((name) => name.startsWith('m.preview.'))).toHaveLength(most);
    expect(result.json.counts).toMatchObject({ previews: most, images: most });
    own.remove();
  });

  it('bare brings all, and what is held is not fetched again', async () => {
    const own = makeHome();
    const folder = join(own.folder, 'models');
    mkdirSync(folder);
    writeFileSync(join(folder, 'm.safetensors'), knownFiles(3)[0] ?? Buffer.alloc(0));
    const scan = ['scan', folder, '--api-url', standin.apiUrl, '--rate', '60000', '--json'];
    await own.run(scan);
    standin.reset();

    const all = await own.run([...scan, '--images']);

    expect(all.code, all.stderr).toBe(0);
    const held = readdirSync(folder).filter((name) => name.startsWith('m.preview.')).length;
    expect(held).toBeGreaterThanOrEqual(3);
    expect(all.json.counts).toMatchObject({ previews: held - 1, images: held });
    expect(standin.requests()).toEqual({ media: held - 1 });
    const fewer = await own.run([...scan, '--images', 'none']);
    expect(fewer.json.counts['previews']).toBe(0);
    expect(existsSync(join(folder, 'm.html'))).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith('m.preview.'))).toHaveLength(held);
    own.remove();
  });
});
