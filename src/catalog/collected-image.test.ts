import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { collectedImages, collectedOutputs, usedVersions, viewCollected } from './collected-image.ts';
import { ensureHost } from './host.ts';
import { saveImages } from './image.ts';
import type { Catalog } from './open.ts';
import { endTransfer, queueTransfers } from './transfer.ts';
import { addSampleLibrary } from './view-samples.ts';

const SHA = 'ab'.repeat(32);

/** Brings an image into a folder, or has it fail. */
async function bring(catalog: Catalog, id: number, output: string, at: number, isDone = true): Promise<void> {
  const path = `${output}/Posts/${id}.jpeg`;
  const wish = { kind: 'image', subject: String(id), output, path, source: 'https://image.civitai.com/x', size: undefined, sha256: undefined, modelId: undefined, versionId: undefined }; // prettier-ignore
  const [row] = await queueTransfers(catalog, 'h', [wish], at);
  const end = isDone
    ? ({ state: 'done', how: 'fetched', path, sha256: SHA, size: 3, mtimeNs: '1', verified: false } as const)
    : ({ state: 'failed', reason: 'gone', why: 'It is gone.', next: undefined, retryAt: undefined } as const);
  await endTransfer(catalog, row?.id ?? 0, end, at);
}

function image(id: number, more: Partial<Parameters<typeof saveImages>[1][number]> = {}) {
  return {
    id,
    uuid: undefined,
    url: `https://image.civitai.com/${id}.jpeg`,
    media: 'image' as const,
    width: 640,
    height: 960,
    nsfwLevel: 4,
    blurhash: undefined,
    postId: 77,
    username: 'Ada',
    createdAt: 5000,
    generation: undefined,
    versionIds: [],
    ...more,
  };
}

describeCatalogs('images that were fetched for their own sake', (open) => {
  async function openWithHost(): Promise<Catalog> {
    const catalog = await open();
    await ensureHost(catalog, 'h', 'host', 0);
    await ensureHost(catalog, 'other', 'other host', 0);
    return catalog;
  }

  it('are those of the folders that came, each once, by id, of this machine only', async () => {
    const catalog = await openWithHost();
    await saveImages(catalog, [image(9), image(10)], 1);
    await bring(catalog, 10, '/out', 20);
    await bring(catalog, 9, '/out', 30);
    await bring(catalog, 9, '/out/b', 40);
    await bring(catalog, 8, '/out', 99, false);
    await bring(catalog, 7, '/elsewhere', 50);

    expect(await collectedOutputs(catalog.db, 'h')).toEqual(
      new Map([
        ['/elsewhere', 50],
        ['/out', 30],
        ['/out/b', 40],
      ]),
    );
    expect(await collectedOutputs(catalog.db, 'other')).toEqual(new Map());
    const found = await collectedImages(catalog.db, 'h', ['/out', '/out/b']);
    expect(found.map(({ id, path }) => [id, path])).toEqual([
      [9, '/out/Posts/9.jpeg'],
      [10, '/out/Posts/10.jpeg'],
    ]);
    expect(found[0]).toMatchObject({ post_id: 77, username: 'Ada', sha256: SHA, media: 'image' });
  });

  it('are shown with what is known of each, and without what nobody told', async () => {
    const catalog = await openWithHost();
    await addSampleLibrary(catalog);
    const generation = { prompt: 'a quay', negative: undefined, seed: '7', steps: 20, cfg: 5, sampler: 'Euler', model: undefined, settings: { civitaiResources: [{ type: 'lora', weight: 0.5, modelVersionId: 10 }] } }; // prettier-ignore
    await saveImages(catalog, [image(900, { generation, versionIds: [10, 11, 777] })], 1);
    await bring(catalog, 900, '/out', 20);
    await bring(catalog, 901, '/out', 20);

    const views = await viewCollected(catalog.db, await collectedImages(catalog.db, 'h', ['/out']));

    expect(views[0]).toMatchObject({
      id: 900,
      heldPath: '/out/Posts/900.jpeg',
      prompt: 'a quay',
      postId: 77,
      username: 'Ada',
      createdAt: 5000,
      resources: [
        { name: 'Ink Wash v1', type: 'lora', weight: '0.5', versionId: 10 },
        { name: 'Ink Wash v2', type: 'lora', weight: undefined, versionId: 11 },
        { name: 'version 777', type: '', weight: undefined, versionId: 777 },
      ],
    });
    expect(views[1]).toMatchObject({ id: 901, prompt: undefined, postId: undefined, resources: [] });
    expect(await usedVersions(catalog.db, [10, 12345])).toEqual(
      new Map([[10, { id: 10, label: 'Ink Wash v1', type: 'LORA', baseModel: 'Pony' }]]),
    );
  });
});
