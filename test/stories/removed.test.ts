import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { scan } from '../../src/verbs/scan.ts';
import { update } from '../../src/verbs/update.ts';
import type { RunResult } from '../../src/verbs/verb.ts';
import { treeOf } from '../tree.ts';
import { clockAhead, runVerb } from '../verb-run.ts';
import { makeStoryLibrary } from './testing/story-library.ts';
import type { StoryLibrary } from './testing/story-library.ts';

const MINUTE_MS = 60_000;

let standin: Standin;
let library: StoryLibrary;

/** Runs a verb as if so many minutes had passed since the real now. */
function after(
  minutes: number,
  verb: typeof update,
  flags: Readonly<Record<string, number>> = {},
): Promise<RunResult> {
  return runVerb(verb, library.home, {
    flags: { 'api-url': standin.apiUrl, ...flags },
    arguments: verb === scan ? [library.folder] : [],
    replace: () => ({ clock: clockAhead(minutes * MINUTE_MS) }),
  });
}

interface Held {
  readonly path: string;
  readonly modelId: number;
  readonly versionId: number;
}

function fileAt(index: number): Held {
  const file = library.files[index];
  if (file === undefined) throw new Error(`The library has no file ${index}.`);
  return file;
}

function beside({ path }: Held, ending: string): string {
  return readFileSync(join(library.folder, path.replace(/\.\w+$/, ending)), 'utf8');
}

/** The library without what tells of states: pages and the gallery. */
function keptTree(): Record<string, string> {
  return treeOf(library.folder, (path) => !path.endsWith('.html') && !path.startsWith('gallery.files/'));
}

async function missingStates(): Promise<Record<string, number>> {
  const { json } = await library.run(['missing', '--json']);
  return { ...json.counts };
}

describe('a model that the site takes down', () => {
  let kept: Record<string, string>;
  let name = '';

  beforeAll(async () => {
    standin = await startStandin({ models: 30, images: 0, seed: 41, cache: false });
    library = makeStoryLibrary(standin, { models: 12 });
    const first = await library.run();
    if (first.code !== 0) throw new Error(first.stderr);
    kept = keptTree();
    name = standin.world.model(fileAt(6).modelId)?.name ?? '';
    standin.world.changes.removeModel(fileAt(6).modelId);
  });

  afterAll(async () => {
    library.remove();
    await standin.close();
  });

  it('is not believed to be gone at the first look, nor at a second one soon after', async () => {
    for (const minutes of [0, 60]) {
      const { counts, exitCode, summary } = await after(minutes, update);

      expect(exitCode).toBe(0);
      expect(counts).toMatchObject({ checked: 12, removed: 0, unchecked: 1, changed: 0 });
      expect(summary.join('\n')).toContain('1 of the unchecked were not shown this time');
      expect(await missingStates()).toMatchObject({ total: 1, removed: 0 });
    }
    expect(keptTree()).toEqual(kept);
  });

  it('counts as removed when a look more than 90 minutes after the first misses it too', async () => {
    const { counts, exitCode } = await after(92, update);

    expect(exitCode).toBe(0);
    expect(counts).toMatchObject({ removed: 1, unchecked: 0, changed: 0 });
    expect(await missingStates()).toMatchObject({ total: 2, removed: 1, missing: 1 });
  });

  it('is kept whole: sidecar, previews and page, which says so', () => {
    expect(keptTree()).toEqual(kept);
    expect(JSON.parse(beside(fileAt(6), '.civitai.info'))).toMatchObject({
      id: fileAt(6).versionId,
      model: { name },
    });
    expect(beside(fileAt(6), '.html')).toContain('banner-removed');
    expect(beside(fileAt(5), '.html')).not.toContain('banner-removed');
  });

  it('is counted as removed by scans, and asked for again only after a week', async () => {
    standin.reset();
    const soon = await after(200, scan);
    expect(soon.counts).toMatchObject({ removed: 1, identified: 12, missing: 1, unchecked: 0 });
    expect(standin.requests()).toEqual({});

    await after(8 * 24 * 60, scan);
    expect(standin.requests()['model-versions/by-hash/ids']).toBe(1);
  });

  it('is found again when it comes back', async () => {
    standin.world.changes.undoChanges();

    const { counts } = await after(9 * 24 * 60, update);

    expect(counts).toMatchObject({ removed: 0, unchecked: 0 });
    expect(await missingStates()).toMatchObject({ removed: 0 });
    expect(beside(fileAt(6), '.html')).not.toContain('banner-removed');
  });
});

describe('a version that is taken down alone', () => {
  beforeAll(async () => {
    standin = await startStandin({ models: 30, images: 0, seed: 43, cache: false });
    library = makeStoryLibrary(standin, { models: 12 });
    await library.run();
  });

  afterAll(async () => {
    library.remove();
    await standin.close();
  });

  it('ends as removed too, while its model goes on', async () => {
    const file = library.files.find((one) => (standin.world.model(one.modelId)?.versions.length ?? 0) > 1);
    if (file === undefined) throw new Error('No model has two versions.');
    standin.world.changes.removeVersion(file.versionId);

    await after(0, update);
    const second = await after(95, update);

    expect(second.counts).toMatchObject({ removed: 0 });
    expect(await missingStates()).toMatchObject({ removed: 1 });
    expect(beside(file, '.html')).toContain('banner-removed');
  });

  it('a list that drops a model says nothing: the model is asked for alone', async () => {
    const before = treeOf(library.folder);
    standin.faults.use('models/id:500=1');
    standin.reset();
    // Unrated models are in no list; alone they answer.
    for (const { modelId } of library.files) standin.world.changes.patchModel(modelId, { nsfwLevel: 0 });

    const dropped = await after(200, update, { patience: 1 });

    expect(dropped.counts['removed']).toBe(0);
    expect(dropped.counts['unchecked']).toBeGreaterThan(0);
    expect(treeOf(library.folder)).toEqual(before);
  });
});
