import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openGetSite, sumOfEnds } from './testing/get-site.ts';
import { oddSample, sampleAt, sha256 } from './testing/get-story.ts';

const site = openGetSite();

describe('bytes that are held', { timeout: 120_000 }, () => {
  it('in another scanned folder are not fetched but shared, and each folder has its file', async () => {
    const { model, file, bytes } = sampleAt(site.standin, 0);
    const library = join(site.story.home.folder, 'library');
    mkdirSync(library);
    writeFileSync(join(library, 'mine.safetensors'), bytes);
    await site.story.home.run([
      'scan',
      'library',
      '--images',
      'none',
      '--api-url',
      site.standin.apiUrl,
      '--json',
    ]);
    site.standin.reset();

    const result = await site.story.get([String(model.id), '--media', 'none']);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts).toMatchObject({ wanted: 1, fetched: 0, held: 1, bytes: 0 });
    expect(site.downloads()).toBe(0);
    expect(site.story.hashOf(file.name)).toBe(sha256(bytes));
    expect(sha256(readFileSync(join(library, 'mine.safetensors')))).toBe(sha256(bytes));
  });

  it('under another name in the output stay the only copy; a damaged file is none', async () => {
    const { model, file, bytes } = sampleAt(site.standin, 0);
    mkdirSync(site.story.out);
    writeFileSync(join(site.story.out, 'mine.safetensors'), bytes);
    await site.story.home.run([
      'scan',
      'out',
      '--images',
      'none',
      '--api-url',
      site.standin.apiUrl,
      '--json',
    ]);

    const held = await site.story.get([String(model.id), '--media', 'none']);
    const names = Object.keys(site.story.tree());
    writeFileSync(join(site.story.out, 'mine.safetensors'), Buffer.alloc(bytes.length));
    const fetched = await site.story.get([String(model.id), '--media', 'none']);

    expect(held.json.counts).toMatchObject({ held: 1, fetched: 0 });
    expect(names).not.toContain(file.name);
    expect(fetched.json.counts).toMatchObject({ held: 0, fetched: 1 });
    expect(site.story.hashOf(file.name)).toBe(sha256(bytes));
  });

  it('of two versions come once', async () => {
    const { model } = oddSample(site.standin, 'same-bytes-in-versions');

    const result = await site.story.get([String(model.id), '--versions', 'all', '--media', 'none']);

    const { wanted, fetched } = result.json.counts;
    expect(result.code, result.stderr).toBe(0);
    expect(sumOfEnds(result.json.counts)).toBe(wanted);
    expect(fetched).toBeLessThan(wanted ?? 0);
    expect(site.downloads()).toBe(fetched);
  });
});

describe('names', { timeout: 120_000 }, () => {
  it('that a file of the user has already are left to it; the same bytes there count as held', async () => {
    const [a, b] = [sampleAt(site.standin, 0), sampleAt(site.standin, 2)];
    mkdirSync(site.story.out);
    writeFileSync(join(site.story.out, a.file.name), 'mine');
    writeFileSync(join(site.story.out, b.file.name), b.bytes);

    const result = await site.story.get([String(a.model.id), String(b.model.id), '--media', 'none']);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts).toMatchObject({ wanted: 2, fetched: 1, held: 1 });
    expect(readFileSync(join(site.story.out, a.file.name), 'utf8')).toBe('mine');
    const other = a.file.name.replace(/(\.\w+)$/, `-v${a.file.versionId}$1`);
    expect(site.story.hashOf(other)).toBe(sha256(a.bytes));
  });

  it('of files of one version that are alike are told apart by what the files are', async () => {
    const { model } = oddSample(site.standin, 'same-file-names');
    const files = model.versions[0]?.files ?? [];

    const result = await site.story.get([String(model.id), '--files', 'all', '--media', 'none']);

    expect(result.code, result.stderr).toBe(0);
    expect(new Set(files.map(({ name }) => name)).size).toBe(1);
    const hashes = Object.values(site.story.tree());
    for (const file of files) expect(hashes).toContain(sha256(site.standin.world.bytesOf(file)));
  });
});
