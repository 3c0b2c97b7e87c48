import { openRuns } from '../../catalog/journal.ts';
import { pagesDueOf, pagesWritten } from '../../catalog/pages-due.ts';
import type { Deps } from '../deps.ts';

/**
 * Ends what a killed `organize` or `undo` began on this machine, before anything else looks at the files, and writes the
 * pages concerned. Costs one query when there is nothing, and loads what it needs only when there is something. Does
 * nothing under `--dry-run`, or while the run in question is still at work.
 */
export async function endCutMoves(deps: Deps): Promise<void> {
  if (deps.settings.dryRun) return;
  const catalog = await deps.catalog();
  const hostId = await deps.hostId();
  const isNothingOpen = (await openRuns(catalog.db, hostId)).length === 0;
  if (isNothingOpen && (await pagesDueOf(catalog.db, hostId)).length === 0) return;
  const [{ recoverHeld }, { ifFilesFree }, { rewritePagesAlone }] = await Promise.all([
    import('./recover-moves.ts'),
    import('./files-lease.ts'),
    import('./rewrite-pages.ts'),
  ]);
  await ifFilesFree(deps, catalog, async (signal) => {
    const { problems, roots, touched, due } = await recoverHeld(deps, catalog, { signal, finish: true });
    for (const problem of problems) deps.progress.note(problem);
    await rewritePagesAlone(deps, catalog, roots, touched);
    await pagesWritten(catalog, due);
  });
}
