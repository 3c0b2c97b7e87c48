import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { viewCards } from './view-card.ts';
import { addSampleLibrary } from './view-samples.ts';

describeCatalogs('cards', (open) => {
  it('show a known file with its first picture', async () => {
    const catalog = await open();
    const { known, rootId } = await addSampleLibrary(catalog);

    const cards = await viewCards(catalog, [rootId]);

    expect(cards[0]).toEqual({
      fileId: known,
      path: '/models/Styles/ink.safetensors',
      relativePath: 'Styles/ink.safetensors',
      folder: 'Styles',
      stem: 'ink',
      size: 1000,
      modifiedAt: 1_500_000_000_123,
      addedAt: 1,
      state: 'found',
      removed: true,
      lastSeenAt: 200,
      described: false,
      fileless: false,
      likely: false,
      headerWarning: false,
      modelId: 1,
      siteFileId: 100,
      versionId: 10,
      name: 'Ink Wash',
      versionName: 'v1',
      type: 'LORA',
      baseModel: 'Pony',
      creator: 'Ada',
      tags: ['style', 'ink'],
      trainedWords: ['ink wash'],
      nsfwLevel: 3,
      downloads: undefined,
      thumbsUp: 12,
      publishedAt: 1000,
      updatedAt: undefined,
      hasUpdate: true,
      duplicate: true,
      about: 'First. All about ink.',
      cover: {
        path: '/models/Styles/ink.preview.jpeg',
        media: 'image',
        nsfwLevel: 2,
        blurhash: 'LK',
        width: 512,
        height: 768,
      },
    });
  });

  it('show unknown files by their names, sorted by path, with no picture that was never written', async () => {
    const catalog = await open();
    const { own, raw, rootId } = await addSampleLibrary(catalog);

    const cards = await viewCards(catalog, [rootId]);

    expect(cards.map((card) => card.relativePath)).toEqual([
      'Styles/ink.safetensors',
      'copy.safetensors',
      'own.safetensors',
      'raw.pt',
    ]);
    expect(cards[2]).toMatchObject({
      fileId: own,
      name: 'own',
      state: 'missing',
      headerWarning: true,
      cover: undefined,
      tags: [],
      duplicate: false,
    });
    expect(cards[3]).toMatchObject({
      fileId: raw,
      name: 'raw',
      state: 'unchecked',
      modelId: undefined,
      hasUpdate: false,
      about: '',
    });
  });

  it('leave out other roots and files that are gone', async () => {
    const catalog = await open();
    const { known, rootId } = await addSampleLibrary(catalog);
    await catalog.write((trx) =>
      trx.updateTable('file').set({ state: 'gone' }).where('id', '=', known).execute(),
    );

    expect(await viewCards(catalog, [rootId])).toHaveLength(3);
    expect(await viewCards(catalog, [rootId + 1])).toEqual([]);
    expect(await viewCards(catalog, [])).toEqual([]);
  });

  it('keep descriptions short', async () => {
    const catalog = await open();
    const { rootId } = await addSampleLibrary(catalog);
    await catalog.write(async (trx) => {
      await trx
        .updateTable('version')
        .set({ description: `<p>${'a'.repeat(5000)}</p>` })
        .execute();
    });

    const [card] = await viewCards(catalog, [rootId]);

    expect(card?.about).toBe('a'.repeat(600));
  });
});
