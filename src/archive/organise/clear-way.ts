import { existsSync } from 'node:fs';
import type { JournalStep } from '../../catalog/journal.ts';
import type { Catalog } from '../../catalog/open.ts';
import { outputsOf } from '../../catalog/output.ts';
import type { OutputRow } from '../../catalog/output.ts';
import { standingAt } from '../../library/file-identity.ts';
import { removeOutputs } from './remove-outputs.ts';

/** What is written again from the catalog whenever it is not there. */
const REMADE: readonly string[] = ['page', 'info', 'sidecar'];

/**
 * Notes of a moved model file may have left names that another file of its stem took since. Where these steps go back
 * to, what we wrote for such a file is removed: as far as it is as we wrote it and can be had again.
 */
export async function clearWay(catalog: Catalog, steps: readonly JournalStep[]): Promise<void> {
  const back = new Map(
    steps.flatMap((step) =>
      step.op === 'move' && standingAt(step.target) !== undefined ? [[step.source, step.file_id]] : [],
    ),
  );
  const rows = await outputsOf(catalog.db, { paths: [...back.keys()] });
  const others = rows.filter((row) => row.file_id !== null && row.file_id !== back.get(row.path));
  const own = await outputsOf(catalog.db, { fileIds: others.flatMap((row) => row.file_id ?? []) });
  const isHeldTwice = (row: OutputRow): boolean =>
    own.some(
      (other) =>
        other.path !== row.path &&
        other.image_id === row.image_id &&
        other.done_sha256 === row.done_sha256 &&
        existsSync(other.path),
    );
  await removeOutputs(
    catalog,
    others.filter((row) => REMADE.includes(row.kind) || (row.kind === 'preview' && isHeldTwice(row))),
  );
}
