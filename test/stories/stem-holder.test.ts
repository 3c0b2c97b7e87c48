import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeHome } from '../cli.ts';
import type { CliResult, Home } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { writeWorldLibrary } from '../world-library.ts';

describe('a model file that comes beside another of its stem', () => {
  let standin: Standin;
  let home: Home;
  let models: string;
  let before: Record<string, string>;
  let second: Buffer;
  const run = (...args: string[]): Promise<CliResult> =>
    home.run([...args, '--api-url', standin.apiUrl, '--rate', '60000', '--json']);
  const scan = (): Promise<CliResult> => run('scan', models, '--images', 'first', '--sidecars', 'a1111');
  const titleOf = (path: string): string | undefined =>
    /<h1[^>]*>([^<]*)/.exec(readFileSync(join(models, path), 'utf8'))?.[1];

  beforeAll(async () => {
    standin = await startStandin({ models: 12, images: 0, seed: 7 });
    home = makeHome();
    models = join(home.folder, 'models');
    const scratch = join(home.folder, 'scratch');
    const [file, other] = writeWorldLibrary(standin.world, scratch, 2);
    second = readFileSync(join(scratch, other?.path ?? ''));
    mkdirSync(models);
    writeFileSync(join(models, 'ink.ckpt'), readFileSync(join(scratch, file?.path ?? '')));
    await scan();
    before = treeOf(models, (path) => path.startsWith('ink.'));
  });

  afterAll(async () => {
    home.remove();
    await standin.close();
  });

  it('leaves it every name that it has, and takes its own whole name', async () => {
    expect(Object.keys(before)).toEqual(
      expect.arrayContaining(['ink.ckpt', 'ink.html', 'ink.civitai.info', 'ink.json']),
    );
    const title = titleOf('ink.html');
    writeFileSync(join(models, 'ink.safetensors'), second);

    const both = await scan();

    expect(both.json.counts).toMatchObject({ files: 2, identified: 2 });
    const now = treeOf(models, (path) => path.startsWith('ink.'));
    for (const path of Object.keys(before).filter((name) => !name.endsWith('.html')))
      expect([path, now[path]]).toEqual([path, before[path]]);
    expect(titleOf('ink.html')).toBe(title);
    expect(titleOf('ink.safetensors.html')).not.toBe(title);
    expect(readdirSync(models)).not.toContain('ink.ckpt.html');
    expect((await scan()).json.counts).toMatchObject({ pages: 0 });
    expect((await run('clean', '--yes')).json.counts).toMatchObject({ planned: 0 });
  });

  it('and they keep their names where they are moved, and back again', async () => {
    const names = readdirSync(models).filter((name) => name.startsWith('ink.'));
    const titles = ['ink.html', 'ink.safetensors.html'].map(titleOf);

    const moved = await run(
      'organize',
      models,
      '--template',
      'shelf/{nsfw}',
      '--output',
      join(models, 'kept'),
    );

    expect(moved.code, moved.stderr).toBe(0);
    const shelf = `kept/shelf/${readdirSync(join(models, 'kept/shelf'))[0] ?? ''}`;
    expect(readdirSync(join(models, shelf))).toEqual(names);
    expect([`${shelf}/ink.html`, `${shelf}/ink.safetensors.html`].map(titleOf)).toEqual(titles);
    const back = await run('undo', '--yes');
    expect(back.code, back.stderr).toBe(0);
    expect((await scan()).code).toBe(0);
    expect(readdirSync(models).filter((name) => name.startsWith('ink.'))).toEqual(names);
    expect((await run('clean', '--yes')).json.counts).toMatchObject({ planned: 0 });
  });

  it('takes over the names of one that organising took away, and gives them back when that is undone', async () => {
    const names = readdirSync(models).filter((name) => name.startsWith('ink.'));
    const contents = treeOf(models, (path) => path.startsWith('ink.'));
    const moved = await run('organize', join(models, 'ink.ckpt'), '--output', join(models, 'apart'));
    expect(moved.json.counts).toMatchObject({ files: 1, done: 1 });
    expect((await scan()).code).toBe(0);
    const alone = readdirSync(models).filter((name) => name.startsWith('ink.'));
    expect(alone).toEqual([
      'ink.civitai.info',
      'ink.html',
      'ink.json',
      'ink.preview.webp',
      'ink.safetensors',
    ]);
    const back = await run('undo', '--yes');

    expect(back.code, back.stderr).toBe(0);
    expect(back.json.counts).toMatchObject({ left: 0, failed: 0 });
    expect((await scan()).code).toBe(0);
    expect(readdirSync(models).filter((name) => name.startsWith('ink.'))).toEqual(names);
    expect(treeOf(models, (path) => path.startsWith('ink.'))).toEqual(contents);
  });
});
