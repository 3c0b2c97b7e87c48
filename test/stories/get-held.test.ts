import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeGetStory, oddSample, sampleAt, sha256 } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

let standin: Standin;
let story: GetStory;

beforeAll(async () => {
  standin = await startStandin({ models: 100, seed: 11, images: 50, pictures: 2000, speed: 0 });
});

beforeEach(() => {
  standin.reset();
  story = makeGetStory(standin);
});

afterEach(() => {
  standin.faults.use('');
  story.home.remove();
});

afterAll(async () => {
  await standin.close();
});

/** Requests that brought files. */
function downloads(): number {
  return standin.requests()['storage'] ?? 0;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return ['fetched', 'held', 'refused', 'failed'].reduce((sum, key) => sum + (counts[key] ?? 0), 0);
}

describe('bytes that are held', { timeout: 120_000 }, () => {
  it('in another scanned folder are not fetched but shared, and each folder has its file', async () => {
    const { model, file, bytes } = sampleAt(standin, 0);
    const library = join(story.home.folder, 'library');
    mkdirSync(library);
    writeFileSync(join(library, 'mine.safetensors'), bytes);
    await story.home.run(['scan', 'library', '--images', 'none', '--api-url', standin.apiUrl, '--json']);
    standin.reset();

    const result = await story.get([String(model.id), '--media', 'none']);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts).toMatchObject({ wanted: 1, fetched: 0, held: 1, bytes: 0 });
    expect(downloads()).toBe(0);
    expect(story.hashOf(file.name)).toBe(sha256(bytes));
    expect(sha256(readFileSync(join(library, 'mine.safetensors')))).toBe(sha256(bytes));
  });

  it('under another name in the output stay the only copy; a damaged file is none', async () => {
    const { model, file, bytes } = sampleAt(standin, 0);
    mkdirSync(story.out);
    writeFileSync(join(story.out, 'mine.safetensors'), bytes);
    await story.home.run(['scan', 'out', '--images', 'none', '--api-url', standin.apiUrl, '--json']);

    const held = await story.get([String(model.id), '--media', 'none']);
    const names = Object.keys(story.tree());
    writeFileSync(join(story.out, 'mine.safetensors'), Buffer.alloc(bytes.length));
    const fetched = await story.get([String(model.id), '--media', 'none']);

    expect(held.json.counts).toMatchObject({ held: 1, fetched: 0 });
    expect(names).not.toContain(file.name);
    expect(fetched.json.counts).toMatchObject({ held: 0, fetched: 1 });
    expect(story.hashOf(file.name)).toBe(sha256(bytes));
  });

  it('of two versions come once', async () => {
    const { model } = oddSample(standin, 'same-bytes-in-versions');

    const result = await story.get([String(model.id), '--versions', 'all', '--media', 'none']);

    const { wanted, fetched } = result.json.counts;
    expect(result.code, result.stderr).toBe(0);
    expect(sumOf(result.json.counts)).toBe(wanted);
    expect(fetched).toBeLessThan(wanted ?? 0);
    expect(downloads()).toBe(fetched);
  });
});

describe('names', { timeout: 120_000 }, () => {
  it('that a file of the user has already are left to it; the same bytes there count as held', async () => {
    const [a, b] = [sampleAt(standin, 0), sampleAt(standin, 2)];
    mkdirSync(story.out);
    writeFileSync(join(story.out, a.file.name), 'mine');
    writeFileSync(join(story.out, b.file.name), b.bytes);

    const result = await story.get([String(a.model.id), String(b.model.id), '--media', 'none']);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts).toMatchObject({ wanted: 2, fetched: 1, held: 1 });
    expect(readFileSync(join(story.out, a.file.name), 'utf8')).toBe('mine');
    const other = a.file.name.replace(/(\.\w+)$/, `-v${a.file.versionId}$1`);
    expect(story.hashOf(other)).toBe(sha256(a.bytes));
  });

  it('of files of one version that are alike are told apart by what the files are', async () => {
    const { model } = oddSample(standin, 'same-file-names');
    const files = model.versions[0]?.files ?? [];

    const result = await story.get([String(model.id), '--files', 'all', '--media', 'none']);

    expect(result.code, result.stderr).toBe(0);
    expect(new Set(files.map(({ name }) => name)).size).toBe(1);
    const hashes = Object.values(story.tree());
    for (const file of files) expect(hashes).toContain(sha256(standin.world.bytesOf(file)));
  });
});
