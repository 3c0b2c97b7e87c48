import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { ensureHost } from './host.ts';

describeCatalogs('hosts', (open) => {
  it('are recorded once and take a new name', async () => {
    const catalog = await open();

    await ensureHost(catalog, 'h1', 'box', 1);
    await ensureHost(catalog, 'h1', 'bo\0x\uD800', 2);

    const rows = await catalog.db.selectFrom('host').selectAll().execute();
    expect(rows).toEqual([{ id: 'h1', name: 'bo\uFFFDx\uFFFD', first_seen_at: 1 }]);
  });
});
