import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase } from '../catalogs.ts';
import type { FreshPlace } from '../catalogs.ts';
import type { CliResult } from '../cli.ts';
import { differences, makeYardstick } from './testing/story-library.ts';
import type { Yardstick } from './testing/story-library.ts';

describe('runs at once', { timeout: 120_000 }, () => {
  let story: Yardstick;

  beforeAll(async () => {
    story = await makeYardstick({ models: 12 });
  });

  beforeEach(() => {
    story.library.reset();
    story.standin.reset();
  });

  afterAll(() => story.close());

  it.each([0, 200, 500])(
    'two scans of one folder, the second %i ms later: one waits and says so, nothing is asked or fetched twice, and they leave what one would',
    async (later) => {
      const { library, standin, undisturbed } = story;

      const both = await Promise.all([library.run(), after(later).then(() => library.run())]);

      expectWell(both);
      expect(
        both.filter(({ stderr }) => stderr.includes(`Another run is at work in ${library.folder}`)),
      ).toHaveLength(1);
      expect(standin.requests()['model-versions/by-hash/ids']).toBe(1);
      expect(both.map(({ json }) => json.counts['previews']).sort()).toContain(0);
      expect(differences(await library.end(), undisturbed)).toEqual([]);
    },
  );

  it('two forced scans and pages of one folder leave what one scan would', async () => {
    const { library, undisturbed } = story;
    await library.run();
    const forced = [...library.scan, '--force-refresh'];

    const all = await Promise.all([
      library.run(forced),
      library.run(['pages', library.folder, '--api-url', story.standin.apiUrl, '--json']),
      library.run(forced),
    ]);

    expectWell(all);
    expect(differences(await library.end(), undisturbed)).toEqual([]);
  });

  it('scans of three folders with one catalog wait for nobody and leave what one after the other would', async () => {
    const { library } = story;
    const scans = ['Checkpoint', 'DoRA', 'LORA'].map((name) =>
      library.scan.with(1, join(library.folder, name)),
    );
    for (const scan of scans) expectWell([await library.run(scan)]);
    const { files, catalog } = await library.end();
    library.reset();

    const all = await Promise.all(scans.map((scan) => library.run(scan)));

    expectWell(all);
    expect(all.filter(({ stderr }) => stderr.includes('Another run'))).toEqual([]);
    const end = await library.end();
    expect(Object.keys(end.files)).toEqual(Object.keys(files));
    // Pages and galleries hold the numbers of files, which are given out in the order of asking.
    expect(differences({ ...end, files: {} }, { files: {}, catalog })).toEqual([]);
  });

  it('goes on at once when the run it waits for is killed', async () => {
    const { library, undisturbed } = story;
    story.standin.faults.use('media:delay=1@20000');
    const first = library.run(library.scan, { timeoutMs: 2500 });
    await after(1000);
    const second = library.run();
    await first;
    story.standin.faults.use('');

    expectWell([await second]);
    expect((await first).signal).toBe('SIGKILL');
    expect(differences(await library.end(), undisturbed)).toEqual([]);
  });
});

describe('a catalog on PostgreSQL', { timeout: 120_000 }, () => {
  let story: Yardstick;
  let place: FreshPlace;

  beforeAll(async () => {
    story = await makeYardstick({ models: 12 });
  });

  beforeEach(async () => {
    story.library.reset();
    place = await freshDatabase('empty');
  });

  afterAll(() => story.close());

  const scan = (): Promise<CliResult> =>
    story.library.run([...story.library.scan, '--catalog', place.location]);

  it('holds the same after a scan as one on SQLite, and so do the files', async () => {
    expectWell([await scan()]);

    expect(differences(await story.library.end(place.location), story.undisturbed)).toEqual([]);
    await place.remove();
  });

  it('holds the same after two scans at once', async () => {
    expectWell(await Promise.all([scan(), scan()]));

    expect(differences(await story.library.end(place.location), story.undisturbed)).toEqual([]);
    await place.remove();
  });
});

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function expectWell(results: readonly CliResult[]): void {
  for (const result of results) expect(result.code, `${result.stderr}${result.stdout}`).toBe(0);
}
