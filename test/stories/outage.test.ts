import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeWorld } from '../../standin/world/world.ts';
import { treeOf } from '../tree.ts';
import { differences, makeStoryLibrary } from './testing/story-library.ts';
import type { End, StoryLibrary } from './testing/story-library.ts';
import { partsOfChecked, partsOfFiles } from './testing/sums.ts';

const world = makeWorld({ models: 30, images: 0, seed: 21 });
/** Models the site knows, a copy of one of them, and one that it does not know. */
const KNOWN = 8;
const FILES = KNOWN + 2;

interface Site {
  readonly standin: Standin;
  readonly library: StoryLibrary;
  scan(...more: readonly string[]): ReturnType<StoryLibrary['run']>;
  update(...more: readonly string[]): ReturnType<StoryLibrary['run']>;
}

/** Runs a test with a stand-in and a library of its own: these tests wait much and work little, so they run side by side. */
async function withSite(work: (site: Site) => Promise<void>): Promise<void> {
  // Its clock stands still, or the counters on the pages would differ.
  const standin = await startStandin({ world, speed: 0 });
  const library = makeStoryLibrary(standin, { models: KNOWN });
  const common = ['--api-url', standin.apiUrl, '--rate', '60000', '--json'];
  try {
    await work({
      standin,
      library,
      scan: (...more) => library.run(['scan', library.folder, ...common, ...more]),
      update: (...more) => library.run(['update', ...common, ...more]),
    });
  } finally {
    library.remove();
    await standin.close();
  }
}

/** The end of a scan that nothing disturbs; the library is put back as it was. */
async function undisturbed({ library, scan }: Site): Promise<End> {
  const result = await scan();
  expect(result.code, result.stderr).toBe(0);
  const end = await library.end();
  library.reset();
  return end;
}

function filesWithoutPage({ files, folder }: StoryLibrary): string[] {
  return files
    .map((file) => file.path)
    .filter((path) => !existsSync(join(folder, path.replace(/\.\w+$/, '.html'))));
}

describe.concurrent('the site is down from the start', () => {
  it(
    'ends with 4 and a next step, writes a page for every file, and the next scan ends like any other',
    { timeout: 120_000 },
    () =>
      withSite(async (site) => {
        const wanted = await undisturbed(site);
        site.standin.faults.down();

        const down = await site.scan('--patience', '2');

        expect(down.code, down.stderr).toBe(4);
        expect(down.json.counts).toMatchObject({ files: FILES, unchecked: FILES, hashed: FILES });
        expect(down.json.failures).toHaveLength(1);
        expect(down.json.failures[0]).toMatchObject({
          code: 'site-down',
          next: expect.stringContaining('saved'),
        });
        expect(down.json.failures[0]?.why).toContain('no useful answer for 2');
        expect(filesWithoutPage(site.library)).toEqual([]);
        expect(existsSync(join(site.library.folder, 'gallery.html'))).toBe(true);

        site.standin.faults.up();
        const up = await site.scan();
        expect(up.code, up.stderr).toBe(0);
        expect(up.json.counts).toMatchObject({ identified: FILES - 1, missing: 1, unchecked: 0, hashed: 0 });
        expect(differences(await site.library.end(), wanted)).toEqual([]);
      }),
  );

  it('tells a person the same in sentences', () =>
    withSite(async ({ standin, library }) => {
      standin.faults.down();

      const { code, stdout } = await library.run([
        'scan',
        library.folder,
        '--api-url',
        standin.apiUrl,
        '--patience',
        '1',
      ]);

      expect(code).toBe(4);
      expect(stdout).toContain(`${FILES} unchecked`);
      expect(stdout.replace(/\s+/g, ' ')).toMatch(
        /Failed Civitai: .*gave no useful answer.*Everything known so far is saved; the next scan goes on from here\./,
      );
    }));
});

describe.concurrent('the site dies midway', () => {
  it.for([1, 2, 3, 4, 8])(
    'after %i requests: what was told by then is kept and written, and the next scan ends like any other',
    { timeout: 120_000 },
    (after) =>
      withSite(async (site) => {
        const wanted = await undisturbed(site);
        site.standin.faults.use(`*:dies@${after}`);

        const died = await site.scan('--patience', '2');

        expect(died.code, died.stderr).toBe(4);
        expect(died.json.counts).toMatchObject({ files: FILES, identified: FILES - 1, missing: 1 });
        expect(partsOfFiles(died.json)).toBe(FILES);
        expect(filesWithoutPage(site.library)).toEqual([]);
        // One of the sidecars is the user's own.
        const infos = Object.keys(treeOf(site.library.folder)).filter((path) =>
          path.endsWith('.civitai.info'),
        );
        if (after >= 2) expect(infos).toHaveLength(FILES - 1);

        site.standin.faults.use('');
        const up = await site.scan();
        expect(up.code, up.stderr).toBe(0);
        expect(up.json.counts['hashed']).toBe(0);
        expect(differences(await site.library.end(), wanted)).toEqual([]);
      }),
  );
});

describe.concurrent('what is known outlasts every kind of outage', () => {
  const kinds = [
    'reset',
    'truncate',
    'length',
    'bytes',
    '429',
    '429-date',
    '429-bare',
    '500',
    '502',
    '503',
    '524',
    'html',
    'html-403',
    'error-200',
    '401',
    '403',
    '410',
    '451',
  ];

  it.for(kinds)('%s: update and a forced scan change no file', { timeout: 120_000 }, (kind) =>
    withSite(async ({ standin, library, scan, update }) => {
      const first = await scan();
      expect(first.code, first.stderr).toBe(0);
      const before = treeOf(library.folder);
      standin.faults.use(`*:${kind}=1`);

      const updated = await update('--patience', '1');
      const forced = await scan('--force-refresh', '--patience', '1');

      expect(treeOf(library.folder)).toEqual(before);
      expect([updated.code, forced.code], updated.stderr + forced.stderr).toEqual([4, 4]);
      expect(forced.json.counts).toMatchObject({
        files: FILES,
        identified: FILES - 1,
        missing: 1,
        removed: 0,
      });
      expect(updated.json.counts).toMatchObject({ changed: 0, removed: 0, new_versions: 0 });
      expect(updated.json.counts['unchecked']).toBe(updated.json.counts['checked']);
      expect(partsOfChecked(updated.json)).toBe(updated.json.counts['checked']);
    }),
  );

  it('404: a site that denies everything is not believed at once', { timeout: 120_000 }, () =>
    withSite(async ({ standin, library, scan, update }) => {
      await scan();
      const before = treeOf(library.folder);
      standin.faults.use('*:404=1');

      await update('--patience', '1');
      const forced = await scan('--force-refresh', '--patience', '1');

      expect(treeOf(library.folder)).toEqual(before);
      expect(forced.json.counts).toMatchObject({ identified: FILES - 1, removed: 0 });
    }),
  );
});

describe('a known library is used while the site is down', () => {
  it('scans, rebuilds pages and tells what is missing without a request', () =>
    withSite(async ({ standin, library, scan }) => {
      await scan();
      const before = treeOf(library.folder);
      standin.faults.down();

      for (const args of [['scan', library.folder], ['pages'], ['missing'], ['duplicates']]) {
        const result = await library.run([...args, '--api-url', standin.apiUrl, '--json']);
        expect(result.code, result.stderr).toBe(0);
        expect(result.json.requests.total).toBe(0);
      }
      expect(treeOf(library.folder)).toEqual(before);
    }));
});
