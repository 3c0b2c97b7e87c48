import { join } from 'node:path';
import type { Sha256 } from '../../base/ids.ts';
import type { Catalog } from '../../catalog/open.ts';
import { transfersOf } from '../../catalog/transfer.ts';
import type { KnownHash } from '../hash-files.ts';
import type { StockFile } from '../take-stock.ts';

/**
 * Hashes of files (of the root at `root`, absolute) that `get` brought and that lie as it left them: they were taken
 * while the bytes came, so nothing has to be read again. By file id.
 */
export async function fetchedHashes(
  catalog: Pick<Catalog, 'db'>,
  hostId: string,
  files: readonly StockFile[],
  root: string,
): Promise<Map<number, KnownHash>> {
  const byPath = new Map(
    files
      .filter(({ walked }) => walked.rawPath === undefined)
      .map((file) => [join(root, file.walked.path), file]),
  );
  const rows = await transfersOf(catalog.db, hostId, { states: ['done'], paths: byPath.keys() });
  const hashes = new Map<number, KnownHash>();
  for (const row of rows) {
    const file = byPath.get(row.path);
    if (file === undefined || row.placed_sha256 === null) continue;
    const { size, mtimeNs } = file.walked;
    if (size !== row.placed_size || mtimeNs !== row.placed_mtime_ns) continue;
    hashes.set(file.fileId, { origin: 'fetched', sha256: row.placed_sha256 as Sha256 });
  }
  return hashes;
}
