import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CliResult } from '../cli.ts';
import { atCommit, faultAt } from '../faults.ts';
import { mountDisk, whyNoDisk } from './testing/small-disk.ts';
import type { SmallDisk } from './testing/small-disk.ts';
import { differences, makeYardstick } from './testing/story-library.ts';
import type { End, Yardstick } from './testing/story-library.ts';

/** The rest is for `npm run soak`. */
const SOAK = process.env['CIVITARIUM_SOAK'] === '1';
const PLENTY = 256 << 20;
const noDisk = whyNoDisk();
if (noDisk !== undefined) console.log(`skipped: a full disk: ${noDisk}`);

describe.skipIf(noDisk !== undefined)('a disk that is full', { timeout: 120_000 }, () => {
  let disk: SmallDisk;
  let story: Yardstick;
  /** Bytes that the library needs at first, and that a scan adds. */
  let stockBytes: number;
  let addedBytes: number;

  beforeAll(async () => {
    disk = mountDisk(PLENTY);
    story = await makeYardstick({ models: 12, folder: join(disk.folder, 'models') });
    const allBytes = disk.usedBytes();
    story.library.reset();
    stockBytes = disk.usedBytes();
    addedBytes = allBytes - stockBytes;
  });

  beforeEach(() => {
    disk.resize(PLENTY);
    story.library.reset();
  });

  afterAll(async () => {
    await story.close();
    disk.remove();
  });

  it.each([0, 0.3, 0.6, 0.9])(
    'with room for %f of what a scan writes: what fits is whole and recorded, the rest follows when there is room',
    async (part) => {
      const { library, undisturbed } = story;
      disk.resize(stockBytes + Math.floor(addedBytes * part));

      const full = await library.run();
      const left = await library.end();
      const temps = library.temps();
      disk.resize(PLENTY);
      const again = await library.run();

      expectFull(full);
      expect(temps).toEqual([]);
      expect(halfFiles(left, undisturbed)).toEqual([]);
      expect(left.catalog['subject_state']).toEqual(undisturbed.catalog['subject_state']);
      expect(again.code, again.stderr).toBe(0);
      expect(again.json.requests.total - (again.json.requests.byEndpoint['media'] ?? 0)).toBe(0);
      expect(differences(await library.end(), undisturbed)).toEqual([]);
    },
  );
});

describe.skipIf(noDisk !== undefined)(
  'a disk that is full and holds the catalog',
  { timeout: 120_000 },
  () => {
    let disk: SmallDisk;
    let story: Yardstick;
    let catalog: string;
    let neededBytes: number;

    /** Fills the disk but for so many bytes. */
    const leaveRoom = (bytes: number): (() => void) => {
      const filler = join(disk.folder, 'filler');
      disk.resize(1 << 20);
      writeFileSync(filler, Buffer.alloc((1 << 20) - bytes));
      return () => rmSync(filler);
    };

    const scan = (): Promise<CliResult> => story.library.run([...story.library.scan, '--catalog', catalog]);

    beforeAll(async () => {
      disk = mountDisk(PLENTY);
      catalog = join(disk.folder, 'data', 'catalog.db');
      story = await makeYardstick({ models: 12 });
      story.library.reset();
      await scan();
      neededBytes = disk.usedBytes();
    });

    beforeEach(() => {
      disk.resize(PLENTY);
      rmSync(join(disk.folder, 'data'), { recursive: true });
      story.library.reset();
    });

    afterAll(async () => {
      await story.close();
      disk.remove();
    });

    it.each([0.3, 0.6, 0.9])(
      'with room for %f of it: the run says so and the next one ends as usual',
      async (part) => {
        const { library, undisturbed } = story;
        disk.resize(Math.floor(neededBytes * part));

        const full = await scan();
        const temps = library.temps();
        disk.resize(PLENTY);
        const again = await scan();

        expectFull(full);
        expect(temps).toEqual([]);
        expect(again.code, again.stderr).toBe(0);
        expect(differences(await library.end(catalog), undisturbed)).toEqual([]);
      },
    );

    // What fails first is a folder, a file, the log or its shared memory, and SQLite has other words for each.
    it.each([0, 4, 8, 32])('with room for %i KiB: not even the catalog can be opened', async (kib) => {
      const empty = leaveRoom(kib * 1024);

      const full = await scan();
      empty();

      expectFull(full);
      expect(full.json.failures[0]?.why).toContain(catalog);
    });
  },
);

