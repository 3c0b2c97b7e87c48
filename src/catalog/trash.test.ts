import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { addLibrary } from './facts-samples.ts';
import { settleSteps } from './journal.ts';
import type { Catalog } from './open.ts';
import { finish, forgetOutputs, intend, outputsOf, restoreOutputs, rootsBehind } from './output.ts';
import { dropFiles, outdateAround } from './relocate.ts';
import { startRun } from './run.ts';
import { lastTrashRun, planTrash, trashSteps } from './trash.ts';
import type { PlannedTrash } from './trash.ts';

function planned(name: string, more: Partial<PlannedTrash> = {}): PlannedTrash {
  return {
    reason: 'gone',
    folder: '/trash/run-1',
    output: undefined,
    kept: undefined,
    ...more,
    step: {
      op: 'move',
      role: 'companion',
      file_id: 1,
      source: `/models/${name}`,
      target: `/trash/run-1/models/${name}`,
      source_root_id: 1,
      target_root_id: 1,
      size: 5,
      mtime_ns: '1700000000123456789',
      inode: '18446744073709551615',
      sha256: 'ab'.repeat(32),
    },
  };
}

describeCatalogs('the trash on record', (open) => {
  async function begin(catalog: Catalog, at: number): Promise<number> {
    return startRun(catalog, { verb: 'clean', hostId: 'h', pid: 1, options: {} }, at);
  }

  it('holds what each file was, with every digit and letter', async () => {
    const catalog = await open();
    await addLibrary(catalog, [{ path: 'a.pt' }]);
    const runId = await begin(catalog, 7);
    const kept = { fileId: 4, path: 'hex:2f61ff', size: 9, mtimeNs: '1', inode: '18446744073709551615' };
    await intend(catalog, [{ path: '/models/名 "1".html', kind: 'page', sha256: 'cd'.repeat(32) }], 1);
    const [output] = await outputsOf(catalog.db, {});
    const items = [planned('名 "1".html', { output }), planned('b.pt', { reason: 'duplicate', kept })];

    const recorded = await catalog.write((trx) => planTrash(trx, catalog.engine, runId, items));
    const found = await trashSteps(catalog.db, 'h', { states: ['planned'], runId });

    expect(found).toEqual(recorded.map((one) => ({ ...one, at: 7 })));
    expect(found.map((one) => [one.step.source, one.reason, one.kept])).toEqual([
      ['/models/名 "1".html', 'gone', undefined],
      ['/models/b.pt', 'duplicate', kept],
    ]);
    expect(found[0]?.output).toEqual(output);
    expect(await trashSteps(catalog.db, 'other', { states: ['planned'] })).toEqual([]);
  });

  it('names the last run with something in it, and one that was left there only after all others', async () => {
    const catalog = await open();
    await addLibrary(catalog, [{ path: 'a.pt' }]);
    const runs = [await begin(catalog, 10), await begin(catalog, 20), await begin(catalog, 30)];
    for (const [index, runId] of runs.entries()) {
      await catalog.write(async (trx) => {
        await planTrash(trx, catalog.engine, runId, [planned(`${index}`)]);
        const state = index === 1 ? 'left' : 'done';
        await settleSteps(trx, catalog.engine, runId, [{ position: 0, state }]);
      });
    }

    expect(await lastTrashRun(catalog.db, 'h')).toBe(runs[2]);
    expect(await trashSteps(catalog.db, 'h', { states: ['done', 'left'], before: 20 })).toHaveLength(2);
    for (const index of [2, 0])
      await catalog.write((trx) =>
        settleSteps(trx, catalog.engine, runs[index] ?? 0, [{ position: 0, state: 'undone' }]),
      );
    expect(await lastTrashRun(catalog.db, 'h')).toBe(runs[1]);
    expect(await lastTrashRun(catalog.db, 'other')).toBeUndefined();
  });

  it('gives back what was recorded of a file of ours, also of one that is known no more', async () => {
    const catalog = await open();
    const [one, two] = await addLibrary(catalog, [{ path: 'a.pt' }, { path: 'b.pt' }]);
    const intents = [one, two].map((file, index) => ({
      path: `/models/${index}.html`,
      kind: 'page' as const,
      sha256: 'ef'.repeat(32),
      fileId: file?.fileId,
      rootId: file?.rootId,
    }));
    await intend(catalog, intents, 1);
    const done = { sha256: 'ef'.repeat(32), size: 5, mtimeNs: '1' };
    await finish(catalog, intents.map(({ path }) => ({ path, ...done })), 1); // prettier-ignore
    const rows = await outputsOf(catalog.db, {});
    await forgetOutputs(
      catalog,
      rows.map((row) => row.path),
    );
    await catalog.write((trx) => dropFiles(trx, [two?.fileId ?? 0]));

    await catalog.write((trx) => restoreOutputs(trx, rows));

    const back = await outputsOf(catalog.db, {});
    expect(back).toMatchObject([
      { path: '/models/0.html', file_id: one?.fileId, done_sha256: 'ef'.repeat(32), mtime_ns: '1' },
      { path: '/models/1.html', file_id: null },
    ]);
  });

  it('has galleries and the pages of equal files written anew when files come or go', async () => {
    const catalog = await open();
    const [one, two, three] = await addLibrary(catalog, [
      { path: 'a.pt', sha256: 'aa' },
      { path: 'b.pt', sha256: 'aa' },
      { path: 'c.pt', sha256: 'cc' },
    ]);
    const rootId = one?.rootId;
    const sha256 = 'ef'.repeat(32);
    const intents = [
      { path: '/models/a.html', kind: 'page' as const, fileId: one?.fileId, rootId, sha256 },
      { path: '/models/c.html', kind: 'page' as const, fileId: three?.fileId, rootId, sha256 },
      { path: '/models/gallery.html', kind: 'gallery' as const, rootId, sha256 },
    ];
    await intend(catalog, intents, 1);
    await finish(catalog, intents.map(({ path }) => ({ path, sha256, size: 5, mtimeNs: '1' })), 1); // prettier-ignore
    expect(await rootsBehind(catalog.db)).toEqual([]);

    await catalog.write((trx) => outdateAround(trx, [two?.fileId ?? 0]));

    expect(
      (await outputsOf(catalog.db, {})).map((row) => [row.path, row.done_sha256, row.intent_sha256]),
    ).toEqual([
      ['/models/a.html', null, sha256],
      ['/models/c.html', sha256, null],
      ['/models/gallery.html', null, sha256],
    ]);
    expect(await rootsBehind(catalog.db)).toEqual([rootId]);
  });
});
