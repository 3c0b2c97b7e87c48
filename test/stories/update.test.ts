import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeWorld } from '../../standin/world/world.ts';
import type { CliResult } from '../cli.ts';
import { update as verb } from '../../src/verbs/update.ts';
import { treeOf } from '../tree.ts';
import { clockAhead, runVerb } from '../verb-run.ts';
import { makeStoryLibrary } from './testing/story-library.ts';
import type { StoryLibrary } from './testing/story-library.ts';
import { partsOfChecked } from './testing/sums.ts';

const DAY_MS = 86_400_000;
const WORLD = { models: 40, images: 0, seed: 31 };
/** The model that gets a new version, and where a file of that version lies before anybody else has it. */
const GROWING = 10;
const EARLY = 'own/early bird';
/** The model of the library that no list shows; alone it answers. */
const UNLISTED = 9;

let standin: Standin;
let library: StoryLibrary;

function update(...more: readonly string[]): Promise<CliResult> {
  return library.run(['update', '--api-url', standin.apiUrl, '--rate', '60000', '--json', ...more]);
}

function fileAt(index: number): {
  readonly path: string;
  readonly modelId: number;
  readonly versionId: number;
  readonly stem: string;
} {
  const file = library.files[index];
  if (file === undefined) throw new Error(`The library has no file ${index}.`);
  return { ...file, stem: join(library.folder, file.path.replace(/\.\w+$/, '')) };
}

/** Paths whose bytes are not as they were. */
function changedPaths(before: Readonly<Record<string, string>>): string[] {
  const after = treeOf(library.folder);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((path) => before[path] !== after[path])
    .sort();
}

/** How long the tables are that only ever grow. */
function rowCounts(): Record<'change' | 'payload' | 'version_stat', number> {
  const catalog = new DatabaseSync(join(library.home.folder, 'data/civitarium/catalog.db'), {
    readOnly: true,
  });
  const count = (table: string): number =>
    Number(catalog.prepare(`select count(*) as n from ${table}`).get()?.['n']);
  try {
    return { change: count('change'), payload: count('payload'), version_stat: count('version_stat') };
  } finally {
    catalog.close();
  }
}

/** What the stand-in will publish when it is told to, taken out of an equal world. */
function bytesOfNextVersion(): Buffer {
  const twin = makeWorld(WORLD);
  const file = twin.changes.publishVersion(fileAt(GROWING).modelId, 'v99 new and better').files[0];
  if (file === undefined) throw new Error('The version has no file.');
  return twin.bytesOf(file);
}

beforeAll(async () => {
  standin = await startStandin({ ...WORLD, cache: false });
  library = makeStoryLibrary(standin, { models: 20 });
  writeFileSync(join(library.folder, `${EARLY}.safetensors`), bytesOfNextVersion());
  const first = await library.run();
  if (first.code !== 0) throw new Error(first.stderr);
});

beforeEach(() => standin.reset());

afterAll(async () => {
  library.remove();
  await standin.close();
});

