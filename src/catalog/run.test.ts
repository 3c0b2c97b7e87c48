import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { ensureHost } from './host.ts';
import { endRun, lastRun, startRun } from './run.ts';

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
});
