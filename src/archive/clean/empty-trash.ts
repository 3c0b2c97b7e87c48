import { unlinkSync } from 'node:fs';
import { isSystemError } from '../../base/errors.ts';
import { faultPoint } from '../../base/fault-point.ts';
import { chunks } from '../../base/pool.ts';
import { settleSteps } from '../../catalog/journal.ts';
import type { JournalStep } from '../../catalog/journal.ts';
import type { Catalog } from '../../catalog/open.ts';
import { groupBy, readByKeys } from '../../catalog/upsert.ts';
import type { TrashStep } from '../../catalog/trash.ts';
import { diskError } from '../../library/disk-error.ts';
import { onDisk, shownPath } from '../../library/disk-path.ts';
import { standingAt } from '../../library/file-identity.ts';
import { pruneFolders } from '../../library/trash.ts';
import { copyPath } from './plan-copies.ts';

export interface Emptied {
  readonly removed: readonly TrashStep[];
  /** Files that stay in the trash, each with a sentence. */
  readonly left: readonly { readonly step: JournalStep; readonly why: string }[];
}

const BATCH = 512;

/**
 * Removes files from the trash for good: the only place where anything is. Only what a run put there, as it put it there;
 * a copy only while the one that was kept for it is there. What is gone already counts as removed.
 */
export async function emptyTrash(
  steps: readonly TrashStep[],
  { catalog, signal }: { readonly catalog: Catalog; readonly signal: AbortSignal },
): Promise<Emptied> {
  const total = { removed: [] as TrashStep[], left: [] as Emptied['left'][number][] };
  const places = await placesOfKept(catalog, steps);
  for (const batch of chunks(steps, BATCH)) {
    if (signal.aborted) break;
    const removed: TrashStep[] = [];
    for (const one of batch) {
      const why = removeOne(one, places);
      if (why === undefined) removed.push(one);
      else total.left.push({ step: one.step, why });
    }
    for (const [runId, some] of groupBy(removed, ({ step }) => step.run_id))
      await catalog.write((trx) =>
        settleSteps(
          trx,
          catalog.engine,
          runId,
          some.map(({ step }) => ({ position: step.position, state: 'emptied' })),
        ),
      );
    faultPoint('trash.emptied');
    total.removed.push(...removed);
  }
  for (const [folder, some] of groupBy(steps, (one) => one.folder))
    pruneFolders(
      folder,
      some.map(({ step }) => step.target),
    );
  return total;
}

/** Why it stays; `undefined` when it is no more. */
function removeOne(
  { step, kept }: TrashStep,
  places: ReadonlyMap<number, { readonly path: string; readonly size: number }>,
): string | undefined {
  try {
    const now = standingAt(step.target);
    if (now === undefined) return undefined;
    const inode = step.left_inode ?? step.inode;
    if (now.kind !== 'file' || now.size !== step.size || now.inode !== inode)
      return 'It was changed since it was put into the trash.';
    if (step.role === 'model') {
      const place = places.get(kept?.fileId ?? 0);
      const other = place === undefined ? undefined : standingAt(place.path);
      if (other?.kind !== 'file' || other.size !== place?.size)
        return 'The copy that was kept for it is not there any more: this may be the last one.';
    }
    unlinkSync(onDisk(step.target));
    faultPoint('trash.unlinked');
    return undefined;
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    return diskError(shownPath(step.target), cause).message;
  }
}

/** Where the copies that were kept lie by now, by library file. */
async function placesOfKept(
  catalog: Catalog,
  steps: readonly TrashStep[],
): Promise<Map<number, { path: string; size: number }>> {
  const rows = await readByKeys(
    steps.flatMap(({ kept }) => kept?.fileId ?? []),
    (some) =>
      catalog.db
        .selectFrom('file')
        .innerJoin('root', 'root.id', 'file.root_id')
        .select(['file.id', 'file.path', 'file.raw_path', 'file.size', 'root.path as root_path'])
        .where('file.id', 'in', some)
        .where('file.state', '=', 'present')
        .execute(),
  );
  return new Map(rows.map((row) => [row.id, { path: copyPath(row), size: row.size }]));
}
