import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import type { Catalog } from './open.ts';
import { viewModelFiles } from './view-model-file.ts';
import { addSampleLibrary } from './view-samples.ts';
import type { ModelFileView } from './views.ts';

async function viewsOf(catalog: Catalog, ids: readonly number[]): Promise<ModelFileView[]> {
  const views: ModelFileView[] = [];
  for await (const view of viewModelFiles(catalog, ids)) views.push(view);
  return views;
}

describeCatalogs('views of model files', (open) => {
  it('tell everything that is known of a file', async () => {
    const catalog = await open();
    const { known, rootId } = await addSampleLibrary(catalog);

    const [view] = await viewsOf(catalog, [known]);

    expect(view).toEqual({
      fileId: known,
      rootId,
      path: '/models/Styles/ink.safetensors',
      relativePath: 'Styles/ink.safetensors',
      folder: 'Styles',
      name: 'ink.safetensors',
      stem: 'ink',
      ext: '.safetensors',
      size: 1000,
      modifiedAt: 1_500_000_000_123,
      addedAt: 1,
      sha256: 'aa',
      hashes: [['SHA256', 'aa'], ['AutoV2', 'aabbccdd01']],
      state: 'found',
      stateSince: 100,
      lastFoundAt: 200,
      headerFormat: undefined,
      headerWarning: undefined,
      problem: undefined,
      training: undefined,
      duplicates: ['/models/copy.safetensors'],
      known: view?.known,
    }); // prettier-ignore
    expect(view?.known).toMatchObject({
      modelId: 1,
      modelName: 'Ink Wash',
      type: 'LORA',
      creator: 'Ada',
      tags: ['style', 'ink'],
      nsfwLevel: 3,
      modelDescription: '<p>All about <b>ink</b>.</p>',
      commercialUse: ['Image'],
      allowNoCredit: true,
      allowDerivatives: undefined,
      versionId: 10,
      versionName: 'v1',
      baseModel: 'Pony',
      trainedWords: ['ink wash'],
      publishedAt: 1000,
      choiceReason: 'its file has the same name',
      pinned: false,
      modelState: 'removed',
      versionState: 'unchecked',
    });
  });

  it('tell hidden counters from those never told', async () => {
    const catalog = await open();
    const { known } = await addSampleLibrary(catalog);

    const [view] = await viewsOf(catalog, [known]);

    const {
      downloads,
      thumbsUp,
      thumbsDown,
      comments,
      tipped,
      rating,
      ratingCount,
      favorites,
      versionDownloads,
    } = view?.known ?? {};
    expect({ downloads, thumbsUp, thumbsDown, comments, tipped, rating, ratingCount, favorites, versionDownloads }).toEqual({
      downloads: null, thumbsUp: 12, thumbsDown: 0, comments: 3, tipped: null, rating: undefined, ratingCount: undefined, favorites: undefined, versionDownloads: 5,
    }); // prettier-ignore
  });

  it('tell of files, versions, candidates and changes', async () => {
    const catalog = await open();
    const { known } = await addSampleLibrary(catalog);

    const [view] = await viewsOf(catalog, [known]);

    expect(view?.known?.files).toMatchObject([
      { id: 100, primary: true, held: true, precision: 'fp16', hashes: [['SHA256', 'aa'], ['AutoV2', 'aabbccdd01'], ['CRC32', '01']] },
      { id: 101, primary: false, held: false, hashes: [] },
    ]); // prettier-ignore
    expect(view?.known?.versions).toMatchObject([
      { id: 11, name: 'v2', ours: false, newer: true, heldPath: undefined },
      { id: 10, name: 'v1', ours: true, newer: false, heldPath: '/models/Styles/ink.safetensors' },
    ]);
    expect(view?.known?.candidates).toEqual([
      { versionId: 10, modelId: 1, modelName: 'Ink Wash', versionName: 'v1', chosen: true },
      { versionId: 99, modelId: 9, modelName: 'model 9', versionName: 'version 99', chosen: false },
    ]);
    expect(view?.known?.changes).toEqual([
      { at: 200, field: 'name', before: 'Ink', after: 'Ink Wash' },
      { at: 200, field: 'base model', before: 'SDXL 1.0', after: 'Pony' },
    ]);
  });

  it('tell how pictures were made, and name the copy beside the file', async () => {
    const catalog = await open();
    const { known, copy } = await addSampleLibrary(catalog);

    const [view, other] = await viewsOf(catalog, [known, copy]);

    expect(view?.known?.images).toMatchObject([
      {
        id: 51,
        media: 'image',
        nsfwLevel: 2,
        blurhash: 'LK',
        heldPath: '/models/Styles/ink.preview.jpeg',
        prompt: 'a cat',
        negative: 'blurry',
        settings: [['Steps', '20'], ['Sampler', 'Euler a'], ['CFG scale', '7'], ['Seed', '42'], ['Model', 'base'], ['Clip skip', '2']],
        resources: [
          { name: 'Ink Wash v2', type: 'lora', weight: undefined, versionId: 11 },
          { name: 'ink', type: 'lora', weight: '0.8', versionId: 10 },
        ],
      },
      { id: 52, media: 'video', settings: [], resources: [], prompt: undefined },
    ]); // prettier-ignore
    expect(other?.known?.images[0]?.heldPath).toBe('/models/copy.preview.jpeg');
  });

  it("prefer the user's words on a picture to the file's, and those to the site's", async () => {
    const catalog = await open();
    const { known } = await addSampleLibrary(catalog);
    const row = {
      image_id: 51,
      negative: null,
      seed: null,
      steps: null,
      cfg: null,
      sampler: null,
      model: null,
      settings: '{}',
    };

    await catalog.write((trx) =>
      trx
        .insertInto('gen_param')
        .values({ ...row, source: 'file', prompt: 'from file' })
        .execute(),
    );
    expect((await viewsOf(catalog, [known]))[0]?.known?.images[0]?.prompt).toBe('from file');
    await catalog.write((trx) =>
      trx
        .insertInto('gen_param')
        .values({ ...row, source: 'user', prompt: 'mine' })
        .execute(),
    );
    expect((await viewsOf(catalog, [known]))[0]?.known?.images[0]?.prompt).toBe('mine');
  });

  it('tell what the header says of files the site does not know', async () => {
    const catalog = await open();
    const { own, raw } = await addSampleLibrary(catalog);

    const [view, bare] = await viewsOf(catalog, [own, raw]);

    expect(view).toMatchObject({
      state: 'missing',
      headerFormat: 'safetensors',
      headerWarning: 'Damaged.',
      training: { tags: [{ tag: 'cat', count: 3 }], facts: [['Rank', '16']] },
      known: undefined,
      duplicates: [],
    });
    expect(bare).toMatchObject({
      state: 'unchecked',
      sha256: undefined,
      hashes: [],
      stateSince: undefined,
      known: undefined,
    });
  });

  it('come in the order asked for, across batches, without ids that are none', async () => {
    const catalog = await open();
    const { known, copy, own, raw } = await addSampleLibrary(catalog);
    const asked = Array.from({ length: 130 }, () => [raw, 999_999, known, own, copy]).flat();

    const views = await viewsOf(catalog, asked);

    expect(views.map((view) => view.fileId)).toEqual(asked.filter((id) => id !== 999_999));
  });
});
