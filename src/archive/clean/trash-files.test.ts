import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeCatalogs } from '../../../test/catalogs.ts';
import { filesOfRoot } from '../../catalog/file.ts';
import { addLibrary } from '../../catalog/facts-samples.ts';
import { stepsOf } from '../../catalog/journal.ts';
import type { Catalog } from '../../catalog/open.ts';
import { finish, intend, outputsOf } from '../../catalog/output.ts';
import { startRun } from '../../catalog/run.ts';
import { planTrash } from '../../catalog/trash.ts';
import type { PlannedTrash, TrashStep } from '../../catalog/trash.ts';
import { standingAt } from '../../library/file-identity.ts';
import { placeInTrash } from '../../library/trash.ts';
import { judgeOutputs } from './judge-outputs.ts';
import { trashFiles } from './trash-files.ts';
import type { Trashed } from './trash-files.ts';

describeCatalogs('what goes into the trash', (open) => {
  let base: string;
  let root: string;

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'civitarium-files-'));
    root = join(base, 'models');
    mkdirSync(root);
  });

  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

  function put(name: string, text: string): string {
    const path = join(root, name);
    writeFileSync(path, text);
    // The same time whatever is written: only the bytes tell.
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    return path;
  }

  /** A model file with a page of ours, and another copy of it. */
  async function library(catalog: Catalog): Promise<{ fileId: number; rootId: number; keptId: number }> {
    for (const name of ['a.pt', 'kept.pt']) put(name, 'model');
    put('a.html', 'page');
    const [a, kept] = await addLibrary(
      catalog,
      ['a.pt', 'kept.pt'].map((path) => ({ path, root, sha256: sha('model'), size: 5 })),
    );
    if (a === undefined || kept === undefined) throw new Error('No files.');
    const { fileId, rootId } = a;
    await intend(
      catalog,
      [{ path: join(root, 'a.html'), kind: 'page', fileId, rootId, sha256: sha('page') }],
      1,
    );
    const mtimeNs = '1700000000000000000';
    await finish(catalog, [{ path: join(root, 'a.html'), sha256: sha('page'), size: 4, mtimeNs }], 1);
    return { fileId, rootId, keptId: kept.fileId };
  }

  async function plan(catalog: Catalog): Promise<TrashStep[]> {
    const { fileId, rootId, keptId } = await library(catalog);
    const folder = join(base, 'trash/run-1');
    mkdirSync(join(base, 'trash'));
    const [row] = await outputsOf(catalog.db, {});
    const item = (name: string, more: Omit<PlannedTrash, 'step' | 'folder' | 'reason'>): PlannedTrash => {
      const source = join(root, name);
      const now = standingAt(source);
      return {
        ...more,
        folder,
        reason: 'duplicate',
        step: {
          op: 'move',
          role: more.output === undefined ? 'model' : 'companion',
          file_id: fileId,
          source,
          target: placeInTrash(folder, source),
          source_root_id: rootId,
          target_root_id: rootId,
          size: now?.size ?? 0,
          mtime_ns: now?.mtimeNs ?? '',
          inode: now?.inode ?? '',
          sha256: sha(readFileSync(source, 'utf8')),
        },
      };
    };
    const path = join(root, 'kept.pt');
    const { size, mtimeNs, inode } = standingAt(path) ?? { size: 0, mtimeNs: '', inode: '' };
    const kept = { fileId: keptId, path, size, mtimeNs, inode };
    const items = [
      item('a.pt', { output: undefined, kept }),
      item('a.html', { output: row, kept: undefined }),
    ];
    const runId = await startRun(catalog, { verb: 'clean', hostId: 'h', pid: 1, options: {} }, 1);
    return await catalog.write((trx) => planTrash(trx, catalog.engine, runId, items));
  }

  function carryOut(catalog: Catalog, steps: readonly TrashStep[]): Promise<Trashed> {
    const signal = new AbortController().signal;
    return trashFiles(steps, { catalog, signal, now: () => 9, resuming: false });
  }

  it('is there, forgotten as ours, and gone from the library', async () => {
    const catalog = await open();
    const steps = await plan(catalog);

    const { done, failures } = await carryOut(catalog, steps);

    expect(failures).toEqual([]);
    expect(done).toHaveLength(2);
    expect(steps.map(({ step }) => [existsSync(step.source), existsSync(step.target)])).toEqual([
      [false, true],
      [false, true],
    ]);
    expect(await outputsOf(catalog.db, {})).toEqual([]);
    const files = await filesOfRoot(catalog.db, steps[0]?.step.source_root_id ?? 0);
    expect(files.map((file) => [file.name, file.state])).toEqual([
      ['a.pt', 'gone'],
      ['kept.pt', 'present'],
    ]);
  });

  it('is not a page whose bytes were changed after the plan, at the same size and time', async () => {
    const catalog = await open();
    const steps = await plan(catalog);
    put('a.html', 'mine');

    const { done, failures } = await carryOut(catalog, steps);

    expect(done.map(({ step }) => step.role)).toEqual(['model']);
    expect(failures.map(({ error }) => error.code)).toEqual(['file-changed']);
    expect(readFileSync(join(root, 'a.html'), 'utf8')).toBe('mine');
    const states = (await stepsOf(catalog.db, steps[0]?.step.run_id ?? 0)).map((step) => step.state);
    expect(states).toEqual(['done', 'failed']);
  });

  it.each([
    ['is gone', (path: string) => rmSync(path)],
    ['is another file now', (path: string) => writeFileSync(path, 'else!')],
  ])('is no copy when the one to be kept %s, and no page about it', async (_how, change) => {
    const catalog = await open();
    const steps = await plan(catalog);
    change(join(root, 'kept.pt'));

    const { done, failures } = await carryOut(catalog, steps);

    expect(done).toEqual([]);
    expect(failures.map(({ error }) => error.code)).toEqual(['last-copy', 'left']);
    expect(steps.every(({ step }) => existsSync(step.source) && !existsSync(step.target))).toBe(true);
  });

  it('is planned only as far as it is ours', async () => {
    const catalog = await open();
    await library(catalog);
    const signal = new AbortController().signal;
    const judge = async () =>
      await judgeOutputs(
        (await outputsOf(catalog.db, {})).map((row) => ({ row, reason: 'gone', why: '' })),
        signal,
      );

    expect((await judge()).items.map((item) => item.path)).toEqual([join(root, 'a.html')]);
    put('a.html', 'mine, and longer');
    expect(await judge()).toMatchObject({ items: [], refused: [{ path: join(root, 'a.html') }] });
    rmSync(join(root, 'a.html'));
    mkdirSync(join(root, 'a.html'));
    expect(await judge()).toMatchObject({ items: [], refused: [{ path: join(root, 'a.html') }] });
    rmSync(join(root, 'a.html'), { recursive: true });
    expect(await judge()).toEqual({ items: [], refused: [] });
    expect(await outputsOf(catalog.db, {})).toHaveLength(1);
  });
});
