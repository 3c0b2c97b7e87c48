import { lstatSync, unlinkSync } from 'node:fs';
import type { Catalog } from '../../catalog/open.ts';
import { forgetOutputs } from '../../catalog/output.ts';
import type { OutputRow } from '../../catalog/output.ts';
import { diskError } from '../../library/disk-error.ts';

/**
 * Removes what we wrote into a gallery's folder (absolute) and that is no longer part of it, of which `current` holds
 * all paths: a smaller library has fewer data files, a cover that changed leaves its thumbnail. What somebody changed
 * since stays. Done after the gallery itself is written, so that it never lacks what it shows.
 */
export async function removeLeftovers(
  catalog: Catalog,
  folder: string,
  current: ReadonlySet<string>,
): Promise<void> {
  const rows = await catalog.db
    .selectFrom('output')
    .select(['path', 'size', 'mtime_ns'])
    .where('kind', 'in', ['asset', 'thumb'])
    .execute();
  const leftovers = rows.filter((row) => row.path.startsWith(`${folder}/`) && !current.has(row.path));
  await forgetOutputs(
    catalog,
    leftovers.filter(removeIfOurs).map((row) => row.path),
  );
}

/** Removes a file that is as we left it; true when nothing lies there any more. */
export function removeIfOurs({
  path,
  size,
  mtime_ns: mtimeNs,
}: Pick<OutputRow, 'path' | 'size' | 'mtime_ns'>): boolean {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return true;
  if (String(stats.mtimeNs) !== mtimeNs || Number(stats.size) !== size) return false;
  try {
    unlinkSync(path);
    return true;
  } catch (cause) {
    throw diskError(path, cause);
  }
}
