import { isSystemError } from '../../base/errors.ts';
import { inPool } from '../../base/pool.ts';
import { isOurs } from '../../catalog/output.ts';
import { diskError } from '../../library/disk-error.ts';
import { standingAt } from '../../library/file-identity.ts';
import { sha256Of } from '../../library/sha256-of.ts';
import type { CleanItem, CleanPlan, Refused, Unwanted } from './clean-item.ts';

/** Files read at once. */
const AT_ONCE = 8;

/**
 * Looks at what we wrote: what is there and is ours may go; what was changed since, or is another file now, is the user's
 * and stays. What is not there is left out, and stays on record: its drive may only be unplugged.
 */
export async function judgeOutputs(unwanted: readonly Unwanted[], signal: AbortSignal): Promise<CleanPlan> {
  const judged: (CleanItem | Refused | undefined)[] = [];
  await inPool(unwanted, AT_ONCE, async (one, index) => {
    signal.throwIfAborted();
    judged[index] = await judge(one, signal);
  });
  const found = judged.filter((one) => one !== undefined);
  return {
    items: found.filter((one): one is CleanItem => 'reason' in one),
    refused: found.filter((one): one is Refused => !('reason' in one)),
  };
}

async function judge(
  { row, reason, why, kept }: Unwanted,
  signal: AbortSignal,
): Promise<CleanItem | Refused | undefined> {
  try {
    const now = standingAt(row.path);
    if (now === undefined) return undefined;
    const refuse = (says: string): Refused => ({ path: row.path, size: now.size, why: says });
    if (now.kind !== 'file') return refuse('Something else stands where it was written.');
    const isUntouched = row.size === now.size && row.mtime_ns === now.mtimeNs && row.intent_sha256 === null;
    // Read again when its turn comes: here it is only asked whether it is worth planning.
    const sha256 =
      isUntouched && row.done_sha256 !== null ? row.done_sha256 : await sha256Of(row.path, signal);
    if (!isOurs(row, sha256)) return refuse('It was changed since it was written, so it is yours.');
    const { size, mtimeNs, inode } = now;
    const about = { rootId: row.root_id ?? 0, fileId: row.file_id ?? 0 };
    return { reason, why, path: row.path, ...about, size, mtimeNs, inode, sha256, output: row, kept };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { path: row.path, size: 0, why: diskError(row.path, error).message };
  }
}
