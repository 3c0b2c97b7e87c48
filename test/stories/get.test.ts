import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { treeOf } from '../tree.ts';
import { openGetSite, sumOfEnds } from './testing/get-site.ts';
import { makeGetStory, oddSample, sampleAt, sha256 } from './testing/get-story.ts';

const site = openGetSite();

describe('get brings a model home', { timeout: 120_000 }, () => {
  it('proves it, describes it like a scanned file, and fetches nothing the second time', async () => {
    const { model, file, bytes } = sampleAt(site.standin, 0);
    const target = `${site.standin.origin}/models/${model.id}/any-name`;

    const first = await site.story.get([target]);
    const tree = site.story.tree();
    site.standin.reset();
    const second = await site.story.get([target]);

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
    expect(site.story.hashOf(file.name)).toBe(sha256(bytes));
    const stem = join(site.story.out, file.name.replace(/\.\w+$/, ''));
    expect(existsSync(`${stem}.html`)).toBe(true);
    const info = JSON.parse(readFileSync(`${stem}.civitai.info`, 'utf8')) as { id: number; model: unknown };
    expect(info).toMatchObject({ id: file.versionId, model: { name: model.name } });
    expect(readFileSync(join(site.story.out, 'gallery.html'), 'utf8')).toContain('gallery.js');
    expect(second.json.counts).toMatchObject({ wanted: 1, fetched: 0, held: 1, bytes: 0 });
    expect(site.downloads()).toBe(0);
    expect(site.story.tree()).toEqual(tree);
  });

  it('asks little for it: what was fetched is neither read nor looked up again, and a scan finds nothing new', async () => {
    const { model } = sampleAt(site.standin, 0);

    const got = await site.story.get([String(model.id), '--media', 'none']);
    expect(got.json.requests.byEndpoint).toEqual({
      'models?ids': 1,
      'model-versions/by-hash': 1,
      download: 1,
      storage: 1,
    });
    const scanned = await site.story.home.run([
      'scan',
      'out',
      '--images',
      'none',
      '--api-url',
      site.standin.apiUrl,
      '--json',
    ]);

    expect(scanned.json.counts).toMatchObject({ files: 1, identified: 1, hashed: 0 });
    expect(scanned.json.requests.total).toBe(0);
  });

  it('leaves what a scan of the same file leaves', async () => {
    const { model, file, bytes } = sampleAt(site.standin, 0);
    await site.story.get([String(model.id)]);
    const got = site.story.tree();
    const other = makeGetStory(site.standin);
    mkdirSync(other.out);
    writeFileSync(join(other.out, file.name), bytes);

    const scanned = await other.home.run(['scan', 'out', '--api-url', site.standin.apiUrl, '--json']);

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
    const [a, b, c, d, e, f] = [0, 2, 4, 6, 8, 10].map((nth) => sampleAt(site.standin, nth)) as [
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
    writeFileSync(join(site.story.home.folder, 'list.txt'), lines.join('\r\n'));

    const result = await site.story.get(['list.txt', String(f.model.id), '--media', 'none']);

    expect(result.code).toBe(3);
    expect(result.json.counts).toMatchObject({ wanted: 7, fetched: 6, failed: 1, models: 6 });
    expect(result.json.failures).toMatchObject([
      { what: 'list.txt:8: neither fish nor fowl', code: 'bad-target' },
    ]);
    for (const { file, bytes } of [a, b, c, d, e, f])
      expect(site.story.hashOf(file.name)).toBe(sha256(bytes));
  });

  it('are asked for when there are none: where nobody can answer the run does not begin', async () => {
    const none = await site.story.get([]);
    const bad = await site.story.get(['no/such/list.txt']);

    expect([none.code, none.json.failures[0]?.code]).toEqual([1, 'no-target']);
    expect([bad.code, bad.json.failures[0]?.code]).toEqual([1, 'bad-target']);
    expect(site.standin.requests()).toEqual({});
  });

  it('that the site does not have are refused, one by one, and the others come', async () => {
    const { model } = sampleAt(site.standin, 0);

    const result = await site.story.get(['model:999999', String(model.id), '--media', 'none']);

    expect(result.code).toBe(3);
    expect(result.json.counts).toMatchObject({ wanted: 2, fetched: 1, refused: 1 });
    expect(result.json.failures).toMatchObject([{ what: 'model:999999', code: 'not-found' }]);
  });

  it('give the versions and files that are chosen', async () => {
    const { model } = oddSample(site.standin, 'many-versions');
    const published = model.versions.filter((one) => one.status === 'Published');
    const files = published.flatMap((one) =>
      one.files.filter((file) => file.visibility === 'Public' && !file.superseded),
    );

    const plan = await site.story.get([String(model.id), '--versions', 'all', '--files', 'all', '--dry-run']);
    const vae = await site.story.get([String(model.id), '--versions', 'all', '--files', 'vae', '--dry-run']);
    const base = await site.story.get([
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
    const { model, bytes, file } = sampleAt(site.standin, 0);
    const before = treeOf(site.story.home.folder);

    const result = await site.story.get([String(model.id), '--dry-run']);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json['plan']).toMatchObject({ to_fetch: 1, to_fetch_bytes: bytes.length, held: 0 });
    expect(sumOfEnds(result.json.counts)).toBe(1);
    expect(result.json['files']).toEqual([
      { path: join(site.story.out, file.name), step: 'fetch', size: bytes.length },
    ]);
    expect(site.downloads()).toBe(0);
    const after = Object.keys(treeOf(site.story.home.folder)).filter((path) => !path.startsWith('state/'));
    expect(after).toEqual(Object.keys(before));
  });
});
