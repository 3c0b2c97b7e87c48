import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { ensureHost } from './host.ts';
import { closeRuns, cutRuns, endRun, lastRun, startRun } from './run.ts';

describeCatalogs('runs', (open) => {
  it('are recorded from start to end, the last one of a verb first', async () => {
    const catalog = await open();
    await ensureHost(catalog, 'h', 'box', 1);
    const run = { verb: 'scan', hostId: 'h', pid: 12 };

    const first = await startRun(catalog, { ...run, options: { paths: ['/m\0'] } }, 10);
    await startRun(catalog, { ...run, verb: 'pages', options: undefined }, 15);
    await endRun(catalog, first, { ok: true }, 0, 20);
    const ended = await lastRun(catalog.db, 'scan');
    const second = await startRun(catalog, { ...run, options: {} }, 30);

    expect(ended).toEqual({
      id: first,
      verb: 'scan',
      host_id: 'h',
      pid: 12,
      started_at: 10,
      ended_at: 20,
      options: '{"paths":["/m\\u0000"]}',
      result: '{"ok":true}',
      exit_code: 0,
    });
    expect(await lastRun(catalog.db, 'scan')).toMatchObject({
      id: second,
      ended_at: null,
      result: null,
      exit_code: null,
    });
    expect(await lastRun(catalog.db, 'pages')).toMatchObject({ options: '{}' });
    expect(await lastRun(catalog.db, 'watch')).toBeUndefined();
  });

  it('are closed when their process is gone, those of others and those that still run are not', async () => {
    const catalog = await open();
    for (const host of ['h', 'other']) await ensureHost(catalog, host, host, 1);
    const start = (hostId: string, pid: number, at: number): Promise<number> =>
      startRun(catalog, { verb: 'scan', hostId, pid, options: {} }, at);
    const killed = await start('h', 7, 10);
    const running = await start('h', 8, 11);
    const done = await start('h', 7, 12);
    const elsewhere = await start('other', 7, 13);
    await endRun(catalog, done, { ok: true }, 0, 14);

    const cut = await cutRuns(catalog.db, 'h', ({ pid, startedAt }) => pid === 8 && startedAt === 11);
    await closeRuns(catalog, cut, 20);

    expect(cut).toEqual([killed]);
    const rows = await catalog.db
      .selectFrom('run')
      .select(['id', 'ended_at', 'exit_code'])
      .orderBy('id')
      .execute();
    expect(rows).toEqual([
      { id: killed, ended_at: 20, exit_code: null },
      { id: running, ended_at: null, exit_code: null },
      { id: done, ended_at: 14, exit_code: 0 },
      { id: elsewhere, ended_at: null, exit_code: null },
    ]);
    expect(await cutRuns(catalog.db, 'h', () => true)).toEqual([]);
  });
});
