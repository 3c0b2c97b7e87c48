import { existsSync } from 'node:fs';
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
    const broken = await home.run(['scan', models, '--api-url', standin.apiUrl, '--images', 'none', '--json'], { env: { CIVITARIUM_FAULT: 'EIO@place.renamed:2' } });

    expect(broken.code, broken.stderr).toBe(3);
    expect(broken.json.failures).toMatchObject([{ what: expect.stringContaining('.civitai.info'), code: 'disk-failed' }]);
    expect(await run('scan', models, '--images', 'none')).toMatchObject({ code: 0, json: { failures: [] } });
    expect(files.filter((file) => !existsSync(beside(file, '.civitai.info')))).toEqual([]);
  });
});
