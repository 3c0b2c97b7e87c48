import { restoreFiles } from '../../archive/clean/restore-files.ts';
import { trashFiles } from '../../archive/clean/trash-files.ts';
import type { JournalRoot } from '../../archive/organise/journal-roots.ts';
import type { OpenRun } from '../../catalog/journal.ts';
import type { Catalog } from '../../catalog/open.ts';
import { trashSteps } from '../../catalog/trash.ts';
import { shownPath } from '../../library/disk-path.ts';
import type { Deps } from '../deps.ts';
import { pruneCollected } from './move-to-trash.ts';

/**
 * Brings a `clean` that was killed to its end: what it planned is moved, what it was bringing back is brought back. Gives
 * what could not be done, in sentences. For who holds the lease.
 */
export async function recoverTrash(
  deps: Deps,
  catalog: Catalog,
  { runId, state }: OpenRun,
  { roots, signal }: { readonly roots: ReadonlyMap<number, JournalRoot>; readonly signal: AbortSignal },
): Promise<string[]> {
  const hostId = await deps.hostId();
  const steps = await trashSteps(catalog.db, hostId, { states: [state], runId });
  const options = { catalog, signal, now: () => deps.clock.now() };
  if (state === 'undoing') {
    const { left, stopped } = await restoreFiles(steps, { ...options, roots });
    return [
      ...left.map(({ step, why }) => `${shownPath(step.target)}: ${why}`),
      ...(stopped === undefined ? [] : [stopped.message]),
    ];
  }
  const failed = await trashSteps(catalog.db, hostId, { states: ['failed', 'dropped'], runId });
  const staying = new Set(failed.flatMap(({ step }) => (step.role === 'model' ? [step.file_id] : [])));
  const trashed = await trashFiles(steps, { ...options, resuming: true, staying });
  await pruneCollected(catalog, trashed);
  return [
    ...trashed.failures.map(({ error }) => error.message),
    ...(trashed.stopped === undefined ? [] : [trashed.stopped.message]),
  ];
}
