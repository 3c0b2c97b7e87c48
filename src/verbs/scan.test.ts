import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeHome } from '../../test/cli.ts';
import type { CliResult, Home } from '../../test/cli.ts';
import { writeWorldLibrary } from '../../test/world-library.ts';
import type { LibraryFile } from '../../test/world-library.ts';

describe('scan', () => {
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
});
