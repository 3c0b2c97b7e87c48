import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { ensureHost } from './host.ts';
import { beginUndo, lastJournalled, openRuns, planSteps, settleSteps, stepsOf } from './journal.ts';
import type { PlannedStep } from './journal.ts';
import type { Catalog } from './open.ts';
import { startRun } from './run.ts';

function step(name: string, more: Partial<PlannedStep> = {}): PlannedStep {
  return {
    op: 'move',
    role: 'model',
    file_id: 1,
    source: `/from/${name}`,
    target: `/to/${name}`,
    source_root_id: 1,
    target_root_id: 2,
    size: 5,
    mtime_ns: '1700000000123456789',
    inode: '18446744073709551615',
    sha256: null,
    ...more,
  };
}

describeCatalogs('the journal', (openFresh) => {
  async function open(): Promise<Catalog> {
    const catalog = await openFresh();
    await ensureHost(catalog, 'h1', 'box', 1);
    await ensureHost(catalog, 'h2', 'other', 1);
    return catalog;
  }

  function begin(catalog: Catalog, hostId = 'h1'): Promise<number> {
    return startRun(catalog, { verb: 'organize', hostId, pid: 1, options: {} }, 1);
  }

  it('holds every step of a plan, in its order, with every digit and letter', async () => {
    const catalog = await open();
    const runId = await begin(catalog);
    const names = ['b "quoted"', 'a\nline', '名前 🎨', "it's"];

    const steps = names.map((name) => step(name, { sha256: 'ab'.repeat(32) }));
    const recorded = await catalog.write((trx) => planSteps(trx, catalog.engine, runId, steps));

    expect(await stepsOf(catalog.db, runId)).toEqual(recorded);
    expect(recorded.map((one) => [one.position, one.source, one.state])).toEqual(
      names.map((name, index) => [index, `/from/${name}`, 'planned']),
    );
    expect(recorded[0]).toMatchObject({ mtime_ns: '1700000000123456789', inode: '18446744073709551615' });
  });

  it('holds ten thousand steps', async () => {
    const catalog = await open();
    const runId = await begin(catalog);
    const steps = Array.from({ length: 10_001 }, (_, index) => step(String(index)));

    await catalog.write((trx) => planSteps(trx, catalog.engine, runId, steps));
    await catalog.write(
      (trx) =>
      settleSteps(trx, catalog.engine, runId, steps.map((_, position) => ({ position, state: 'done' }))), // prettier-ignore
    );

    expect(await stepsOf(catalog.db, runId, ['done'])).toHaveLength(10_001);
    expect(await openRuns(catalog.db, 'h1')).toEqual([]);
  });

  it('says what became of steps and keeps what was said before', async () => {
    const catalog = await open();
    const runId = await begin(catalog);
    await catalog.write((trx) => planSteps(trx, catalog.engine, runId, [step('a'), step('b'), step('c')]));

    await catalog.write((trx) =>
      settleSteps(trx, catalog.engine, runId, [
        { position: 0, state: 'done', leftInode: '7', leftMtimeNs: '8', madeFileId: 9 },
        { position: 1, state: 'failed', problem: 'It is gone.' },
      ]),
    );
    await catalog.write((trx) =>
      settleSteps(trx, catalog.engine, runId, [{ position: 0, state: 'undoing' }]),
    );

    expect(await stepsOf(catalog.db, runId)).toMatchObject([
      { state: 'undoing', left_inode: '7', left_mtime_ns: '8', made_file_id: 9, problem: null },
      { state: 'failed', problem: 'It is gone.', left_inode: null },
      { state: 'planned' },
    ]);
  });

  it('knows the runs of this host that were cut short', async () => {
    const catalog = await open();
    const [first, second, elsewhere] = [await begin(catalog), await begin(catalog), await begin(catalog, 'h2')]; // prettier-ignore
    for (const runId of [first, second, elsewhere])
      await catalog.write((trx) => planSteps(trx, catalog.engine, runId, [step('a')]));
    await catalog.write((trx) => settleSteps(trx, catalog.engine, second, [{ position: 0, state: 'done' }]));
    await catalog.write((trx) => beginUndo(trx, second));

    expect(await openRuns(catalog.db, 'h1')).toEqual([
      { runId: first, state: 'planned', verb: 'organize' },
      { runId: second, state: 'undoing', verb: 'organize' },
    ]);
  });

  it('takes back the last run that did anything, then the one before', async () => {
    const catalog = await open();
    const [first, second, idle] = [await begin(catalog), await begin(catalog), await begin(catalog)];
    for (const runId of [first, second]) {
      await catalog.write((trx) => planSteps(trx, catalog.engine, runId, [step('a')]));
      await catalog.write((trx) => settleSteps(trx, catalog.engine, runId, [{ position: 0, state: 'done' }]));
    }
    await catalog.write((trx) =>
      planSteps(trx, catalog.engine, idle, [step('x', { role: 'folder', op: 'mkdir' })]),
    );
    await catalog.write((trx) => settleSteps(trx, catalog.engine, idle, [{ position: 0, state: 'done' }]));

    const last = await lastJournalled(catalog.db, 'h1');
    await catalog.write((trx) => settleSteps(trx, catalog.engine, second, [{ position: 0, state: 'undone' }])); // prettier-ignore

    expect(last).toBe(second);
    expect(await lastJournalled(catalog.db, 'h1')).toBe(first);
    expect(await lastJournalled(catalog.db, 'h2')).toBeUndefined();
  });
});
