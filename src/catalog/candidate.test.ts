import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { chooseFor, pinChoice, saveCandidates } from './candidate.ts';
import { addLibrary, versionFacts, versionFileFacts } from './facts-samples.ts';
import type { Catalog } from './open.ts';
import { saveVersions } from './version.ts';

/** Two files with the bytes of two versions, named after the file of each. */
async function ambiguous(catalog: Catalog): Promise<{ old: number; young: number; blob: number }> {
  const [old, young] = await addLibrary(catalog, [
    { path: 'old.pt', sha256: 'aa' },
    { path: 'sub/young.pt', sha256: 'aa' },
  ]);
  await saveVersions(
    catalog,
    [
      versionFacts({ id: 10, files: [versionFileFacts({ id: 100, name: 'old.pt' })] }),
      versionFacts({ id: 20, files: [versionFileFacts({ id: 200, name: 'young.pt' })] }),
    ],
    100,
  );
  const blob = old?.blobId ?? 0;
  await saveCandidates(catalog, [
    { blobId: blob, versionId: 10, modelId: 1, civitaiFileId: 0 },
    { blobId: blob, versionId: 20, modelId: 1, civitaiFileId: 200 },
    { blobId: blob, versionId: 10, modelId: 1, civitaiFileId: 100 },
  ]);
  return { old: old?.fileId ?? 0, young: young?.fileId ?? 0, blob };
}

function choicesOf(catalog: Catalog): Promise<unknown[]> {
  return catalog.db
    .selectFrom('choice')
    .select(['file_id', 'version_id', 'civitai_file_id', 'pinned', 'chosen_at'])
    .orderBy('file_id')
    .execute();
}

describeCatalogs('candidates', (open) => {
  it('name the file as soon as one answer does', async () => {
    const catalog = await open();
    const { blob } = await ambiguous(catalog);

    await saveCandidates(catalog, [{ blobId: blob, versionId: 20, modelId: 1, civitaiFileId: 0 }]);

    const rows = await catalog.db
      .selectFrom('candidate')
      .select(['version_id', 'civitai_file_id'])
      .orderBy('version_id')
      .execute();
    expect(rows).toEqual([
      { version_id: 10, civitai_file_id: 100 },
      { version_id: 20, civitai_file_id: 200 },
    ]);
  });

  it('are chosen for each file by its own name, and again only when something changed', async () => {
    const catalog = await open();
    const { old, young } = await ambiguous(catalog);

    expect(await chooseFor(catalog, [old, young, old], 5)).toEqual([old, young]);
    expect(await chooseFor(catalog, [old, young], 6)).toEqual([]);

    expect(await choicesOf(catalog)).toEqual([
      { file_id: old, version_id: 10, civitai_file_id: 100, pinned: 0, chosen_at: 5 },
      { file_id: young, version_id: 20, civitai_file_id: 200, pinned: 0, chosen_at: 5 },
    ]);
  });

  it('stay as pinned', async () => {
    const catalog = await open();
    const { old } = await ambiguous(catalog);

    await pinChoice(catalog, old, 20, 7);
    await chooseFor(catalog, [old], 8);

    expect(await choicesOf(catalog)).toEqual([
      { file_id: old, version_id: 20, civitai_file_id: 200, pinned: 1, chosen_at: 7 },
    ]);
    await expect(pinChoice(catalog, old, 99, 9)).rejects.toMatchObject({ code: 'not-a-candidate' });
  });

  it('are given up when the file has other bytes', async () => {
    const catalog = await open();
    const { old } = await ambiguous(catalog);
    await chooseFor(catalog, [old], 5);

    await catalog.write((trx) =>
      trx.updateTable('file').set({ blob_id: null }).where('id', '=', old).execute(),
    );

    expect(await chooseFor(catalog, [old], 6)).toEqual([old]);
    expect(await choicesOf(catalog)).toEqual([]);
  });
});
