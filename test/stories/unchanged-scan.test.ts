import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeHome } from '../cli.ts';
import type { Home } from '../cli.ts';
import { writeWorldLibrary } from '../world-library.ts';

/** Notes every module that a process loads. */
const NOTING = `import { registerHooks } from 'node:module';
import { appendFileSync } from 'node:fs';
registerHooks({ load(url, context, next) { appendFileSync(process.env.LOADED_MODULES, url + '\\n'); return next(url, context); } });
`;

/** A few values and no imports: the settings are made of them. */
const PLAIN = /\/(?:civitai\/levels|net\/tally|net\/asking)\.ts$/;

describe('an unchanged scan', () => {
  let standin: Standin;
  let home: Home;
  let folder: string;

  beforeAll(async () => {
    standin = await startStandin({ models: 6, images: 0, seed: 3 });
    home = makeHome();
    folder = mkdtempSync(join(tmpdir(), 'civitarium-loaded-'));
    writeFileSync(join(folder, 'noting.mjs'), NOTING);
    writeWorldLibrary(standin.world, join(home.folder, 'models'), 3);
  });

  afterAll(async () => {
    await standin.close();
    home.remove();
    rmSync(folder, { recursive: true });
  });

  async function modulesOf(...args: string[]): Promise<string> {
    const list = join(folder, `${args.join('-').replace(/\W+/g, '-').slice(0, 100)}.txt`);
    const noting = pathToFileURL(join(folder, 'noting.mjs')).href;
    const { code, stderr } = await home.run([...args, '--api-url', standin.apiUrl], {
      env: { LOADED_MODULES: list, NODE_OPTIONS: `--import ${noting}` },
    });
    expect(code, stderr).toBe(0);
    return readFileSync(list, 'utf8');
  }

  it('loads nothing that asks, reads answers, draws or writes pages', async () => {
    const full = await modulesOf('scan', 'models', '--rate', '6000');
    const unchanged = await modulesOf('scan', 'models');

    // The trace sees them where they are needed.
    for (const name of ['zod', 'undici', 'sanitize-html', 'sharp'])
      expect(full).toContain(`/node_modules/${name}/`);
    const heavy = /\/node_modules\/(?:zod|undici|sanitize-html|sharp|yaml|pg|pino|@clack)\//;
    expect(unchanged.split('\n').filter((url) => heavy.test(url))).toEqual([]);
    expect(
      unchanged.split('\n').filter((url) => /\/src\/(?:net|civitai|pages)\//.test(url) && !PLAIN.test(url)),
    ).toEqual([]);
  });

  it('shows help without the catalog or the network', async () => {
    const help = await modulesOf('--help');

    expect(
      help
        .split('\n')
        .filter(
          (url) =>
            /\/node_modules\/(?!commander\/)|\/src\/(?:catalog|net|archive|library)\//.test(url) &&
            !PLAIN.test(url),
        ),
    ).toEqual([]);
  });
});
