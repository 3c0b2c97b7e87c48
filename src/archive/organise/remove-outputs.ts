import { rmdirSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSystemError } from '../../base/errors.ts';
import type { Catalog } from '../../catalog/open.ts';
import { forgetOutputs } from '../../catalog/output.ts';
import type { OutputRow } from '../../catalog/output.ts';
import { dropEmptyRoot } from '../../catalog/relocate.ts';
import { standingAt } from '../../library/file-identity.ts';

/** Removes files that we wrote and that are as we wrote them, and forgets them; a changed one stays and is the user's. */
export async function removeOutputs(catalog: Catalog, rows: readonly OutputRow[]): Promise<void> {
  for (const row of rows) {
    const now = standingAt(row.path);
    if (now?.kind !== 'file' || now.mtimeNs !== row.mtime_ns || now.size !== row.size) continue;
    try {
      unlinkSync(row.path);
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }
  await forgetOutputs(
    catalog,
    rows.map((row) => row.path),
  );
}

/** Clears a root that no library file is in any more: gallery and pages of ours go, then the root itself is forgotten. */
export async function leaveRoot(catalog: Catalog, rootId: number): Promise<void> {
  const file = await catalog.db
    .selectFrom('file')
    .select('id')
    .where('root_id', '=', rootId)
    .where('state', '=', 'present')
    .executeTakeFirst();
  const root = await catalog.db.selectFrom('root').select('path').where('id', '=', rootId).executeTakeFirst();
  if (file !== undefined || root === undefined) return;
  const rows = await catalog.db
    .selectFrom('output')
    .selectAll()
    .where('path', 'like', `${likeText(root.path)}/%`)
    .execute();
  const inside = rows.filter((row) => row.path.startsWith(`${root.path}/`));
  await removeOutputs(catalog, inside);
  removeEmptyFolders(
    inside.map((row) => dirname(row.path)),
    root.path,
  );
  await catalog.write((trx) => dropEmptyRoot(trx, rootId));
}

/** `%` and `_` mean something to `like`: as a first sieve, any letter may stand for them. */
function likeText(path: string): string {
  return path.replaceAll(/[%_\\]/g, '_');
}

/** Removes folders below `root` that are empty, and those above them that become so. */
function removeEmptyFolders(folders: readonly string[], root: string): void {
  const all = new Set<string>();
  for (const folder of folders)
    for (let at = folder; at.startsWith(`${root}/`); at = dirname(at)) all.add(at);
  for (const folder of [...all].sort((a, b) => b.length - a.length)) removeEmptyFolder(folder);
}

/** Removes a folder if it is empty; leaves it otherwise. */
export function removeEmptyFolder(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}
