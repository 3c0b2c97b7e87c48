/** A small library for tests of views: one file that is known in every way, and some that are not. */
import { chooseFor, saveCandidates } from './candidate.ts';
import { addLibrary, imageFacts, modelFacts, versionFacts, versionFileFacts } from './facts-samples.ts';
import { saveModels } from './model.ts';
import type { Catalog } from './open.ts';
import { upsert } from './upsert.ts';
import { saveVersions } from './version.ts';

export interface SampleLibrary {
  /** `Styles/ink.safetensors`: known, with candidates, pictures, history and a copy. */
  readonly known: number;
  /** `copy.safetensors`: the same bytes. */
  readonly copy: number;
  /** `own.safetensors`: unknown to the site, with a header that tells of its training. */
  readonly own: number;
  /** `raw.pt`: not hashed. */
  readonly raw: number;
  readonly rootId: number;
}

/** Fills a catalog; times are 100 for the first answer, 200 for the second. */
export async function addSampleLibrary(catalog: Catalog): Promise<SampleLibrary> {
  const [known, copy, own, raw] = await addLibrary(catalog, [
    { path: 'Styles/ink.safetensors', sha256: 'aa' },
    { path: 'copy.safetensors', sha256: 'aa' },
    { path: 'own.safetensors', sha256: 'bb' },
    { path: 'raw.pt' },
  ]);
  const ids = [known, copy, own, raw].map((file) => file?.fileId ?? 0);
  await addAnswers(catalog);
  const blobId = known?.blobId ?? 0;
  await saveCandidates(catalog, [
    { blobId, versionId: 10, modelId: 1, civitaiFileId: 100 },
    { blobId, versionId: 99, modelId: 9, civitaiFileId: 0 },
  ]);
  await chooseFor(catalog, ids, 100);
  await addRows(catalog, ids, blobId, own?.blobId ?? 0, known?.rootId ?? 0);
  const [first = 0, second = 0, third = 0, fourth = 0] = ids;
  return { known: first, copy: second, own: third, raw: fourth, rootId: known?.rootId ?? 0 };
}

async function addAnswers(catalog: Catalog): Promise<void> {
  const model = modelFacts({
    name: 'Ink Wash',
    description: '<p>All about <b>ink</b>.</p>',
    creator: { username: 'Ada', image: undefined },
    tags: ['style', 'ink'],
    nsfwLevel: 7,
    commercialUse: ['Image'],
    allowNoCredit: true,
    stats: { downloads: null, thumbsUp: 12, thumbsDown: 0, comments: 3, tipped: null },
  });
  const files = [
    versionFileFacts({ id: 101, name: 'ink.zip', type: 'Archive', primary: false }),
    versionFileFacts({
      id: 100,
      name: 'ink.safetensors',
      precision: 'fp16',
      hashes: { CRC32: '01', SHA256: 'aa', AutoV2: 'aabbccdd01' },
    }),
  ];
  const generation = {
    prompt: 'a cat', negative: 'blurry', seed: '42', steps: 20, cfg: 7, sampler: 'Euler a', model: 'base',
    settings: { 'Clip skip': '2', resources: [{ type: 'lora', name: 'ink', weight: 0.8, hash: 'AABBCCDD01' }], civitaiResources: [{ type: 'lora', modelVersionId: 11 }] },
  }; // prettier-ignore
  const images = [
    imageFacts({ id: 51, url: 'https://image.example/51.jpeg', generation, nsfwLevel: 2, blurhash: 'LK' }),
    imageFacts({ id: 52, url: 'https://image.example/52.mp4', media: 'video' }),
  ];
  const version = versionFacts({
    id: 10,
    name: 'v1',
    position: 1,
    baseModel: 'SDXL 1.0',
    publishedAt: 1000,
    nsfwLevel: 3,
    trainedWords: ['ink wash'],
    description: 'First.',
    downloads: 5,
    thumbsUp: 1,
    files,
    images,
  });
  await saveModels(catalog, [modelFacts({ ...model, name: 'Ink' })], 100);
  await saveVersions(
    catalog,
    [version, versionFacts({ id: 11, name: 'v2', position: 0, publishedAt: 2000 })],
    100,
  );
  await saveModels(catalog, [model], 200);
  await saveVersions(catalog, [{ ...version, baseModel: 'Pony' }], 200);
}

async function addRows(
  catalog: Catalog,
  fileIds: readonly number[],
  blobId: number,
  ownBlob: number,
  rootId: number,
): Promise<void> {
  const standing = { since_at: 100, checked_at: 200, missed_at: null, next_check_at: 300 };
  const output = { root_id: rootId, kind: 'preview' as const, at: 1, done_sha256: 'x' };
  const metadata = JSON.stringify({
    ss_tag_frequency: JSON.stringify({ a: { cat: 3 } }),
    ss_network_dim: '16',
  });
  await catalog.write(async (trx) => {
    await upsert(trx, 'subject_state', [
      { ...standing, kind: 'hash', subject: 'aa', state: 'found' },
      { ...standing, kind: 'hash', subject: 'bb', state: 'missing' },
      { ...standing, kind: 'model', subject: '1', state: 'removed' },
    ], { key: ['kind', 'subject'] }); // prettier-ignore
    await upsert(trx, 'blob_hash', [{ blob_id: blobId, type: 'AutoV2', value: 'aabbccdd01' }], {
      key: ['blob_id', 'type'],
    });
    await upsert(
      trx,
      'header',
      [{ blob_id: ownBlob, format: 'safetensors', warning: 'Damaged.', metadata, tensors: 1, parameters: 1 }],
      { key: ['blob_id'] },
    );
    await upsert(trx, 'output', [
      { ...output, file_id: fileIds[0] ?? 0, image_id: 51, path: '/models/Styles/ink.preview.jpeg' },
      { ...output, file_id: fileIds[0] ?? 0, image_id: 52, path: '/models/Styles/ink.preview.2.mp4' },
      { ...output, file_id: fileIds[1] ?? 0, image_id: 51, path: '/models/copy.preview.jpeg' },
      { ...output, file_id: fileIds[2] ?? 0, image_id: 52, path: '/models/never-written.mp4', done_sha256: null },
    ], { key: ['path'] }); // prettier-ignore
  });
}
