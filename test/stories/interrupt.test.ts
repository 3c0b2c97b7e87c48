import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CliResult } from '../cli.ts';
import { differences, makeYardstick } from './testing/story-library.ts';
import type { StoryLibrary, Yardstick } from './testing/story-library.ts';

const GO_ON = 'Run the same command again to go on.';

describe('Ctrl-C', { timeout: 120_000 }, () => {
  let story: Yardstick;

  beforeAll(async () => {
    story = await makeYardstick({ models: 12 });
  });

  beforeEach(() => {
    story.standin.faults.use('');
    story.library.reset();
  });

  afterAll(() => story.close());

  // The site is made slow where the signal must come while it is being asked.
  const phases = [
    [
      'the site is asked',
      'by-hash:delay=1@3000',
      (_child: ChildProcess, library: StoryLibrary) => untilHashed(library),
    ],
    ['previews come', 'media:delay=1@3000', (child: ChildProcess) => untilTold(child, 'Asking Civitai:')],
    ['sidecars are written', '', (child: ChildProcess) => untilTold(child, 'Previews:')],
    ['pages are written', '', (child: ChildProcess) => untilTold(child, 'Sidecars:')],
    ['thumbnails are made', '', (child: ChildProcess) => untilTold(child, 'Pages:')],
  ] as const;

  it.each(phases)(
    'while %s stops cleanly, says how to go on, and the next run ends as usual',
    async (_phase, faults, until) => {
      const { library, standin, undisturbed } = story;
      standin.faults.use(faults);

      const stopped = await interrupted(library, (child) => until(child, library));
      const temps = library.temps();
      standin.faults.use('');
      const again = await library.run();

      expectStopped(stopped);
      expect(temps).toEqual([]);
      expect(again.code, again.stderr).toBe(0);
      expect(differences(await library.end(), undisturbed)).toEqual([]);
    },
  );

  it('while a large file is hashed stops at once, and the next run hashes what was not', async () => {
    const { library } = story;
    const large = join(library.folder, 'own', 'large.safetensors');
    writeFileSync(large, '');
    truncateSync(large, 8 * 2 ** 30);

    const stopped = await interrupted(library, () => untilBegun(library));
    const temps = library.temps();
    truncateSync(large, 1000);
    const again = await library.run();

    expectStopped(stopped);
    expect(temps).toEqual([]);
    expect(again.code, again.stderr).toBe(0);
    expect(again.json.counts).toMatchObject({ files: library.files.length + 3, failed: 0 });
    expect(again.json.counts['hashed']).toBeGreaterThanOrEqual(1);
    rmSync(large);
  });

  it('a second time ends at once what can not stop, and the next run ends as usual', async () => {
    const { library, standin, undisturbed } = story;
    standin.faults.use('media:delay=1@3000');
    let release = (): void => undefined;

    const stopped = await interrupted(library, async (child) => {
      await untilTold(child, 'Asking Civitai:');
      // Held by another program, the catalog takes no record of how the run ends.
      release = holdCatalog(library);
      child.kill('SIGINT');
      await untilTold(child, 'Press Ctrl-C again');
      // Two signals of one press arrive together; this is a second press.
      await delay(800);
    });
    release();
    standin.faults.use('');
    const again = await library.run();

    expect(stopped.code, stopped.stderr).toBe(130);
    expect(stopped.stdout).toBe('');
    expect(again.code, again.stderr).toBe(0);
    expect(differences(await library.end(), undisturbed)).toEqual([]);
  });
});

/** Runs the scan and sends SIGINT when `until` is done. */
async function interrupted(
  library: StoryLibrary,
  until: (child: ChildProcess) => Promise<void>,
): Promise<CliResult> {
  return await library.run(library.scan, {
    whileRunning: (child) => {
      void until(child).then(() => child.kill('SIGINT'));
    },
  });
}

function expectStopped(stopped: CliResult): void {
  expect(stopped.code, stopped.stderr).toBe(130);
  expect(stopped.json).toMatchObject({
    ok: false,
    exit: 130,
    failures: [{ code: 'interrupted', next: GO_ON }],
  });
  expect(stopped.stderr).toContain(GO_ON);
}

/** Waits until the program says this on stderr. */
async function untilTold(child: ChildProcess, words: string): Promise<void> {
  let told = '';
  while (!told.includes(words) && child.stderr !== null)
    told += String(((await once(child.stderr, 'data')) as [Buffer])[0]);
}

function catalogFile(library: StoryLibrary): string {
  return join(library.home.folder, 'data/civitarium/catalog.db');
}

/** Waits until the scan has written down which files there are. */
async function untilBegun(library: StoryLibrary): Promise<void> {
  await untilRow(library, 'select 1 from file');
}

async function untilHashed(library: StoryLibrary): Promise<void> {
  await untilRow(library, 'select 1 from file where blob_id is not null');
}

async function untilRow(library: StoryLibrary, query: string): Promise<void> {
  for (let left = 600; left > 0; left -= 1) {
    if (hasRow(catalogFile(library), query)) return;
    await delay(20);
  }
  throw new Error(`The scan never came so far: ${query}`);
}

function hasRow(file: string, query: string): boolean {
  if (!existsSync(file) || statSync(file).size === 0) return false;
  const database = new DatabaseSync(file, { readOnly: true, timeout: 1000 });
  try {
    return database.prepare(query).get() !== undefined;
  } catch {
    // Not yet made.
    return false;
  } finally {
    database.close();
  }
}

/** Holds the catalog's write lock until the returned function is called. */
function holdCatalog(library: StoryLibrary): () => void {
  const database = new DatabaseSync(catalogFile(library), { timeout: 10_000 });
  database.exec('begin immediate');
  return () => {
    database.exec('rollback');
    database.close();
  };
}
