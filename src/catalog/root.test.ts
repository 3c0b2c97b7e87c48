import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { ensureHost } from './host.ts';
import type { Catalog } from './open.ts';
import {
  ensureRoot,
  findRoot,
  markRootAbsent,
  markRootPresent,
  rootsOf,
  settleRoot,
  unsettleRoot,
} from './root.ts';

describeCatalogs('roots', (openFresh) => {
  async function open(): Promise<Catalog> {
    const catalog = await openFresh();
    await ensureHost(catalog, 'h1', 'box', 1);
    await ensureHost(catalog, 'h2', 'other box', 1);
    return catalog;
  }

  it('are made once a host and path', async () => {
    const catalog = await open();

    const made = await ensureRoot(catalog, 'h1', '/models', 10);
    const again = await ensureRoot(catalog, 'h1', '/models', 20);
    const elsewhere = await ensureRoot(catalog, 'h2', '/models', 30);
    await ensureRoot(catalog, 'h1', '/a', 40);

    expect(again).toEqual(made);
    expect(made).toMatchObject({
      host_id: 'h1',
      path: '/models',
      added_at: 10,
      seen_at: null,
      absent_at: null,
    });
    expect(elsewhere.id).not.toBe(made.id);
    expect((await rootsOf(catalog.db, 'h1')).map((root) => root.path)).toEqual(['/a', '/models']);
    expect(await findRoot(catalog.db, 'h2', '/models')).toEqual(elsewhere);
    expect(await findRoot(catalog.db, 'h2', '/a')).toBeUndefined();
  });

  it('remember since when they are absent, until they are seen again', async () => {
    const catalog = await open();
    const { id } = await ensureRoot(catalog, 'h1', '/models', 10);
    const now = async () => await findRoot(catalog.db, 'h1', '/models');

    await markRootPresent(catalog, id, '42', 20);
    await markRootAbsent(catalog, id, 30);
    await markRootAbsent(catalog, id, 40);
    expect(await now()).toMatchObject({ device: '42', seen_at: 20, absent_at: 30 });

    await markRootPresent(catalog, id, '43', 50);
    expect(await now()).toMatchObject({ device: '43', seen_at: 50, absent_at: null });
  });

  it('are settled by a complete scan and unsettled by the next change', async () => {
    const catalog = await open();
    const { id } = await ensureRoot(catalog, 'h1', '/models', 10);
    const now = async () => await findRoot(catalog.db, 'h1', '/models');

    await settleRoot(catalog, id, { digest: 'd', settings: '{}', dueAt: 99 });
    expect(await now()).toMatchObject({ digest: 'd', settings: '{}', due_at: 99 });
    await settleRoot(catalog, id, { digest: 'e', settings: '{}', dueAt: undefined });
    expect(await now()).toMatchObject({ digest: 'e', due_at: null });
    await unsettleRoot(catalog, id);
    expect(await now()).toMatchObject({ digest: null, settings: null, due_at: null });
  });
});