describe('a disk that fails', { timeout: 120_000 }, () => {
  let story: Yardstick;

  beforeAll(async () => {
    story = await makeYardstick({ models: 12 });
  });

  beforeEach(() => story.library.reset());

  afterAll(() => story.close());

  const places = [
    'place.opened',
    'place.written',
    'place.synced',
    'place.renamed',
    'place.folder-synced',
  ].flatMap((point) =>
    (point === 'place.folder-synced' ? [1] : SOAK ? [3, 50] : [50]).map(
      (passage) => [point, passage] as const,
    ),
  );

  it.each(places)(
    'by being full at %s (%i): exit 4, no half file, and the next run ends as usual',
    async (point, passage) => {
      const { library, undisturbed } = story;

      const full = await library.run(library.scan, { env: faultAt('ENOSPC', point, passage) });
      const temps = library.temps();
      const left = await library.end();
      const again = await library.run();

      expectFull(full);
      expect(temps).toEqual([]);
      expect(halfFiles(left, undisturbed)).toEqual([]);
      expect(again.code, again.stderr).toBe(0);
      expect(differences(await library.end(), undisturbed)).toEqual([]);
    },
  );

  it.each(places.filter(([point]) => point !== 'place.folder-synced'))(
    'with one file at %s (%i): exit 3, that file is named, all others are there, and the next run adds it',
    async (point, passage) => {
      const { library, undisturbed } = story;

      const failed = await library.run(library.scan, { env: faultAt('EIO', point, passage) });
      const temps = library.temps();
      const left = await library.end();
      const again = await library.run();

      expect(failed.code, failed.stderr).toBe(3);
      expect(failed.json.failures).toMatchObject([
        { code: 'disk-failed', next: expect.any(String) as string },
      ]);
      expect(temps).toEqual([]);
      expect(halfFiles(left, undisturbed)).toEqual([]);
      expect(again.code, again.stderr).toBe(0);
      expect(differences(await library.end(), undisturbed)).toEqual([]);
    },
  );

  it.each(SOAK ? [1, 6, 11, 14, 18, 22] : [1, 6, 14, 22])(
    'by being full at commit %i of the catalog: exit 4, no temp files, and the next run ends as usual',
    async (passage) => {
      const { library, undisturbed } = story;

      const full = await library.run(library.scan, { env: atCommit('full', passage) });
      const temps = library.temps();
      const again = await library.run();

      expectFull(full);
      expect(temps).toEqual([]);
      expect(again.code, again.stderr).toBe(0);
      expect(differences(await library.end(), undisturbed)).toEqual([]);
    },
  );
});

function expectFull(result: CliResult): void {
  expect(result.code, result.stderr).toBe(4);
  expect(result.json.failures).toMatchObject([
    {
      code: 'disk-full',
      why: expect.stringMatching(/ full/) as string,
      next: expect.stringMatching(/room|space/) as string,
    },
  ]);
  expect(result.stderr).toMatch(/ full/);
}

/** Files under their final names that hold other bytes than they should. Pages and gallery may yet lack what comes later. */
function halfFiles(left: End, undisturbed: End): string[] {
  return Object.entries(left.files).flatMap(([path, sha256]) =>
    sha256 === undisturbed.files[path] || /\.html$|^gallery\.files/.test(path) ? [] : [path],
  );
}
