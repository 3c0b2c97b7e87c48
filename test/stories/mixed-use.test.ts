import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clean } from '../../src/verbs/clean.ts';
import { doctor } from '../../src/verbs/doctor.ts';
import type { OrganiseWish, ScanPathsJob } from '../../src/verbs/jobs/job.ts';
import { scan } from '../../src/verbs/scan.ts';
import { undo } from '../../src/verbs/undo.ts';
import type { RunResult, Verb } from '../../src/verbs/verb.ts';
import { verify } from '../../src/verbs/verify.ts';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { treeOf } from '../tree.ts';
import { runVerb } from '../verb-run.ts';
import { makeJobLibrary, USUAL_NAMES, USUAL_WISH } from './testing/job-library.ts';
import type { JobLibrary } from './testing/job-library.ts';
import { deadLinks, leftBehind, shownIn } from './testing/written-pages.ts';

/** Steps of one user, one after the other; after each the same must hold of all that lies there. */
describe('a library that is sorted, undone, scanned and sorted otherwise', () => {
  let standin: Standin;
  let library: JobLibrary;
  let untouched: Record<string, string>;

  beforeAll(async () => {
    standin = await startStandin({ models: 40, seed: 17, speed: 0 });
    library = makeJobLibrary(standin, 12);
    untouched = models();
  });
  afterAll(async () => {
    library.home.remove();
    await standin.close();
  });

  const written = (): Record<string, string> =>
    treeOf(library.home.folder, (path) => /^(?:models|sorted)\//.test(path));
  const models = (): Record<string, string> =>
    treeOf(library.folder, (path) => library.files.some((file) => file.path === path));
  const galleries = (): string[] =>
    [library.folder, join(library.home.folder, 'sorted')]
      .map((folder) => join(folder, 'gallery.html'))
      .filter((page) => existsSync(page));
  const organised = (changes: Partial<OrganiseWish>): ScanPathsJob =>
    library.job({ maxAgeMs: 86_400_000, verifyHashes: true, organise: { ...USUAL_WISH, ...changes } });
  const plain = (changes: Partial<ScanPathsJob> = {}): ScanPathsJob =>
    library.job({ maxAgeMs: 86_400_000, verifyHashes: true, ...changes });
  const verb = (one: Verb, options: Parameters<typeof runVerb>[2]['options'] = {}, ...paths: string[]) =>
    runVerb(one, library.home, {
      flags: { 'api-url': standin.apiUrl, yes: true },
      options,
      arguments: paths,
    });

  /** No link leads nowhere, no note lacks its model, and each gallery shows models that are there, each once. */
  function expectSound(): void {
    expect(deadLinks(library.home.folder)).toEqual([]);
    expect(leftBehind(library.home.folder)).toEqual([]);
    for (const page of galleries()) {
      const shown = shownIn(page);
      expect(shown.map(({ path }) => join(page, '..', path)).filter((path) => !existsSync(path))).toEqual([]);
      expect(shown.map(({ version }) => version)).toEqual(library.files.map((file) => file.versionId).sort());
    }
  }

  /** Runs something twice: the second time it asks and writes nothing. */
  async function twice(run: () => Promise<RunResult>): Promise<RunResult> {
    const result = await run();
    expect(result.failures).toEqual([]);
    expectSound();
    const before = written();
    standin.reset();
    const again = await run();
    expect(again.failures).toEqual([]);
    expect(standin.requests()).toEqual({});
    expect(written()).toEqual(before);
    return result;
  }

  it('is described, with a gallery', async () => {
    await twice(() => library.run(plain()));

    expect(galleries()).toHaveLength(1);
  });

  it.each([
    { mode: 'copy', template: 'by_type' },
    { mode: 'copy', template: 'by_base_model' },
    { mode: 'symlink', template: 'by_creator' },
  ] as const)('is sorted $template by $mode', async (wish) => {
    const planned = await library.run(organised(wish), { 'dry-run': true });
    const result = await twice(() => library.run(organised(wish)));

    expect(planned.counts['organised']).toBe(library.files.length);
    expect(result.counts['organised']).toBe(library.files.length);
    expect(shownIn(join(library.folder, 'gallery.html')).every(({ path }) => path.includes('/organized/'))).toBe(true); // prettier-ignore
    expect(models()).toEqual(untouched);
  });

  it('is described as before without sorting, without a gallery and by a plain scan', async () => {
    await twice(() => library.run(plain({ names: { ...USUAL_NAMES, gallery: undefined } })));
    await twice(() => library.run(plain()));
    const scanned = await twice(() => verb(scan, { images: 'none' }, library.folder));
    await twice(() => library.run(plain()));

    expect(scanned.counts['files']).toBe(4 * library.files.length);
  });

  it('is not moved away from the links that lead there', async () => {
    const result = await library.run(organised({ mode: 'move', template: 'by_creator' }));

    expect(result.counts).toMatchObject({ organised: 0, organise_skipped: library.files.length });
    expect(result.warnings).toContainEqual(expect.stringMatching(/A link that organising made .* undo/));
    expectSound();
    expect(models()).toEqual(untouched);
  });

  it('has nothing to clean, and is whole', async () => {
    const cleaned = await verb(clean, {}, library.folder);
    const verified = await verb(verify, {}, library.folder);
    const looked = await verb(doctor);

    expect([cleaned.counts, verified.counts]).toMatchObject([{ trashed: 0 }, { changed: 0, damaged: 0 }]);
    expect(looked.counts).toMatchObject({ wrong: 0 });
    expectSound();
  });

  it('loses its copies and links by undo, run by run', async () => {
    for (let runs = 3; runs > 0; runs -= 1) {
      const result = await verb(undo);

      expect(result.counts).toMatchObject({ left: 0, failed: 0 });
      expectSound();
    }
    expect(Object.keys(written()).filter((path) => path.includes('/organized/'))).toEqual([]);
    expect(models()).toEqual(untouched);
  });

  it('is sorted into another folder, by copy and otherwise again, and moved there in the end', async () => {
    const outputDir = join(library.home.folder, 'sorted');
    await twice(() => library.run(organised({ mode: 'copy', template: 'by_type', outputDir })));
    expect(galleries()).toHaveLength(2);
    await twice(() => library.run(organised({ mode: 'copy', template: 'by_base_model', outputDir })));
    await verb(undo);
    expectSound();
    await verb(undo);
    expectSound();
    expect(existsSync(outputDir)).toBe(false);
    expect(models()).toEqual(untouched);
  });

  it('is moved, moved back, and moved anew', async () => {
    await twice(() => library.run(organised({ mode: 'move' })));
    await verb(undo);
    expectSound();
    expect(models()).toEqual(untouched);
    await twice(() => library.run(organised({ mode: 'move', template: 'by_creator' })));
    expect(models()).toEqual({});
  });
});
