import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { imageFacts, versionFacts, versionFileFacts } from './facts-samples.ts';
import type { Catalog } from './open.ts';
import { saveVersions } from './version.ts';

function changesOf(catalog: Catalog): Promise<unknown[]> {
  return catalog.db
    .selectFrom('change')
    .select(['subject', 'at', 'field', 'before', 'after'])
    .orderBy('id')
    .execute();
}

describeCatalogs('versions', (open) => {
  it('are kept with files, hashes and images, and first sight is no change', async () => {
    const catalog = await open();

    const count = await saveVersions(
      catalog,
      [
        versionFacts({
          trainedWords: ['ink wash', 'a, b'],
          publishedAt: 50,
          downloads: 7,
          files: [versionFileFacts({ sizeBytes: 1000.4, hashes: { SHA256: 'AB', AutoV2: 'cd' } })],
          images: [imageFacts({ id: 5 }), imageFacts({ id: 4, url: 'b' })],
        }),
      ],
      100,
    );

    expect(count).toEqual({ added: 1, changed: 0, same: 0, changedIds: [] });
    expect(await catalog.db.selectFrom('version').selectAll().execute()).toMatchObject([
      { id: 10, model_id: 1, trained_words: '["ink wash","a, b"]', published_at: 50, first_seen_at: 100 },
    ]);
    expect(await catalog.db.selectFrom('version_file').selectAll().execute()).toMatchObject([
      { id: 100, version_id: 10, size_bytes: 1000, is_primary: 1, format: 'SafeTensor' },
    ]);
    expect(await catalog.db.selectFrom('version_file_hash').selectAll().orderBy('type').execute()).toEqual([
      { file_id: 100, type: 'AutoV2', value: 'cd' },
      { file_id: 100, type: 'SHA256', value: 'ab' },
    ]);
    expect(await catalog.db.selectFrom('image_use').selectAll().orderBy('position').execute()).toEqual([
      { version_id: 10, image_id: 5, position: 0 },
      { version_id: 10, image_id: 4, position: 1 },
    ]);
    expect(await changesOf(catalog)).toEqual([]);
  });

  it('keep what was known where a later answer is silent', async () => {
    const catalog = await open();
    const full = versionFacts({
      position: 2, baseModel: 'Pony', baseModelType: 'Standard', description: 'd', trainedWords: ['w'], nsfwLevel: 4, air: 'urn:air:x', status: 'Published',
      availability: 'Public', usageControl: 'Download', publishedAt: 1, createdAt: 2, updatedAt: 3, earlyAccessUntil: 4, downloads: 5, thumbsUp: 6, thumbsDown: 7,
      files: [versionFileFacts({ precision: 'fp16', extent: 'pruned', quant: 'Q4_0', pickleScan: 'Success', virusScan: 'Success', scannedAt: 9 })],
      images: [imageFacts({ id: 5 })],
    }); // prettier-ignore
    await saveVersions(catalog, [full], 100);
    const before = await catalog.db.selectFrom('version').selectAll().executeTakeFirstOrThrow();
    const file = await catalog.db.selectFrom('version_file').selectAll().executeTakeFirstOrThrow();

    const silent = { trainedWords: ['w'] };
    const count = await saveVersions(
      catalog,
      [
        versionFacts(silent),
        versionFacts({ ...silent, files: [versionFileFacts()] }),
        versionFacts({ ...silent, files: [], images: [], filesComplete: true }),
      ],
      200,
    );

    expect(count.same).toBe(1);
    expect(await catalog.db.selectFrom('version').selectAll().execute()).toEqual([
      { ...before, seen_at: 200 },
    ]);
    expect(await catalog.db.selectFrom('version_file').selectAll().execute()).toEqual([file]);
    expect(await catalog.db.selectFrom('image_use').selectAll().execute()).toHaveLength(1);
    expect(await changesOf(catalog)).toEqual([]);
  });

  it('write what changed into the history, dates readable', async () => {
    const catalog = await open();
    await saveVersions(
      catalog,
      [versionFacts({ trainedWords: ['a'], publishedAt: 0, baseModel: 'SD 1.5', nsfwLevel: 0 })],
      100,
    );

    const count = await saveVersions(
      catalog,
      [
        versionFacts({
          trainedWords: ['a', 'b'],
          publishedAt: 86_400_000,
          baseModel: 'Pony',
          nsfwLevel: 4,
          description: 'learned only now',
        }),
      ],
      200,
    );

    expect(count).toEqual({ added: 0, changed: 1, same: 0, changedIds: [10] });
    expect(await changesOf(catalog)).toEqual([
      { subject: '10', at: 200, field: 'base_model', before: 'SD 1.5', after: 'Pony' },
      { subject: '10', at: 200, field: 'trained_words', before: '["a"]', after: '["a","b"]' },
      {
        subject: '10',
        at: 200,
        field: 'published_at',
        before: '1970-01-01T00:00:00.000Z',
        after: '1970-01-02T00:00:00.000Z',
      },
    ]);
  });

  it('keep counters as a history of their own, a row only when they changed', async () => {
    const catalog = await open();

    await saveVersions(catalog, [versionFacts()], 100);
    await saveVersions(catalog, [versionFacts({ downloads: 5, thumbsUp: 1 })], 200);
    await saveVersions(catalog, [versionFacts({ downloads: 5 })], 300);
    await saveVersions(catalog, [versionFacts({ downloads: 0 })], 400);
    const count = await saveVersions(catalog, [versionFacts({ downloads: 6, thumbsUp: 1 })], 500);

    expect(count.same).toBe(1);
    expect(await catalog.db.selectFrom('version_stat').selectAll().orderBy('at').execute()).toEqual([
      { version_id: 10, at: 200, download_count: 5, thumbs_up: 1, thumbs_down: null },
      { version_id: 10, at: 500, download_count: 6, thumbs_up: 1, thumbs_down: null },
    ]);
    expect(await changesOf(catalog)).toEqual([]);
  });

  it('record files that come, go once, come back, are renamed or get other bytes, and remove none', async () => {
    const catalog = await open();
    const [one, two] = [
      versionFileFacts({ id: 1, name: 'one', hashes: { SHA256: 'aa' } }),
      versionFileFacts({ id: 2, name: 'two' }),
    ];
    const answer = (...files: (typeof one)[]): ReturnType<typeof versionFacts>[] => [
      versionFacts({ files, filesComplete: true }),
    ];

    await saveVersions(catalog, answer(one), 100);
    await saveVersions(catalog, answer(one, two), 200);
    await saveVersions(catalog, [versionFacts({ files: [one] })], 250);
    await saveVersions(catalog, answer(one), 300);
    await saveVersions(catalog, answer({ ...one, hashes: { SHA256: 'AA' } }), 400);
    await saveVersions(catalog, answer({ ...one, name: 'uno', hashes: { SHA256: 'bb' } }), 500);

    expect(await changesOf(catalog)).toEqual([
      { subject: '10', at: 200, field: 'file:2', before: null, after: 'two' },
      { subject: '10', at: 300, field: 'file:2', before: 'two', after: null },
      { subject: '10', at: 500, field: 'file:1', before: 'one', after: 'uno' },
      { subject: '10', at: 500, field: 'file:1:sha256', before: 'aa', after: 'bb' },
    ]);
    expect(await catalog.db.selectFrom('version_file').selectAll().execute()).toHaveLength(2);
  });

  it('leave the file of a linked VAE with the version that owns it', async () => {
    const catalog = await open();
    const vae = versionFileFacts({ id: 7, name: 'vae.pt' });
    await saveVersions(catalog, [versionFacts({ id: 20, files: [vae] })], 100);

    await saveVersions(
      catalog,
      [versionFacts({ id: 10, files: [versionFileFacts(), { ...vae, type: 'VAE' }] })],
      200,
    );

    expect(
      await catalog.db
        .selectFrom('version_file')
        .select(['id', 'version_id', 'type'])
        .orderBy('id')
        .execute(),
    ).toEqual([
      { id: 7, version_id: 20, type: 'Model' },
      { id: 100, version_id: 10, type: 'Model' },
    ]);
  });
});
