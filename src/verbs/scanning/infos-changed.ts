import type { WalkedRoot } from '../../archive/take-stock.ts';
import type { Catalog } from '../../catalog/open.ts';
import { layoutOf } from './layout.ts';
import { isAsWritten } from './stale-outputs.ts';

/** True when a note that a configuration had us write is no longer as it was: it may be cut off, and counts as missing then. */
export async function infosChanged(catalog: Pick<Catalog, 'db'>, { root }: WalkedRoot): Promise<boolean> {
  if (layoutOf(root)?.profile !== 'configured') return false;
  const rows = await catalog.db
    .selectFrom('output')
    .select(['path', 'size', 'mtime_ns'])
    .where('root_id', '=', root.id)
    .where('kind', '=', 'info')
    .where('done_sha256', 'is not', null)
    .execute();
  return rows.some((row) => !isAsWritten(row));
}
