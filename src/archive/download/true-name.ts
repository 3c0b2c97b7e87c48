import { basename, dirname, join } from 'node:path';
import type { Transfer, TransferEnd } from '../../catalog/transfer.ts';
import { standingAt } from '../../library/file-identity.ts';
import { sha256Of } from '../../library/sha256-of.ts';
import { kindOf } from './kinds.ts';
import { withWord } from './name-files.ts';

/** A transfer that came to its end well. */
export type Placed = Extract<TransferEnd, { state: 'done' }>;

/** What was placed under the name that its bytes gave it: a run was killed before it could say so. */
export async function standingByTrueName(row: Transfer, signal: AbortSignal): Promise<Placed | undefined> {
  if (row.kept_sha256 === null) return undefined;
  for (const name of kindOf(row.kind).otherNames?.(basename(row.path)) ?? []) {
    const path = join(dirname(row.path), name);
    const standing = standingAt(path);
    if (standing?.kind !== 'file' || (await sha256Of(path, signal)) !== row.kept_sha256) continue;
    const { size, mtimeNs } = standing;
    return { state: 'done', how: 'fetched', path, sha256: row.kept_sha256, size, mtimeNs, verified: false };
  }
  return undefined;
}

/**
 * Where a picture goes now that its bytes are known: beside a file of the user's that has its name, or nowhere when that is
 * the same picture.
 */
export async function placeByTrueName(
  row: Transfer,
  name: string,
  sha256: string,
  signal: AbortSignal,
): Promise<string | Placed> {
  const folder = dirname(row.path);
  if (kindOf(row.kind).trueName === undefined) return join(folder, name);
  for (let count = 1; ; count += 1) {
    const path = join(folder, count === 1 ? name : withWord(name, String(count)));
    const standing = standingAt(path);
    if (standing === undefined) return path;
    if (standing.kind !== 'file' || (await sha256Of(path, signal)) !== sha256) continue;
    const { size, mtimeNs } = standing;
    return { state: 'done', how: 'held', path, sha256, size, mtimeNs, verified: false };
  }
}
