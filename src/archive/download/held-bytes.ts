import { join } from 'node:path';
import type { Catalog } from '../../catalog/open.ts';
import { transfersOf } from '../../catalog/transfer.ts';
import { readByKeys } from '../../catalog/upsert.ts';
import { reachedAt } from '../../library/file-identity.ts';

/** A file on this machine that holds some bytes. */
export interface HeldFile {
  /** Absolute. */
  readonly path: string;
  readonly size: number;
  readonly mtimeNs: string;
  readonly inode: string;
}

/**
 * Files of this host that hold bytes of these SHA-256, as far as they are known and are on the disk as they were when
 * they were read: models of every root, and what was brought before.
 */
export async function heldBytes(
  catalog: Pick<Catalog, 'db'>,
  hostId: string,
  sha256s: Iterable<string>,
): Promise<Map<string, HeldFile[]>> {
  const wanted = [...new Set(sha256s)];
  const rows = await readByKeys(wanted, (some) =>
    catalog.db
      .selectFrom('file')
      .innerJoin('blob', 'blob.id', 'file.blob_id')
      .innerJoin('root', 'root.id', 'file.root_id')
      .select([
        'blob.sha256',
        'root.path as root',
        'file.path',
        'file.size',
        'file.mtime_ns',
        'file.raw_path',
      ])
      .where('blob.sha256', 'in', some)
      .where('file.state', '=', 'present')
      .where('root.host_id', '=', hostId)
      .orderBy('root.path')
      .orderBy('file.path_key')
      .execute(),
  );
  const placed = await transfersOf(catalog.db, hostId, { states: ['done'], sha256s: wanted });
  const held = new Map<string, Map<string, HeldFile>>();
  const add = (sha256: string, path: string, size: number, mtimeNs: string): void => {
    const now = reachedAt(path);
    if (now?.kind !== 'file' || now.size !== size || now.mtimeNs !== mtimeNs) return;
    const files = held.get(sha256) ?? new Map<string, HeldFile>();
    held.set(sha256, files.set(path, { path, size, mtimeNs, inode: now.inode }));
  };
  // A name that is not UTF-8 can't be told in text; such a file is fetched rather than guessed at.
  for (const row of rows)
    if (row.raw_path === null) add(row.sha256, join(row.root, row.path), row.size, row.mtime_ns);
  for (const row of placed)
    add(row.placed_sha256 ?? '', row.path, row.placed_size ?? -1, row.placed_mtime_ns ?? '');
  return new Map([...held].map(([sha256, files]) => [sha256, [...files.values()]]));
}
