import { AppError } from '../../base/errors.ts';
import type { Bounds } from '../../library/inside.ts';
import { moveAll } from '../../library/move.ts';
import type { FileMove } from '../../library/move.ts';
import { sha256Of } from '../../library/sha256-of.ts';
import type { HeldFile } from './held-bytes.ts';

/** Blocks shared, which leaves two files; one file under two names; or the bytes once more. */
const WAYS: readonly FileMove['op'][] = ['reflink', 'hardlink', 'copy'];

/**
 * Gives held bytes a second place (absolute) without fetching them: by shared blocks, else as a hard link, else as a
 * copy that is read back. The held file is read first: a damaged one is not multiplied, and `undefined` says so, as it
 * does when no way works. Throws LibraryError `disk-full` and InterruptedError.
 */
export async function shareBytes(
  held: HeldFile,
  target: string,
  options: { readonly sha256: string; readonly bounds: Bounds; readonly signal: AbortSignal },
): Promise<{ readonly size: number; readonly mtimeNs: string } | undefined> {
  const { sha256, bounds, signal } = options;
  if ((await sha256Of(held.path, signal).catch(() => undefined)) !== sha256) return undefined;
  for (const op of WAYS) {
    const [result] = await moveAll([{ ...held, op, source: held.path, target, sha256, bounds }], {
      signal,
      resuming: true,
    });
    if (result === undefined) return undefined;
    if ('now' in result) return result.now;
    const { error } = result;
    if (error.code === 'disk-full' || error.code === 'interrupted') throw error;
    if (error instanceof AppError && !['no-hardlink', 'no-reflink'].includes(error.code)) return undefined;
  }
  return undefined;
}
