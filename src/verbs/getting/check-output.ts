import { existsSync } from 'node:fs';
import { assertPresent } from '../../archive/take-stock.ts';
import { isInside } from '../../archive/targets.ts';
import type { Catalog } from '../../catalog/open.ts';
import { rootsOf } from '../../catalog/root.ts';
import type { Deps } from '../deps.ts';

/**
 * Throws UserError `root-absent` when the output (absolute) is or lies in a scanned folder that held models and is gone: a
 * drive that is not connected must not be filled beside itself.
 */
export async function checkOutput(deps: Deps, catalog: Catalog, output: string): Promise<void> {
  for (const root of await rootsOf(catalog.db, await deps.hostId())) {
    if ((root.path !== output && !isInside(root.path, output)) || existsSync(root.path)) continue;
    const file = await catalog.db
      .selectFrom('file')
      .select('id')
      .where('root_id', '=', root.id)
      .where('state', '=', 'present')
      .executeTakeFirst();
    if (file !== undefined) assertPresent(root, { state: 'absent', reason: 'gone' });
  }
}
