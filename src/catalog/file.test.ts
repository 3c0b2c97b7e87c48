import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { ensureBlobs } from './blob.ts';
import { filesOfRoot, markGone, markPresent, moveFiles, saveFiles, setBlob, setProblem } from './file.ts';
import type { FileInput, FileRow } from './file.ts';
import { ensureHost } from './host.ts';
import type { Catalog } from './open.ts';
import { ensureRoot } from './root.ts';

function input(path: string, more: Partial<FileInput> = {}): FileInput {
  const name = path.split('/').at(-1) ?? '';
  return {
    path,
    pathKey: path,
    name,
    stem: name.replace(/\.[^.]*$/, ''),
    ext: '.safetensors',
    folder: path.split('/').slice(0, -1).join('/'),
    size: 7,
    mtimeNs: '1700000000123456789',
    ctimeNs: '1700000000123456790',
    device: '64769',
    inode: '18446744073709551615',
    blobId: null,
    ...more,
  };
}

describeCatalogs('files of a root', (openFresh) => {
  interface Ground {
    readonly catalog: Catalog;
    readonly rootId: number;
    readonly blobs: readonly number[];
    row(path: string): Promise<FileRow>;
  }

  async function ground(): Promise<Ground> {
    const catalog = await openFresh();
    await ensureHost(catalog, 'h', 'box', 1);
    const { id: rootId } = await ensureRoot(catalog, 'h', '/models', 1);
    const shas = ['a'.repeat(64), 'b'.repeat(64)];
    const ids = await ensureBlobs(
      catalog,
      shas.map((sha256) => ({ sha256, size: 7 })),
      1,
    );
    const row = async (path: string): Promise<FileRow> => {
      const found = (await filesOfRoot(catalog.db, rootId)).find((file) => file.path_key === path);
      if (found === undefined) throw new Error(`no row ${path}`);
      return found;
    };
    return { catalog, rootId, blobs: shas.map((sha256) => ids.get(sha256) as number), row };
  }

  it('are kept as the walk found them', async () => {
    const { catalog, rootId, row } = await ground();
    const rawPath = Buffer.from([0x61, 0xff, 0x2f, 0x62]);

    await saveFiles(
      catalog,
      rootId,
      [input('x/a b.safetensors'), input('a\uFFFD/b', { pathKey: 'hex:61ff2f62', rawPath })],
      5,
    );

    expect(await row('x/a b.safetensors')).toMatchObject({
      path: 'x/a b.safetensors',
      raw_path: null,
      name: 'a b.safetensors',
      stem: 'a b',
      folder: 'x',
      size: 7,
      mtime_ns: '1700000000123456789',
      ctime_ns: '1700000000123456790',
      inode: '18446744073709551615',
      blob_id: null,
      state: 'present',
      first_seen_at: 5,
      seen_at: 5,
    });
    expect(Buffer.from((await row('hex:61ff2f62')).raw_path ?? [])).toEqual(rawPath);
  });

  it('lose what was known of their bytes when they are saved as changed', async () => {
    const { catalog, rootId, blobs, row } = await ground();
    await saveFiles(catalog, rootId, [input('a')], 5);
    const { id } = await row('a');
    await setProblem(catalog, [{ fileId: id, problem: 'It could not be read.' }]);
    await setBlob(catalog, [{ fileId: id, blobId: blobs[0] ?? 0, origin: 'read', at: 6 }]);
    expect(await row('a')).toMatchObject({
      blob_id: blobs[0],
      hash_origin: 'read',
      hashed_at: 6,
      problem: null,
    });

    await saveFiles(catalog, rootId, [input('a', { size: 8 })], 9);

    expect(await row('a')).toMatchObject({
      id,
      size: 8,
      blob_id: null,
      hash_origin: null,
      hashed_at: null,
      first_seen_at: 5,
      seen_at: 9,
    });
  });

  it('keep their row and what hangs on it when they move', async () => {
    const { catalog, rootId, blobs, row } = await ground();
    await saveFiles(catalog, rootId, [input('a')], 5);
    const { id } = await row('a');
    await setBlob(catalog, [{ fileId: id, blobId: blobs[0] ?? 0, origin: 'read', at: 6 }]);

    const to = input('sub/b', { blobId: blobs[0] ?? 0, ctimeNs: '1700000000999999999' });
    await moveFiles(catalog, rootId, [{ fileId: id, to }], 9);

    expect(await filesOfRoot(catalog.db, rootId)).toHaveLength(1);
    expect(await row('sub/b')).toMatchObject({
      id,
      path: 'sub/b',
      folder: 'sub',
      ctime_ns: '1700000000999999999',
      blob_id: blobs[0],
      hash_origin: 'moved',
      hashed_at: 6,
      first_seen_at: 5,
      seen_at: 9,
    });
  });

  it('stay known when they are gone, and are present again when seen', async () => {
    const { catalog, rootId, blobs, row } = await ground();
    await saveFiles(catalog, rootId, [input('a', { blobId: blobs[0] ?? 0 }), input('b'), input('c')], 5);
    const { id } = await row('a');

    await markGone(catalog, [id, (await row('b')).id], 7);
    await markGone(catalog, [id], 8);
    expect(await row('a')).toMatchObject({ state: 'gone', gone_at: 7, seen_at: 5, blob_id: blobs[0] });
    expect(await row('c')).toMatchObject({ state: 'present', gone_at: null });

    await markPresent(catalog, [id], 9);
    await saveFiles(catalog, rootId, [input('b')], 9);
    for (const path of ['a', 'b'])
      expect(await row(path)).toMatchObject({ state: 'present', gone_at: null, seen_at: 9 });
    expect((await row('a')).blob_id).toBe(blobs[0]);
  });

  it('take no hash of what they held before they changed', async () => {
    const { catalog, rootId, blobs, row } = await ground();
    await saveFiles(catalog, rootId, [input('a')], 5);
    const { id } = await row('a');
    const found = { fileId: id, blobId: blobs[0] ?? 0, origin: 'read', at: 6 };

    await setBlob(catalog, [{ ...found, asOf: { size: 7, mtimeNs: '1' } }]);
    expect((await row('a')).blob_id).toBeNull();
    await setBlob(catalog, [{ ...found, asOf: { size: 7, mtimeNs: '1700000000123456789' } }]);
    expect((await row('a')).blob_id).toBe(blobs[0]);
  });

  it('come by the thousand, the same one twice, with characters that a store may refuse', async () => {
    const { catalog, rootId, row } = await ground();
    const many = Array.from({ length: 2500 }, (_, index) => input(`folder/${index}`));

    await saveFiles(catalog, rootId, [...many, input('folder/0', { size: 99 }), input('n\0l\uD800')], 5);

    expect(await filesOfRoot(catalog.db, rootId)).toHaveLength(2501);
    expect((await row('folder/0')).size).toBe(99);
    expect((await row('n\uFFFDl\uFFFD')).name).toBe('n\uFFFDl\uFFFD');
  });

  it('are written in one transaction with other things when given one', async () => {
    const { catalog, rootId } = await ground();

    const failed = catalog.write(async (trx) => {
      await saveFiles(trx, rootId, [input('a')], 5);
      throw new Error('stopped');
    });

    await expect(failed).rejects.toThrow('stopped');
    expect(await filesOfRoot(catalog.db, rootId)).toEqual([]);
  });
});
