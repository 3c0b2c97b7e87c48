import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { faultAt, faultPoints } from '../faults.ts';
import { treeOf } from '../tree.ts';
import { makeOrganiseLibrary } from './testing/organise-library.ts';
import type { OrganiseLibrary } from './testing/organise-library.ts';

/** Which passages of each point a run is killed at, and by what. */
const KILLS: Readonly<
  Record<string, { readonly by: 'clean' | 'restore' | 'empty'; readonly passages: readonly number[] }>
> = {
  'trash.planned': { by: 'clean', passages: [1] },
  'trash.recorded': { by: 'clean', passages: [1] },
  'trash.pages-written': { by: 'clean', passages: [1] },
  'trash.restore-begun': { by: 'restore', passages: [1] },
  'trash.restored': { by: 'restore', passages: [1] },
  'trash.unlinked': { by: 'empty', passages: [1, 4] },
  'trash.emptied': { by: 'empty', passages: [1] },
};

const ARGUMENTS = {
  clean: ['clean', '--yes', '--duplicates'],
  restore: ['clean', '--restore'],
  empty: ['clean', '--empty-trash', '--older-than', '0d', '--yes'],
} as const;

describe('a clean that is killed', () => {
  let standin: Standin;
  let library: OrganiseLibrary;
  let before: Readonly<Record<string, string>>;
  let cleaned: Readonly<Record<string, string>>;

  beforeAll(async () => {
    standin = await startStandin({ models: 40, seed: 11, speed: 0 });
    library = await makeOrganiseLibrary(standin, 6, (folder, known) => {
      const path = known[1]?.path ?? '';
      writeFileSync(
        join(folder, path.replace(/([^/]+)$/, 'a longer name of $1')),
        readFileSync(join(folder, path)),
      );
    });
    prepare();
    before = everything();
    await library.run(...ARGUMENTS.clean);
    cleaned = everything();
  });

  beforeEach(() => prepare());

  afterAll(async () => {
    library.remove();
    await standin.close();
  });

  function prepare(): void {
    library.reset();
    rmSync(join(library.folder, library.known[0]?.path ?? ''));
  }

  /** Everything but the gallery, whose cards tell when a file was added. */
  function everything(): Record<string, string> {
    return Object.fromEntries(Object.entries(library.tree()).filter(([path]) => !path.startsWith('gallery')));
  }

  function trash(): Record<string, string> {
    return treeOf(join(library.home.folder, 'state/civitarium/trash'));
  }

  /** No byte is lost: each hash of before is in the library or in the trash. Pages of files that stay are written anew. */
  function expectNothingLost(): void {
    const held = new Set([...Object.values(everything()), ...Object.values(trash())]);
    expect(
      Object.entries(before).filter(([path, hash]) => !path.endsWith('.html') && !held.has(hash)),
    ).toEqual([]);
  }

  it('is tried at every named point of the trash', () => {
    expect(Object.keys(KILLS).sort()).toEqual(faultPoints().filter((point) => point.startsWith('trash.')));
  });

  const moves = ['move.linked', 'move.unlinked'].flatMap((point) =>
    [1, 5].flatMap((passage) => (['clean', 'restore'] as const).map((by) => [point, passage, by] as const)),
  );
  const cases = Object.entries(KILLS).flatMap(([point, { by, passages }]) =>
    passages.map((passage) => [point, passage, by] as const),
  );

  it.each([...cases, ...moves])(
    'at %s (%i) by %s: the next command ends it, and no byte is lost',
    async (point, passage, by) => {
      if (by !== 'clean') await library.run(...ARGUMENTS.clean);
      const killed = await library.runWith(faultAt('kill', point, passage), ...ARGUMENTS[by]);
      if (by !== 'empty') expectNothingLost();
      const again = await library.run(...ARGUMENTS[by]);

      expect(killed.signal).toBe('SIGKILL');
      expect(again.code, again.stderr).toBe(0);
      expect(everything()).toEqual(by === 'restore' ? before : cleaned);
      if (by === 'clean') {
        expectNothingLost();
        expect((await library.run(...ARGUMENTS.restore)).json.counts).toMatchObject({ left: 0, failed: 0 });
        expect(everything()).toEqual(before);
      }
      expect(Object.keys(trash())).toEqual([]);
    },
  );

  it('is ended by a scan too, which writes the gallery without the copy', async () => {
    await library.runWith(faultAt('kill', 'move.unlinked', 1), ...ARGUMENTS.clean);

    const scan = await library.run('scan', library.folder, '--images', '2');

    expect(scan.code, scan.stderr).toBe(0);
    expect(everything()).toEqual(cleaned);
    expect(readFileSync(join(library.folder, 'gallery.files/cards.js'), 'utf8')).not.toContain(
      'a longer name of',
    );
  });
});
