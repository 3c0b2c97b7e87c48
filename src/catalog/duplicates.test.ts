import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { saveHashes } from './blob.ts';
import { listDuplicates, listSameTensors } from './duplicates.ts';
import { addLibrary } from './facts-samples.ts';
import { saveHeaders } from './header.ts';

describeCatalogs('duplicates', (open) => {
  it('are groups of present files with the same bytes, most to gain first', async () => {
    const catalog = await open();
    const added = await addLibrary(catalog, [
      { path: 'b/one.pt', sha256: 'aa', size: 10 },
      { path: 'a/two.pt', sha256: 'aa', size: 10 },
      { path: 'three.pt', sha256: 'bb', size: 100, root: '/other' },
      { path: 'four.pt', sha256: 'bb', size: 100 },
      { path: 'five.pt', sha256: 'bb', size: 100 },
      { path: 'gone.pt', sha256: 'cc', gone: true },
      { path: 'alone.pt', sha256: 'cc' },
      { path: 'unhashed.pt' },
      { path: 'unhashed-too.pt' },
    ]);

    const groups = await listDuplicates(catalog.db);

    expect(groups).toEqual([
      { sha256: 'bb', size: 100, freeable: 200, paths: ['/models/five.pt', '/models/four.pt', '/other/three.pt'], fileIds: [added[4]?.fileId, added[3]?.fileId, added[2]?.fileId] },
      { sha256: 'aa', size: 10, freeable: 10, paths: ['/models/a/two.pt', '/models/b/one.pt'], fileIds: [added[1]?.fileId, added[0]?.fileId] },
    ]); // prettier-ignore
    expect(await listDuplicates(catalog.db, [added[2]?.rootId ?? 0])).toEqual([]);
    expect(await listDuplicates(catalog.db, [])).toEqual([]);
  });

  it('count the names of one file once', async () => {
    const catalog = await open();
    await addLibrary(catalog, [
      { path: 'link.pt', sha256: 'aa', inode: '7' },
      { path: 'also.pt', sha256: 'aa', inode: '7' },
      { path: 'x.pt', sha256: 'bb', inode: '8' },
      { path: 'y.pt', sha256: 'bb', inode: '8' },
      { path: 'z.pt', sha256: 'bb', inode: '9' },
    ]);

    expect(await listDuplicates(catalog.db)).toMatchObject([
      { paths: ['/models/x.pt', '/models/z.pt'], freeable: 1000 },
    ]);
  });

  it('by tensors are safetensors files of different bytes with one AutoV3, each bytes named once', async () => {
    const catalog = await open();
    const added = await addLibrary(catalog, [
      { path: 'a.safetensors', sha256: 'aa', size: 100 },
      { path: 'again/a.safetensors', sha256: 'aa', size: 100 },
      { path: 'b.safetensors', sha256: 'bb', size: 120 },
      { path: 'c.ckpt', sha256: 'cc' },
      { path: 'd.safetensors', sha256: 'dd' },
      { path: 'gone.safetensors', sha256: 'ee', gone: true },
      { path: 'e.safetensors', sha256: 'ff' },
    ]);
    const blobs = [0, 2, 3, 4, 5, 6].map((index) => added[index]?.blobId ?? 0);
    const values = ['same', 'same', 'same', 'other', 'third', 'third'];
    await saveHashes(
      catalog,
      blobs.map((blobId, index) => ({ blobId, type: 'AutoV3', value: values[index] ?? '' })),
    );
    await saveHeaders(
      catalog,
      blobs.map((blobId, index) => ({ blobId, format: index === 2 ? 'pickle' : 'safetensors' })),
    );

    expect(await listSameTensors(catalog.db)).toEqual([
      {
        tensors: 'same',
        paths: ['/models/a.safetensors', '/models/b.safetensors'],
        fileIds: [added[0]?.fileId, added[2]?.fileId],
        sizes: [100, 120],
        freeable: 120,
      },
    ]);
    expect(await listSameTensors(catalog.db, [])).toEqual([]);
  });
});
