import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { treeOf } from '../tree.ts';
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

describe('get brings a model home', { timeout: 120_000 }, () => {
  it('proves it, describes it like a scanned file, and fetches nothing the second time', async () => {
    const { model, file, bytes } = sampleAt(standin, 0);
    const target = `${standin.origin}/models/${model.id}/any-name`;

    const first = await story.get([target]);
    const tree = story.tree();
    standin.reset();
    const second = await story.get([target]);

    expect(first.code, first.stderr).toBe(0);
    expect(first.json.counts).toMatchObject({
      wanted: 1,
      fetched: 1,
      held: 0,
      refused: 0,
      failed: 0,
      models: 1,
      versions: 1,
      images: 1,
      bytes: bytes.length,
    });
    expect(story.hashOf(file.name)).toBe(sha256(bytes));
    const stem = join(story.out, file.name.replace(/\.\w+$/, ''));
    expect(existsSync(`${stem}.html`)).toBe(true);
    const info = JSON.parse(readFileSync(`${stem}.civitai.info`, 'utf8')) as { id: number; model: unknown };
    expect(info).toMatchObject({ id: file.versionId, model: { name: model.name } });
    expect(readFileSync(join(story.out, 'gallery.html'), 'utf8')).toContain('gallery.js');
    expect(second.json.counts).toMatchObject({ wanted: 1, fetched: 0, held: 1, bytes: 0 });
    expect(downloads()).toBe(0);
    expect(story.tree()).toEqual(tree);
  });

  it('asks little for it: what was fetched is neither read nor looked up again, and a scan finds nothing new', async () => {
    const { model } = sampleAt(standin, 0);

    const got = await story.get([String(model.id), '--media', 'none']);
    expect(got.json.requests.byEndpoint).toEqual({
      'models?ids': 1,
      'model-versions/by-hash': 1,
      download: 1,
      storage: 1,
    });
    const scanned = await story.home.run([
      'scan',
      'out',
      '--images',
      'none',
      '--api-url',
      standin.apiUrl,
      '--json',
    ]);

    expect(scanned.json.counts).toMatchObject({ files: 1, identified: 1, hashed: 0 });
    expect(scanned.json.requests.total).toBe(0);
  });

  it('leaves what a scan of the same file leaves', async () => {
    const { model, file, bytes } = sampleAt(standin, 0);
    await story.get([String(model.id)]);
    const got = story.tree();
    const other = makeGetStory(standin);
    mkdirSync(other.out);
    writeFileSync(join(other.out, file.name), bytes);

    const scanned = await other.home.run(['scan', 'out', '--api-url', standin.apiUrl, '--json']);

    expect(scanned.code, scanned.stderr).toBe(0);
    const withoutData = (tree: Record<string, string>): string[] =>
      Object.entries(tree)
        // The page names its folder.
        .filter(([path]) => !path.startsWith('gallery.files/') && !path.endsWith('.html'))
        .map(([path, hash]) => `${path} ${hash}`);
    expect(withoutData(got)).toEqual(withoutData(other.tree()));
    expect(Object.keys(got)).toEqual(Object.keys(other.tree()));
    other.home.remove();
  });
});

describe('targets of get', { timeout: 120_000 }, () => {
  it('may be addresses, AIRs, hashes and ids, in a list file of any make; a line that is none is told', async () => {
    const [a, b, c, d, e, f] = [0, 2, 4, 6, 8, 10].map((nth) => sampleAt(standin, nth)) as [
      ReturnType<typeof sampleAt>,
      ReturnType<typeof sampleAt>,
      ReturnType<typeof sampleAt>,
      ReturnType<typeof sampleAt>,
      ReturnType<typeof sampleAt>,
      ReturnType<typeof sampleAt>,
    ];
    const lines = [
      '\uFEFF# a list of mine',
      `https://civitai.com/models/${a.model.id}?modelVersionId=${a.file.versionId}   # the first`,
      `https://civitai.red/models/${a.model.id}`,
      '',
      `urn:air:sdxl:lora:civitai:${b.model.id}@${b.file.versionId}`,
      sha256(c.bytes).toUpperCase(),
      `version:${d.file.versionId}`,
      'neither fish nor fowl',
      `https://civitai.com/api/download/models/${e.file.versionId}?fileId=${e.file.id}`,
    ];
    writeFileSync(join(story.home.folder, 'list.txt'), lines.join('\r\n'));

    const result = await story.get(['list.txt', String(f.model.id), '--media', 'none']);

    expect(result.code).toBe(3);
    expect(result.json.counts).toMatchObject({ wanted: 7, fetched: 6, failed: 1, models: 6 });
    expect(result.json.failures).toMatchObject([
      { what: 'list.txt:8: neither fish nor fowl', code: 'bad-target' },
    ]);
    for (const { file, bytes } of [a, b, c, d, e, f]) expect(story.hashOf(file.name)).toBe(sha256(bytes));
  });

  it('are asked for when there are none: where nobody can answer the run does not begin', async () => {
    const none = await story.get([]);
    const bad = await story.get(['no/such/list.txt']);

    expect([none.code, none.json.failures[0]?.code]).toEqual([1, 'no-target']);
    expect([bad.code, bad.json.failures[0]?.code]).toEqual([1, 'bad-target']);
    expect(standin.requests()).toEqual({});
  });

  it('that the site does not have are refused, one by one, and the others come', async () => {
    const { model } = sampleAt(standin, 0);

    const result = await story.get(['model:999999', String(model.id), '--media', 'none']);

    expect(result.code).toBe(3);
    expect(result.json.counts).toMatchObject({ wanted: 2, fetched: 1, refused: 1 });
    expect(result.json.failures).toMatchObject([{ what: 'model:999999', code: 'not-found' }]);
  });

  it('give the versions and files that are chosen', async () => {
    const { model } = oddSample(standin, 'many-versions');
    const published = model.versions.filter((one) => one.status === 'Published');
    const files = published.flatMap((one) =>
      one.files.filter((file) => file.visibility === 'Public' && !file.superseded),
    );

    const plan = await story.get([String(model.id), '--versions', 'all', '--files', 'all', '--dry-run']);
    const vae = await story.get([String(model.id), '--versions', 'all', '--files', 'vae', '--dry-run']);
    const base = await story.get([
      String(model.id),
      '--versions',
      `base:${published[0]?.baseModel ?? ''}`,
      '--dry-run',
    ]);

    expect(plan.json.counts).toMatchObject({ wanted: files.length, versions: published.length });
    expect(vae.json.counts['wanted']).toBe(files.filter((file) => file.type === 'VAE').length);
    expect(base.json.counts['versions']).toBe(
      published.filter((one) => one.baseModel === published[0]?.baseModel).length,
    );
  });
});

describe('get --dry-run', { timeout: 120_000 }, () => {
  it('says what it would fetch and how much, and touches nothing', async () => {
    const { model, bytes, file } = sampleAt(standin, 0);
    const before = treeOf(story.home.folder);

    const result = await story.get([String(model.id), '--dry-run']);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json['plan']).toMatchObject({ to_fetch: 1, to_fetch_bytes: bytes.length, held: 0 });
    expect(sumOf(result.json.counts)).toBe(1);
    expect(result.json['files']).toEqual([
      { path: join(story.out, file.name), step: 'fetch', size: bytes.length },
    ]);
    expect(downloads()).toBe(0);
    const after = Object.keys(treeOf(story.home.folder)).filter((path) => !path.startsWith('state/'));
    expect(after).toEqual(Object.keys(before));
  });
});
