import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { faultAt, faultPoints } from '../faults.ts';
import { treeOf } from '../tree.ts';
import { makeOrganiseLibrary } from './testing/organise-library.ts';
import type { OrganiseLibrary } from './testing/organise-library.ts';

/** Another device, on which what is moved must be copied; in memory, so it is there on Linux alone. */
const OTHER_DEVICE = existsSync('/dev/shm') ? '/dev/shm' : undefined;

/** More passages, more rounds, and others each time: `npm run soak`. */
const SOAK = process.env['CIVITARIUM_SOAK'] === '1';

/** What is killed: organising by a mode, or across devices, or an undo of one. */
const WAYS = [
  'move',
  'across',
  'copy',
  'symlink',
  'hardlink',
  'undo',
  'undo copy',
  'undo symlink',
  'undo hardlink',
] as const;

/** Which passages of each point a run is killed at, by what passes it. */
const KILLS: Readonly<
  Record<string, { readonly by: (typeof WAYS)[number]; readonly passages: readonly number[] }>
> = {
  'move.planned': { by: 'move', passages: [1] },
  'move.linked': { by: 'move', passages: [1, 13, 5, 12, 30] },
  'move.unlinked': { by: 'move', passages: [12, 1, 7, 13, 25] },
  'move.recorded': { by: 'move', passages: [1] },
  'move.pages-written': { by: 'move', passages: [1] },
  'move.copied': { by: 'across', passages: [1, 9, 20] },
  'move.placed': { by: 'across', passages: [1, 9, 20] },
  'move.removed': { by: 'across', passages: [1, 9, 20] },
  'move.undo-begun': { by: 'undo', passages: [1] },
  'move.undone': { by: 'undo', passages: [1] },
  'move.unmade': { by: 'undo copy', passages: [1, 8, 20] },
};

/** Points of writing the pages behind it. */
const OF_PAGES = [
  ['place.written', 2, 'move'],
  ['outputs.intended', 1, 'undo'],
  ['place.written', 12, 'undo'],
  ['place.renamed', 9, 'undo'],
  ['outputs.intended', 1, 'undo copy'],
  ['place.written', 12, 'undo copy'],
] as const;

/** Points of moving that an undo passes as well. */
const IN_UNDO = ['move.linked', 'move.unlinked'] as const;

/** Points of moving that making links passes as well, and taking them away. */
const OF_LINKS = [
  ['move.linked', 3, 'symlink'],
  ['move.linked', 9, 'symlink'],
  ['move.linked', 3, 'hardlink'],
  ['move.linked', 9, 'hardlink'],
  ['move.recorded', 1, 'symlink'],
  ['move.recorded', 1, 'hardlink'],
  ['move.unmade', 4, 'undo symlink'],
  ['move.unmade', 4, 'undo hardlink'],
] as const;

