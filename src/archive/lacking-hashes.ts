import { hashesOf } from '../catalog/blob.ts';
import type { Catalog } from '../catalog/open.ts';

/** Those of some blobs of which a hash of these kinds was never made: their files were read before it was asked for. */
export async function blobsLacking(
  { db }: Pick<Catalog, 'db'>,
  blobIds: Iterable<number>,
  kinds: readonly string[],
): Promise<Set<number>> {
  const all = new Set(blobIds);
  if (kinds.length === 0 || all.size === 0) return new Set();
  const known = await hashesOf(db, all);
  return new Set([...all].filter((id) => kinds.some((kind) => known.get(id)?.has(kind) !== true)));
}
