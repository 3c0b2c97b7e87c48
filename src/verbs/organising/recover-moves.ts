import { journalRoots } from '../../archive/organise/journal-roots.ts';
import { recoverRuns } from '../../archive/organise/recover.ts';
import { rootsIn } from '../../archive/organise/undo.ts';
import { openRuns, stepsOf } from '../../catalog/journal.ts';
import type { Catalog } from '../../catalog/open.ts';
import type { Deps } from '../deps.ts';
import { aloneIn } from '../scanning/alone-in.ts';

export interface RecoveredHeld {
  /** What could not be done, in sentences. */
  readonly problems: readonly string[];
  /** Roots whose files lie elsewhere now: their pages are to be written. */
  readonly roots: ReadonlySet<number>;
}

/**
 * Ends what a killed `organize` or `undo` began, but for the pages, for who holds the lease. `finish: false` ends only
 * the step that was begun.
 */
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