describe('update', () => {
  it('asks little, says that nothing changed, and writes nothing', async () => {
    const before = treeOf(library.folder);

    const { code, json, stderr } = await update();

    expect(code, stderr).toBe(0);
    expect(json.counts).toMatchObject({
      checked: library.files.length,
      same: library.files.length - 1,
      changed: 0,
      removed: 0,
      unchecked: 1,
      new_versions: 0,
      written: 0,
    });
    // Both lists of models, and one look at the hashes that they do not show.
    expect(json.requests.byEndpoint).toEqual({ 'models?ids': 2, 'model-versions/by-hash/ids': 1 });
    expect(json['changes']).toEqual([]);
    expect(changedPaths(before)).toEqual([]);
  });

  it('rewrites no file, payload or history for statistics alone, and neither does a forced scan', async () => {
    const before = treeOf(library.folder);
    const kept = rowCounts();
    standin.clock.advance(DAY_MS);

    const { json } = await update();
    expect(json.counts).toMatchObject({ changed: 0, written: 0 });
    expect(changedPaths(before)).toEqual([]);

    const forced = await library.run([...library.scan, '--force-refresh']);
    expect(forced.code, forced.stderr).toBe(0);
    expect(changedPaths(before)).toEqual([]);
    const { version_stat: stats, ...others } = rowCounts();
    expect(others).toEqual({ change: kept.change, payload: kept.payload });
    expect(stats).toBeGreaterThan(kept.version_stat);
  });

  it('says field by field what changed, and writes anew only what shows it', async () => {
    const before = treeOf(library.folder);
    const [first, second] = [fileAt(5), fileAt(6)];
    const name = standin.world.model(first.modelId)?.name ?? '';
    standin.world.changes.patchModel(first.modelId, { name: 'Renamed Model', tags: ['quite', 'new'] });
    standin.world.changes.patchVersion(second.versionId, { trainedWords: ['other words'] });

    const { json } = await update();

    expect(json.counts).toMatchObject({ changed: 2, removed: 0, unchecked: 1 });
    expect(partsOfChecked(json)).toBe(json.counts['checked']);
    expect(json['changes']).toContainEqual(
      expect.objectContaining({
        kind: 'model',
        id: first.modelId,
        field: 'name',
        before: name,
        after: 'Renamed Model',
      }),
    );
    expect(json['changes']).toContainEqual(
      expect.objectContaining({ kind: 'model', id: first.modelId, field: 'tags', after: '["new","quite"]' }),
    );
    expect(json['changes']).toContainEqual(
      expect.objectContaining({
        kind: 'version',
        id: second.versionId,
        field: 'trained_words',
        after: '["other words"]',
      }),
    );
    const touched = changedPaths(before).filter((path) => !path.startsWith('gallery.files/'));
    expect(touched).toEqual(
      [first, second]
        .flatMap(({ path }) => [path.replace(/\.\w+$/, '.civitai.info'), path.replace(/\.\w+$/, '.html')])
        .sort(),
    );
    expect(readFileSync(`${first.stem}.html`, 'utf8')).toContain('Renamed Model');
    expect(JSON.parse(readFileSync(`${second.stem}.civitai.info`, 'utf8'))).toMatchObject({
      trainedWords: ['other words'],
    });
  });

  it('tells a person the same in a sentence', async () => {
    standin.world.changes.patchModel(fileAt(11).modelId, { name: 'Renamed Twice' });

    const { stdout } = await library.run(['update', '--api-url', standin.apiUrl, '--rate', '60000']);

    expect(stdout).toMatch(/Renamed Twice\n +name was ".+", is "Renamed Twice"/);
    expect(stdout).toContain('1 changed');
  });

  it('tells of versions that came out, and knows the files that it did not know before', async () => {
    const { modelId, stem } = fileAt(GROWING);
    expect(existsSync(join(library.folder, `${EARLY}.civitai.info`))).toBe(false);
    const { id } = standin.world.changes.publishVersion(modelId, 'v99 new and better');

    const { json } = await update();

    expect(json.counts['new_versions']).toBe(1);
    expect(json['new_versions']).toEqual([
      expect.objectContaining({
        modelId,
        versionId: id,
        name: 'v99 new and better',
        newer: true,
        have: [standin.world.version(fileAt(GROWING).versionId)?.name],
        url: expect.stringMatching(new RegExp(`/models/${modelId}\\?modelVersionId=${id}$`)),
      }),
    ]);
    expect(readFileSync(`${stem}.html`, 'utf8')).toContain('v99 new and better');
    expect(JSON.parse(readFileSync(join(library.folder, `${EARLY}.civitai.info`), 'utf8'))).toMatchObject({
      id,
      modelId,
    });
    expect((await update()).json.counts).toMatchObject({ changed: 0, new_versions: 0, written: 0 });
  });

  it('fetches the previews that are missing and none a second time', async () => {
    expect((await update('--images', '3')).code).toBe(0);
    const before = treeOf(library.folder);
    const isPreview = (path: string): boolean => /\.preview\.(?:\d+\.)?\w+$/.test(path);

    for (const images of ['none', '2', '3']) {
      standin.reset();
      expect((await update('--images', images)).code).toBe(0);
      expect(standin.requests()['media'], images).toBeUndefined();
      expect(changedPaths(before)).toEqual([]);
    }
    standin.reset();
    const more = await update('--images', 'all');

    expect(more.code, more.stderr).toBe(0);
    const came = changedPaths(before).filter(isPreview);
    expect(came.length).toBeGreaterThan(0);
    expect(came.filter((path) => path in before)).toEqual([]);
    expect(standin.requests()['media']).toBe(came.length);
    standin.reset();
    await library.run([...library.scan.slice(0, -3), '--images', 'all', '--json']);
    expect(standin.requests()['media']).toBeUndefined();
  });

  it('touches nothing and asks nobody under --dry-run', async () => {
    const before = treeOf(library.home.folder);

    const { code, json } = await update('--dry-run');

    expect(code).toBe(0);
    expect(json.requests.total).toBe(0);
    expect(treeOf(library.home.folder)).toEqual(before);
  });

  it('asks alone for a model that no list shows once a month, or when it is forced to', async () => {
    const { modelId } = fileAt(UNLISTED);
    const askedAlone = async (days: number, forced = false): Promise<boolean> => {
      standin.reset();
      await runVerb(verb, library.home, {
        flags: { 'api-url': standin.apiUrl, 'force-refresh': forced },
        replace: () => ({ clock: clockAhead(days * DAY_MS) }),
      });
      return standin.asks().some((ask) => ask.path.endsWith(`/models/${modelId}`));
    };

    expect(await askedAlone(1)).toBe(false);
    expect(await askedAlone(2, true)).toBe(true);
    expect(await askedAlone(29)).toBe(false);
    expect(await askedAlone(33)).toBe(true);
    expect(await askedAlone(34)).toBe(false);
  });
});
