import { journalRoots } from '../../archive/organise/journal-roots.ts';
import { recoverRuns } from '../../archive/organise/recover.ts';
import { rootsIn } from '../../archive/organise/undo.ts';
import { openRuns, stepsOf } from '../../catalog/journal.ts';
import type { Catalog } from '../../catalog/open.ts';
import type { Deps } from '../deps.ts';
import { aloneIn } from '../scanning/alone-in.ts';
import { ifFilesFree } from './files-lease.ts';
import { rewritePages } from './rewrite-pages.ts';

/**
 * Ends what a killed `organize` or `undo` began on this machine, before anything else looks at the files, and writes the
 * pages concerned. Costs one query when there is nothing. Does nothing under `--dry-run`, or while the run in question is
 * still at work.
 */
export async function recoverMoves(deps: Deps): Promise<void> {
  if (deps.settings.dryRun) return;
  const catalog = await deps.catalog();
  if ((await openRuns(catalog.db, await deps.hostId())).length === 0) return;
  await ifFilesFree(deps, catalog, async (signal) => {
    const { problems, roots } = await recoverHeld(deps, catalog, { signal, finish: true });
    for (const problem of problems) deps.progress.note(problem);
    await rewritePages(deps, catalog, roots, new Set());
  });
}

export interface RecoveredHeld {
  /** What could not be done, in sentences. */
  readonly problems: readonly string[];
  /** Roots whose files lie elsewhere now: their pages are to be written. */
  readonly roots: ReadonlySet<number>;
}

/** The same, but for the pages, for who holds the lease. `finish: false` ends only what was begun. */
export async function recoverHeld(
  deps: Deps,
  catalog: Catalog,
  { signal, finish }: { readonly signal: AbortSignal; readonly finish: boolean },
): Promise<RecoveredHeld> {
  const hostId = await deps.hostId();
  const open = await openRuns(catalog.db, hostId);
  if (open.length === 0) return { problems: [], roots: new Set() };
  const known = await journalRoots(catalog.db, hostId);
  const steps = await Promise.all(open.map(({ runId }) => stepsOf(catalog.db, runId)));
  const roots = rootsIn(steps.flat());
  const folders = [...roots].flatMap((id) => known.get(id)?.path ?? []);
  const { problems } = await aloneIn(deps, folders, () =>
    recoverRuns({ catalog, hostId, finish, roots: known, now: () => deps.clock.now(), signal }),
  );
  deps.progress.note('A run that was cut short while it moved files was brought to its end.');
  for (const problem of problems)
    deps.log.warn('A step of a run that was cut short could not be taken.', { why: problem });
  signal.throwIfAborted();
  return { problems, roots };
}
