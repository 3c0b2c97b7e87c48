import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { ensureBlobs } from './blob.ts';
import { filesOfRoot, markGone, saveFiles, setBlob } from './file.ts';
import type { FileInput } from './file.ts';
import { ensureHost } from './host.ts';
import type { Catalog } from './open.ts';
import { finish, intend, outputsOf } from './output.ts';
import {
  copyChoices,
  dropEmptyRoot,
  dropFiles,
  forgetDigests,
  noteChangeTimes,
  outdatePages,
  relocateFiles,
  relocateOutputs,
} from './relocate.ts';
import type { Relocated } from './relocate.ts';
import { ensureRoot, rootsOf, settleRoot } from './root.ts';

const SHA = 'a'.repeat(64);

function input(name: string): FileInput {
  return {
    path: name,
    pathKey: name,
    name,
    stem: name.replace(/\.\w+$/, ''),
    ext: '.safetensors',
    folder: '',
    size: 5,
    mtimeNs: '10',
    ctimeNs: '11',
    device: '1',
    inode: name,
    blobId: null,
  };
}

function to(fileId: number, rootId: number, path: string): Relocated {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
  return { fileId, rootId, path, pathKey: path, name, stem: name.replace(/\.\w+$/, ''), folder, mtimeNs: '10', ctimeNs: '12', device: '2', inode: '99', onlyFolder: false }; // prettier-ignore
}