describe('files that are moved when the program is killed', () => {
  let standin: Standin;
  let library: OrganiseLibrary;
  let before: Record<string, string>;
  let elsewhere: string;
  const ends = new Map<string, Record<string, string>>();

  beforeAll(async () => {
    standin = await startStandin({ models: 40, seed: 11, speed: 0 });
    library = await makeOrganiseLibrary(standin);
    elsewhere = join(OTHER_DEVICE ?? library.home.folder, `civitarium-test-${process.pid}`);
    library.reset();
    before = everything();
  });

  beforeEach(() => {
    rmSync(elsewhere, { recursive: true, force: true });
    library.reset();
  });

  afterAll(async () => {
    rmSync(elsewhere, { recursive: true, force: true });
    library.remove();
    await standin.close();
  });

  function argumentsOf(by: string): string[] {
    if (by.startsWith('undo')) return ['undo', '--yes'];
    if (by === 'across') return ['organize', library.folder, '--output', elsewhere];
    return ['organize', library.folder, '--mode', by];
  }

  /** Everything there is, in both places. */
  function everything(): Record<string, string> {
    const there = existsSync(elsewhere) ? treeOf(elsewhere) : {};
    const tree = {
      ...library.tree(),
      ...Object.fromEntries(Object.entries(there).map(([path, hash]) => [`elsewhere/${path}`, hash])),
    };
    return { ...tree, 'gallery.files/cards.js': steadyCards(library.folder) };
  }

  /** What an undisturbed run ends with. */
  async function endOf(by: string): Promise<Record<string, string>> {
    const known = ends.get(by);
    if (known !== undefined) return known;
    await prepare(by);
    const result = await library.run(...argumentsOf(by));
    expect(result.code, result.stderr).toBe(0);
    const end = everything();
    ends.set(by, end);
    rmSync(elsewhere, { recursive: true, force: true });
    library.reset();
    return end;
  }

  async function prepare(by: string): Promise<void> {
    if (by === 'undo') await library.run('organize', library.folder);
    const mode = /^undo (\w+)$/.exec(by)?.[1];
    if (mode !== undefined) await library.run('organize', library.folder, '--mode', mode);
  }

  /** The bytes of every model file are still there, each at least once; a kill may leave one under two names. */
  function expectNothingLost(): void {
    const hashes = new Set(library.modelHashes(everything()));
    expect(library.modelHashes(before).filter((hash) => !hashes.has(hash))).toEqual([]);
  }

  function expectNoTemps(): void {
    expect(Object.keys(everything()).filter((path) => path.endsWith('.tmp'))).toEqual([]);
  }

  it('is tried at every named point of moving', () => {
    expect(Object.keys(KILLS).sort()).toEqual(faultPoints().filter((point) => point.startsWith('move.')));
  });

  const cases = Object.entries(KILLS).flatMap(([point, { by, passages }]) =>
    passages.slice(0, SOAK ? undefined : 2).map((passage) => [point, passage, by] as const),
  );
  const inUndo = IN_UNDO.flatMap((point) => [2, 14].map((passage) => [point, passage, 'undo'] as const));

  it.each([...cases, ...inUndo, ...OF_LINKS, ...OF_PAGES])(
    'at %s (%i) by %s: the same command ends where an undisturbed one would',
    async (point, passage, by) => {
      const end = await endOf(by);
      await prepare(by);

      const killed = await library.runWith(faultAt('kill', point, passage), ...argumentsOf(by));
      expectNothingLost();
      const again = await library.run(...argumentsOf(by));

      expect(killed.signal).toBe('SIGKILL');
      expect(again.code, again.stderr).toBe(0);
      expect(differences(everything(), end)).toEqual([]);
      expectNoTemps();
    },
  );

  it.each(['scan', 'pages', 'clean'])('a %s writes the pages that a killed undo owes', async (verb) => {
    await prepare('undo');
    const killed = await library.runWith(faultAt('kill', 'outputs.intended', 1), 'undo', '--yes');
    expect(killed.signal).toBe('SIGKILL');

    const flags =
      { scan: [library.folder, '--images', '2'], pages: [library.folder], clean: ['--yes'] }[verb] ?? [];
    const result = await library.run(verb, ...flags);

    expect(result.code, result.stderr).toBe(0);
    expect(differences(everything(), await endOf('undo'))).toEqual([]);
  });

  it.each(['move.planned', 'move.linked', 'move.unlinked', 'move.recorded'])(
    'at %s: undo gives every byte back',
    async (point) => {
      await library.runWith(
        faultAt('kill', point, point === 'move.recorded' || point === 'move.planned' ? 1 : 6),
        'organize',
        library.folder,
      );

      const undone = await library.run('undo', '--yes');

      expect(undone.code, undone.stderr).toBe(0);
      expect(differences(everything(), before)).toEqual([]);
      expect(existsSync(join(library.folder, 'organized'))).toBe(false);
    },
  );

  it.each(['move.copied', 'move.placed', 'move.removed'])(
    'across devices at %s: undo gives every byte back',
    async (point) => {
      await library.runWith(faultAt('kill', point, 6), 'organize', library.folder, '--output', elsewhere);

      const undone = await library.run('undo', '--yes');

      expect(undone.code, undone.stderr).toBe(0);
      expect(differences(everything(), before)).toEqual([]);
      expect(existsSync(elsewhere)).toBe(false);
    },
  );

  it.each(['scan', 'update', 'pages'])('a %s finishes what was begun and writes the pages', async (verb) => {
    const end = await endOf('move');
    await library.runWith(faultAt('kill', 'move.unlinked', 6), 'organize', library.folder);

    const result = await library.run(verb, library.folder, ...(verb === 'pages' ? [] : ['--images', '2']));

    expect(result.code, result.stderr).toBe(0);
    expect(differences(everything(), end)).toEqual([]);
  });

  it.each(WAYS)(
    'at a random moment of %s nothing is lost, and the same command ends well',
    async (by) => {
      const end = await endOf(by);
      const random = seeded(by);
      for (let round = 0; round < rounds(); round += 1) {
        rmSync(elsewhere, { recursive: true, force: true });
        library.reset();
        await prepare(by);

        const point =
          [
            'move.linked',
            'move.unlinked',
            'move.copied',
            'move.placed',
            'move.removed',
            'move.unmade',
            'move.recorded',
            'place.written',
          ][Math.floor(random() * 8)] ?? '';
        await library.runWith(faultAt('kill', point, 1 + Math.floor(random() * 36)), ...argumentsOf(by));
        expectNothingLost();
        await library.runWith(
          faultAt('kill', 'move.unlinked', 1 + Math.floor(random() * 5)),
          ...argumentsOf(by),
        );
        expectNothingLost();
        const again = await library.run(...argumentsOf(by));

        if (again.json.counts['steps'] !== 0) expect(again.code, again.stderr).toBe(0);
        expect(differences(everything(), end)).toEqual([]);
      }
    },
    600_000,
  );

  it('a disk that fills halfway ends the run; the next command goes on, or undo takes it back', async () => {
    const result = await library.runWith(
      faultAt('ENOSPC', 'move.copied', 5),
      'organize',
      library.folder,
      '--output',
      elsewhere,
    );

    expect(result.code).toBe(4);
    expect(result.json.failures.map((failure) => failure.code)).toContain('disk-full');
    expect(result.json.counts['files']).toBe(
      (result.json.counts['done'] ?? 0) +
        (result.json.counts['identical'] ?? 0) +
        (result.json.counts['skipped'] ?? 0) +
        (result.json.counts['failed'] ?? 0),
    );
    expectNothingLost();
    expectNoTemps();
    const undone = await library.run('undo', '--yes');
    expect(undone.code, undone.stderr).toBe(0);
    expect(differences(everything(), before)).toEqual([]);
    const end = await endOf('across');
    await library.runWith(
      faultAt('ENOSPC', 'move.copied', 14),
      'organize',
      library.folder,
      '--output',
      elsewhere,
    );
    const again = await library.run('organize', library.folder, '--output', elsewhere);
    expect(again.code, again.stderr).toBe(0);
    expect(differences(everything(), end)).toEqual([]);
  });

  it('a lease keeps a second run out while the first is at work', async () => {
    const results = await Promise.all([
      library.run('organize', library.folder),
      library.run('organize', library.folder),
      library.run('organize', library.folder),
    ]);

    for (const { code, json, stderr } of results) {
      if (code === 1) expect(json.failures[0]).toMatchObject({ code: 'files-busy' });
      else expect(code, stderr).toBe(0);
    }
    expect(results.filter((result) => result.code === 0).length).toBeGreaterThan(0);
    expect(results.filter((result) => result.json.counts['done'] === library.known.length)).toHaveLength(1);
    expect(differences(everything(), await endOf('move'))).toEqual([]);
  });
});

/** The gallery tells when each file was first seen, which no two runs share when files are made. */
function steadyCards(folder: string): string {
  const path = join(folder, 'gallery.files/cards.js');
  return existsSync(path) ? readFileSync(path, 'utf8').replace(/"added":\[[^\]]*\]/, '') : '';
}

/** The paths in which two trees differ. */
function differences(
  is: Readonly<Record<string, string>>,
  shouldBe: Readonly<Record<string, string>>,
): string[] {
  const paths = new Set([...Object.keys(is), ...Object.keys(shouldBe)]);
  return [...paths].flatMap((path) =>
    is[path] === shouldBe[path]
      ? []
      : [
          `${path}: ${is[path] === undefined ? 'lacks' : shouldBe[path] === undefined ? 'too much' : 'other bytes'}`,
        ],
  );
}

/** How often chance is asked: a little in every run of the tests, a hundred times in `npm run soak`. */
function rounds(): number {
  return SOAK ? 20 : 1;
}

/** The same numbers in every run (mulberry32), or others each time in `npm run soak`. */
function seeded(text: string): () => number {
  let state = SOAK
    ? Date.now() >>> 0
    : [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}
