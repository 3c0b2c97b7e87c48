import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { faultAt } from '../faults.ts';
import type { LibraryFile } from '../world-library.ts';
import { makeOrganiseLibrary } from './testing/organise-library.ts';
import type { OrganiseLibrary } from './testing/organise-library.ts';

/** A note tells the time of its file, of which putting a library back keeps less than the disk has. */
function wholeSeconds(folder: string, known: readonly LibraryFile[]): void {
  for (const { path } of known) utimesSync(join(folder, path), 1_700_000_000, 1_700_000_000);
}

interface LoraManagerNote {
  readonly file_path: string;
  readonly preview_url: string;
  readonly notes: string;
}

describe('notes of other programs that name places, when files are organised', { timeout: 120_000 }, () => {
  let standin: Standin;
  let library: OrganiseLibrary;
  let before: Record<string, string>;

  beforeAll(async () => {
    standin = await startStandin({ models: 20, seed: 11, speed: 0 });
    library = await makeOrganiseLibrary(standin, 5, wholeSeconds, ['--sidecars', 'lora-manager,a1111']);
    library.reset();
    before = library.tree();
  });
  beforeEach(() => library.reset());
  afterAll(async () => {
    library.remove();
    await standin.close();
  });

  const notesIn = (tree: Readonly<Record<string, string>>): string[] =>
    Object.keys(tree).filter((path) => path.endsWith('.metadata.json'));
  const read = (path: string): LoraManagerNote =>
    JSON.parse(readFileSync(join(library.folder, path), 'utf8')) as LoraManagerNote;

  /** Every note names the model file beside it, and a picture that is there. */
  function expectRight(notes: readonly string[]): void {
    for (const path of notes) {
      const { file_path: file, preview_url: preview } = read(path);
      expect(dirname(file)).toBe(dirname(join(library.folder, path)));
      expect(existsSync(file), file).toBe(true);
      if (preview === '') continue;
      expect(dirname(preview)).toBe(dirname(file));
      expect(existsSync(preview), preview).toBe(true);
    }
  }

  it('are written anew with the new place when we wrote them, and undo gives the old ones back', async () => {
    const result = await library.run('organize', library.folder);
    const after = library.tree();
    const notes = notesIn(after);
    expectRight(notes);
    const scan = await library.run('scan', library.folder, '--images', '2');
    const undone = await library.run('undo', '--yes');

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.warnings.join()).not.toContain('old place');
    expect(notes).toHaveLength(library.known.length);
    expect(notes.every((path) => path.startsWith('organized/'))).toBe(true);
    expect(scan.json.counts).toMatchObject({ hashed: 0, pages: 0 });
    expect(undone.code, undone.stderr).toBe(0);
    expect(library.tree()).toEqual(before);
  });

  it('are written anew after a kill before the pages as well', async () => {
    await library.runWith(faultAt('kill', 'move.recorded'), 'organize', library.folder);
    const pages = await library.run('pages', library.folder);

    const notes = notesIn(library.tree());
    expect(pages.code, pages.stderr).toBe(0);
    expect(notes.every((path) => path.startsWith('organized/'))).toBe(true);
    expectRight(notes);
  });

  it('name the copy beside which they lie', async () => {
    await library.run('organize', library.folder, '--mode', 'copy');
    const notes = notesIn(library.tree());
    expectRight(notes);
    const undone = await library.run('undo', '--yes');

    expect(notes).toHaveLength(2 * library.known.length);
    expect(undone.code, undone.stderr).toBe(0);
    expect(library.tree()).toEqual(before);
  });

  it("are told in one line and stay as they are when they are the user's", async () => {
    const [changed = '', foreign = ''] = notesIn(before).map((path) => join(library.folder, path));
    const mine = { ...(JSON.parse(readFileSync(changed, 'utf8')) as object), notes: 'my own words' };
    writeFileSync(changed, JSON.stringify(mine));
    const model = library.known.find(({ path }) =>
      foreign.startsWith(join(library.folder, path.replace(/\.\w+$/, ''))),
    );
    const theirs = { file_name: 'x', file_path: join(library.folder, model?.path ?? ''), from_civitai: true };
    writeFileSync(foreign, JSON.stringify(theirs));

    const result = await library.run('organize', library.folder);

    const contents = notesIn(library.tree()).map((path) => readFileSync(join(library.folder, path), 'utf8'));
    expect(result.code, result.stderr).toBe(0);
    expect(result.json.warnings.filter((line) => line.includes('old place'))).toEqual([
      expect.stringContaining('2 of LoRA Manager'),
    ]);
    expect(contents).toEqual(expect.arrayContaining([JSON.stringify(mine), JSON.stringify(theirs)]));
  });
});