describeCatalogs('files that were moved', (openFresh) => {
  async function open(): Promise<{
    catalog: Catalog;
    root: number;
    other: number;
    ids: Map<string, number>;
  }> {
    const catalog = await openFresh();
    await ensureHost(catalog, 'h1', 'box', 1);
    const root = (await ensureRoot(catalog, 'h1', '/models', 1)).id;
    const other = (await ensureRoot(catalog, 'h1', '/other', 1)).id;
    await saveFiles(catalog, root, [input('a.safetensors'), input('b.safetensors')], 5);
    const ids = new Map((await filesOfRoot(catalog.db, root)).map((row) => [row.name, row.id]));
    const blobs = await ensureBlobs(catalog, [{ sha256: SHA, size: 5 }], 5);
    const blobId = [...blobs.values()][0] ?? 0;
    await setBlob(catalog, [{ fileId: ids.get('a.safetensors') ?? 0, blobId, origin: 'read', at: 5 }]);
    return { catalog, root, other, ids };
  }

  it('are the same files in another root and folder: hash and first sight stay', async () => {
    const { catalog, other, ids } = await open();
    const id = ids.get('a.safetensors') ?? 0;
    const before = await catalog.db.selectFrom('file').selectAll().where('id', '=', id).executeTakeFirstOrThrow(); // prettier-ignore

    await catalog.write((trx) => relocateFiles(trx, catalog.engine, [to(id, other, 'LORA/a (2).safetensors')], 20)); // prettier-ignore

    const after = await filesOfRoot(catalog.db, other);
    expect(after).toEqual([
      {
        ...before,
        root_id: other,
        path: 'LORA/a (2).safetensors',
        path_key: 'LORA/a (2).safetensors',
        name: 'a (2).safetensors',
        stem: 'a (2)',
        folder: 'LORA',
        ctime_ns: '12',
        device: '2',
        inode: '99',
        seen_at: 20,
      },
    ]);
  });

  it('need little said when only their folder is another', async () => {
    const { catalog, root, ids } = await open();
    const [a, b] = [ids.get('a.safetensors') ?? 0, ids.get('b.safetensors') ?? 0];

    await catalog.write((trx) =>
      relocateFiles(trx, catalog.engine, [{ ...to(a, root, 'x/a.safetensors'), onlyFolder: true }], 20),
    );

    expect((await filesOfRoot(catalog.db, root)).sort((one, two) => one.id - two.id)).toMatchObject([
      { id: a, path: 'x/a.safetensors', path_key: 'x/a.safetensors', folder: 'x', ctime_ns: '12', device: '1', inode: 'a.safetensors', seen_at: 20 }, // prettier-ignore
      { id: b, path: 'b.safetensors' },
    ]);
  });

  it('change their root as well, however little is said', async () => {
    const { catalog, root, other, ids } = await open();
    const [a, b] = [ids.get('a.safetensors') ?? 0, ids.get('b.safetensors') ?? 0];
    const moved = [to(a, other, 'x/a.safetensors'), to(b, root, 'x/b.safetensors')].map((one) => ({
      ...one,
      onlyFolder: true,
    }));

    await catalog.write((trx) => relocateFiles(trx, catalog.engine, moved, 20));

    expect(await filesOfRoot(catalog.db, other)).toMatchObject([
      { id: a, path: 'x/a.safetensors', folder: 'x', name: 'a.safetensors', ctime_ns: '12', seen_at: 20 },
    ]);
    expect(await filesOfRoot(catalog.db, root)).toMatchObject([{ id: b, path: 'x/b.safetensors' }]);
  });

  it('are a thousand at once, each with its own place', async () => {
    const { catalog, root } = await open();
    const names = Array.from({ length: 1001 }, (_, index) => `m ${index} 'é".safetensors`);
    await saveFiles(catalog, root, names.map(input), 5);
    const rows = (await filesOfRoot(catalog.db, root)).filter((row) => row.name.startsWith('m '));
    const moved = rows.map((row, index) => ({
      ...to(row.id, root, `${index % 7}/${row.name}`),
      onlyFolder: index % 3 > 0,
    }));

    await catalog.write((trx) => relocateFiles(trx, catalog.engine, moved, 20));

    const now = new Map((await filesOfRoot(catalog.db, root)).map((row) => [row.id, row.path]));
    expect(moved.filter((one) => now.get(one.fileId) !== one.path)).toEqual([]);
  });

  it('keep the bytes of a name that is not UTF-8', async () => {
    const { catalog, root, ids } = await open();
    const id = ids.get('a.safetensors') ?? 0;
    const rawPath = Buffer.from([0x78, 0x2f, 0xff]);

    await catalog.write((trx) => relocateFiles(trx, catalog.engine, [{ ...to(id, root, 'x/\uFFFD'), pathKey: 'hex:782fff', rawPath }], 20)); // prettier-ignore

    const row = (await filesOfRoot(catalog.db, root)).find((one) => one.id === id);
    expect(row).toMatchObject({ path: 'x/\uFFFD', path_key: 'hex:782fff' });
    expect(Buffer.from(row?.raw_path ?? [])).toEqual(rawPath);
  });

  it('take a place that a vanished file had; what is known of that one is kept', async () => {
    const { catalog, root, ids } = await open();
    const [a, b] = [ids.get('a.safetensors') ?? 0, ids.get('b.safetensors') ?? 0];
    await markGone(catalog, [b], 15);

    await catalog.write((trx) => relocateFiles(trx, catalog.engine, [to(a, root, 'b.safetensors')], 20));

    const rows = await filesOfRoot(catalog.db, root);
    expect(rows.find((row) => row.id === a)).toMatchObject({ path_key: 'b.safetensors', state: 'present' });
    expect(rows.find((row) => row.id === b)).toMatchObject({ path: 'b.safetensors', state: 'gone', gone_at: 15 }); // prettier-ignore
  });

  it('have their notes with them; a page is to be written anew', async () => {
    const { catalog, root, other, ids } = await open();
    const fileId = ids.get('a.safetensors');
    const kinds = ['page', 'preview'] as const;
    await intend(catalog, kinds.map((kind) => ({ path: `/models/a.${kind}`, rootId: root, fileId, kind, sha256: SHA })), 6); // prettier-ignore
    await finish(catalog, kinds.map((kind) => ({ path: `/models/a.${kind}`, sha256: SHA, size: 3, mtimeNs: '7' })), 6); // prettier-ignore
    await intend(catalog, [{ path: '/other/a.page', kind: 'page', sha256: 'b'.repeat(64) }], 6);

    await catalog.write(
      (trx) =>
      relocateOutputs(trx, catalog.engine, kinds.map((kind) => ({ from: `/models/a.${kind}`, to: `/other/a.${kind}`, rootId: other, mtimeNs: '8' }))), // prettier-ignore
    );

    expect(await outputsOf(catalog.db, { fileIds: [fileId ?? 0] })).toMatchObject([
      { path: '/other/a.page', root_id: other, intent_sha256: SHA, done_sha256: null, mtime_ns: '8' },
      { path: '/other/a.preview', root_id: other, intent_sha256: null, done_sha256: SHA, mtime_ns: '8' },
    ]);
    expect(await outputsOf(catalog.db, {})).toHaveLength(2);
  });

  it('give their choice to a copy, which is forgotten with all that hangs on it', async () => {
    const { catalog, root, ids } = await open();
    const [a, b] = [ids.get('a.safetensors') ?? 0, ids.get('b.safetensors') ?? 0];
    const choice = { file_id: a, version_id: 3, civitai_file_id: 4, pinned: 1, reason: 'pinned by you', chosen_at: 1 }; // prettier-ignore
    await catalog.write((trx) => trx.insertInto('choice').values(choice).execute());
    await intend(catalog, [{ path: '/models/b.html', rootId: root, fileId: b, kind: 'page', sha256: SHA }], 6); // prettier-ignore

    await catalog.write((trx) => copyChoices(trx, catalog.engine, [[a, b]]));
    const copied = await catalog.db.selectFrom('choice').selectAll().where('file_id', '=', b).execute();
    await catalog.write((trx) => dropFiles(trx, [b]));

    expect(copied).toEqual([{ ...choice, file_id: b }]);
    expect(await filesOfRoot(catalog.db, root)).toHaveLength(1);
    expect(await outputsOf(catalog.db, {})).toEqual([]);
    expect(await catalog.db.selectFrom('choice').select('file_id').execute()).toEqual([{ file_id: a }]);
  });

  it('are known at a new change time, with their pages out of date and their root to be looked at', async () => {
    const { catalog, root, ids } = await open();
    const fileId = ids.get('a.safetensors') ?? 0;
    await settleRoot(catalog, root, { digest: 'd', settings: '{}', dueAt: 5 });
    await intend(catalog, [{ path: '/models/a.html', rootId: root, fileId, kind: 'page', sha256: SHA }], 6); // prettier-ignore
    await finish(catalog, [{ path: '/models/a.html', sha256: SHA, size: 3, mtimeNs: '7' }], 6);

    await catalog.write(async (trx) => {
      await noteChangeTimes(trx, catalog.engine, [[fileId, '77']]);
      await outdatePages(trx, [fileId]);
      await forgetDigests(trx, [root]);
    });

    expect((await filesOfRoot(catalog.db, root)).map((row) => row.ctime_ns)).toEqual(['77', '11']);
    expect(await outputsOf(catalog.db, {})).toMatchObject([{ intent_sha256: SHA, done_sha256: null }]);
    expect(await rootsOf(catalog.db, 'h1')).toMatchObject([{ digest: null, settings: '{}' }, {}]);
  });

  it('leave a root that can be forgotten when nothing is in it', async () => {
    const { catalog, root, other } = await open();

    for (const id of [root, other]) await catalog.write((trx) => dropEmptyRoot(trx, id));

    expect((await rootsOf(catalog.db, 'h1')).map((one) => one.id)).toEqual([root]);
  });
});
