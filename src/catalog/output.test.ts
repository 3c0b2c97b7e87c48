import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { ensureHost } from './host.ts';
import type { Catalog } from './open.ts';
import { finish, forgetOutputs, intend, isOurs, outputsOf } from './output.ts';
import type { Intent, OutputRow } from './output.ts';
import { saveFiles, filesOfRoot } from './file.ts';
import { ensureRoot } from './root.ts';

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string];

function page(path: string, sha256: string, more: Partial<Intent> = {}): Intent {
  return { path, kind: 'page', sha256, ...more };
}

const written = (path: string, sha256: string) => ({ path, sha256, size: 7, mtimeNs: '1700000000123456789' });

describeCatalogs('outputs', (open) => {
  async function row(catalog: Catalog, path: string): Promise<OutputRow> {
    const [found] = await outputsOf(catalog.db, { paths: [path] });
    if (found === undefined) throw new Error(`no row ${path}`);
    return found;
  }

  it('are ours from the intent on', async () => {
    const catalog = await open();

    await intend(catalog, [page('/m/a.html', A)], 10);
    const intended = await row(catalog, '/m/a.html');
    await finish(catalog, [written('/m/a.html', A)], 20);
    const done = await row(catalog, '/m/a.html');

    expect(intended).toMatchObject({ intent_sha256: A, done_sha256: null, size: null, at: 10 });
    expect(done).toMatchObject({
      intent_sha256: null,
      done_sha256: A,
      size: 7,
      mtime_ns: '1700000000123456789',
      at: 20,
    });
    for (const found of [intended, done]) expect([isOurs(found, A), isOurs(found, B)]).toEqual([true, false]);
  });

  it('stay ours in their old form until the new one is placed', async () => {
    const catalog = await open();
    await intend(catalog, [page('/m/a.html', A)], 10);
    await finish(catalog, [written('/m/a.html', A)], 20);

    await intend(catalog, [page('/m/a.html', B)], 30);

    const found = await row(catalog, '/m/a.html');
    expect([A, B, C].map((sha) => isOurs(found, sha))).toEqual([true, true, false]);
    // Size and time belong to the old bytes: with an intent open they prove nothing.
    expect(found).toMatchObject({ size: null, mtime_ns: null });
  });

  it('stay ours when a run was killed after placing them and the next one wants other bytes', async () => {
    const catalog = await open();
    await intend(catalog, [page('/m/a.html', A)], 10);
    await finish(catalog, [written('/m/a.html', A)], 20);
    await intend(catalog, [page('/m/a.html', B)], 30);
    // Killed here, with B on disk. The next run sees B, knows it for ours, and wants C.
    await intend(catalog, [page('/m/a.html', C, { held: B })], 40);

    const found = await row(catalog, '/m/a.html');

    expect([A, B, C].map((sha) => isOurs(found, sha))).toEqual([false, true, true]);
  });

  it('finished by one run keep what another run has begun or finished since', async () => {
    const catalog = await open();
    await intend(catalog, [page('/m/a.html', A)], 10);
    await intend(catalog, [page('/m/a.html', B)], 11);

    await finish(catalog, [written('/m/a.html', A)], 20);
    expect(await row(catalog, '/m/a.html')).toMatchObject({ intent_sha256: B, done_sha256: A });
    await finish(catalog, [written('/m/a.html', B)], 30);
    expect(await row(catalog, '/m/a.html')).toMatchObject({ intent_sha256: null, done_sha256: B });
    await finish(catalog, [written('/m/a.html', A)], 40);
    expect(await row(catalog, '/m/a.html')).toMatchObject({ intent_sha256: null, done_sha256: B });
  });

  it('are found by root, by file and by path, and forgotten by path', async () => {
    const catalog = await open();
    await ensureHost(catalog, 'h', 'box', 1);
    const { id: rootId } = await ensureRoot(catalog, 'h', '/m', 1);
    const walked = { path: 'x', pathKey: 'x', name: 'x', stem: 'x', ext: '', folder: '', size: 1 };
    const stat = { mtimeNs: '1', ctimeNs: '1', device: '1', inode: '1', blobId: null };
    await saveFiles(catalog, rootId, [{ ...walked, ...stat }], 1);
    const fileId = (await filesOfRoot(catalog.db, rootId))[0]?.id ?? 0;
    await intend(
      catalog,
      [
        page('/m/x.html', A, { rootId, fileId }),
        page('/m/x.png', B, { rootId, fileId, kind: 'preview', imageId: -5 }),
        page('/m/gallery.html', C, { rootId, kind: 'gallery' }),
        page('/out/y.html', A),
      ],
      1,
    );
    const paths = async (wanted: Parameters<typeof outputsOf>[1]) =>
      (await outputsOf(catalog.db, wanted)).map((found) => found.path).sort();

    expect(await paths({ rootId })).toEqual(['/m/gallery.html', '/m/x.html', '/m/x.png']);
    expect(await paths({ fileIds: [fileId, 999] })).toEqual(['/m/x.html', '/m/x.png']);
    expect(await paths({ rootId, fileIds: [999] })).toEqual([]);
    expect(await paths({ paths: ['/out/y.html', '/m/x.png', '/none'] })).toEqual(['/m/x.png', '/out/y.html']);
    expect(await paths({ paths: ['/out/y.html', '/m/x.png'], fileIds: [fileId] })).toEqual(['/m/x.png']);
    expect(await row(catalog, '/m/x.png')).toMatchObject({ kind: 'preview', image_id: -5, file_id: fileId });

    await forgetOutputs(catalog, ['/m/x.png', '/none']);
    expect(await paths({})).toEqual(['/m/gallery.html', '/m/x.html', '/out/y.html']);
  });
});
