import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { chooseFor, saveCandidates } from './candidate.ts';
import { addLibrary, modelFacts, versionFacts } from './facts-samples.ts';
import { listMissing } from './missing.ts';
import { saveModels } from './model.ts';
import { saveVersions } from './version.ts';

describeCatalogs('missing files', (open) => {
  it('are those the site never knew, knows no more, or was not asked about', async () => {
    const catalog = await open();
    const files = await addLibrary(catalog, [
      { path: 'z-missing.pt', sha256: 'aa' },
      { path: 'removed.pt', sha256: 'bb' },
      { path: 'found.pt', sha256: 'cc' },
      { path: 'unasked.pt', sha256: 'dd' },
      { path: 'unhashed.pt' },
      { path: 'gone.pt', sha256: 'aa', gone: true },
    ]);
    const stand = { kind: 'hash' as const, since_at: 5, checked_at: 6, missed_at: null, next_check_at: 9 };
    await catalog.write((trx) =>
      trx
        .insertInto('subject_state')
        .values([
          { ...stand, subject: 'aa', state: 'missing' },
          { ...stand, subject: 'bb', state: 'removed' },
          { ...stand, subject: 'cc', state: 'found' },
        ])
        .execute(),
    );
    await saveModels(catalog, [modelFacts({ name: 'Rescued' })], 3);
    await saveVersions(catalog, [versionFacts()], 3);
    await saveCandidates(catalog, [
      { blobId: files[1]?.blobId ?? 0, versionId: 10, modelId: 1, civitaiFileId: 0 },
    ]);
    await chooseFor(catalog, [files[1]?.fileId ?? 0], 3);

    const items = await listMissing(catalog.db);

    expect(items.map((item) => [item.path, item.state])).toEqual([
      ['/models/removed.pt', 'removed'],
      ['/models/unasked.pt', 'unchecked'],
      ['/models/unhashed.pt', 'unchecked'],
      ['/models/z-missing.pt', 'missing'],
    ]);
    expect(items[0]).toMatchObject({
      modelName: 'Rescued',
      versionName: 'v1',
      lastFoundAt: 3,
      since: 5,
      checkedAt: 6,
      sha256: 'bb',
    });
    expect(items[2]).toMatchObject({ sha256: undefined, since: undefined, lastFoundAt: undefined });
    expect(await listMissing(catalog.db, [files[0]?.rootId ?? 0])).toHaveLength(4);
    expect(await listMissing(catalog.db, [999])).toEqual([]);
    expect(await listMissing(catalog.db, [])).toEqual([]);
  });

  it('are removed also when the site knows the bytes and shows the model no more', async () => {
    const catalog = await open();
    const [file] = await addLibrary(catalog, [{ path: 'found.pt', sha256: 'cc' }]);
    const stand = { since_at: 5, checked_at: 6, missed_at: null, next_check_at: 9 };
    await catalog.write((trx) =>
      trx
        .insertInto('subject_state')
        .values([
          { ...stand, kind: 'hash', subject: 'cc', state: 'found' },
          { ...stand, kind: 'model', subject: '1', state: 'removed', since_at: 7 },
        ])
        .execute(),
    );
    await saveModels(catalog, [modelFacts()], 3);
    await saveVersions(catalog, [versionFacts()], 3);
    await saveCandidates(catalog, [
      { blobId: file?.blobId ?? 0, versionId: 10, modelId: 1, civitaiFileId: 0 },
    ]);
    await chooseFor(catalog, [file?.fileId ?? 0], 3);

    expect(await listMissing(catalog.db)).toMatchObject([{ state: 'removed', gone: 'model', since: 7 }]);
  });
});
