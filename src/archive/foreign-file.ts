import { createHash } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import { isSystemError } from '../base/errors.ts';
import type { Catalog } from '../catalog/open.ts';
import { isOurs, outputsOf } from '../catalog/output.ts';

/** True when something that we did not write, or that was changed since, stands at a path (absolute). */
export async function isForeignAt(catalog: Catalog, path: string): Promise<boolean> {
  const row = (await outputsOf(catalog.db, { paths: [path] }))[0];
  try {
    const stats = await lstat(path, { bigint: true });
    if (row === undefined || row.kind === 'picture' || !stats.isFile()) return true;
    const isUntouched = row.size === Number(stats.size) && row.mtime_ns === String(stats.mtimeNs);
    if (isUntouched && row.done_sha256 !== null) return false;
    const bytes = await readFile(path);
    return !isOurs(row, createHash('sha256').update(bytes).digest('hex'));
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false;
    if (isSystemError(error)) return true;
    throw error;
  }
}
