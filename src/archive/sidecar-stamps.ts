import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../catalog/open.ts';
import { notesOfRoot } from '../catalog/user-field.ts';
import type { WalkedRoot } from './take-stock.ts';

/** A note as it lies on disk: enough to see that it is another one by now. */
export interface Stamp {
  /** Base name. */
  readonly name: string;
  readonly size: number;
  readonly mtimeNs: string;
}

/** The stamp of a file; `undefined` when there is none, or no file. */
export function stampOf(folder: string, name: string): Stamp | undefined {
  const stats = statSync(join(folder, name), { bigint: true, throwIfNoEntry: false });
  return stats?.isFile() === true
    ? { name, size: Number(stats.size), mtimeNs: stats.mtimeNs.toString() }
    : undefined;
}

/** True when a note that was read is another one by now, or gone. New ones show in the folder's names. */
export async function areNotesChanged(
  catalog: Pick<Catalog, 'db'>,
  { root, target }: Pick<WalkedRoot, 'root' | 'target'>,
): Promise<boolean> {
  for (const row of await notesOfRoot(catalog.db, root.id)) {
    const stamp = stampOf(join(target.root, row.folder), row.name);
    if (stamp?.size !== row.size || stamp.mtimeNs !== row.mtime_ns) return true;
  }
  return false;
}
