import { journalRoots } from '../../archive/organise/journal-roots.ts';
import { recoverRuns } from '../../archive/organise/recover.ts';
import { rootsIn } from '../../archive/organise/undo.ts';
import { openRuns, stepsOf } from '../../catalog/journal.ts';
import type { Catalog } from '../../catalog/open.ts';
import { pagesDueOf } from '../../catalog/pages-due.ts';
import { rootsOf } from '../../catalog/root.ts';
import type { Deps } from '../deps.ts';
import { recoverTrash } from '../cleaning/recover-trash.ts';
import { aloneIn } from '../scanning/alone-in.ts';
import { layoutOf } from '../scanning/layout.ts';

export interface RecoveredHeld {
  /** What could not be done, in sentences. */
  readonly problems: readonly string[];
  /** Roots whose files lie elsewhere now: their pages are to be written. */
  readonly roots: ReadonlySet<number>;
  /** Library files that were moved by runs which ended before their pages were written. */
  readonly touched: ReadonlySet<number>;
  /** Those runs; say `pagesWritten` of them then. */
  readonly due: readonly number[];
}

/**
 * Ends what a killed `organize`, `undo` or `clean` began, but for the pages, for who holds the lease. `finish: false` ends
 * only the step that was begun, of what `undo` may take back.
 */
export async function recoverHeld(
  deps: Deps,
  catalog: Catalog,
  { signal, finish }: { readonly signal: AbortSignal; readonly finish: boolean },
): Promise<RecoveredHeld> {
  const hostId = await deps.hostId();
  const open = await openRuns(catalog.db, hostId);
  const due = await pagesDueOf(catalog.db, hostId);
  if (open.length === 0 && due.length === 0)
    return { problems: [], roots: new Set(), touched: new Set(), due: [] };
  const known = await journalRoots(catalog.db, hostId);
  const steps = await Promise.all(open.map(({ runId }) => stepsOf(catalog.db, runId)));
  const all = rootsIn(steps.flat());
  const laidOut = new Set(
    (await rootsOf(catalog.db, hostId)).flatMap((root) => (layoutOf(root) === undefined ? [] : [root.id])),
  );
  // Where a job that was cut short writes is known to the job alone, which begins anew.
  const roots = new Set(
    open.flatMap(({ verb }, index) =>
      [...rootsIn(steps[index] ?? [])].filter((id) => verb !== 'scan-paths' || laidOut.has(id)),
    ),
  );
  const owed = (await Promise.all(due.map((runId) => stepsOf(catalog.db, runId)))).flat();
  for (const id of rootsIn(owed)) roots.add(id);
  const folders = [...all].flatMap((id) => known.get(id)?.path ?? []);
  const problems = await aloneIn(deps, folders, async () => {
    const sentences: string[] = [];
    for (const run of open.filter(({ verb }) => verb === 'clean'))
      sentences.push(...(await recoverTrash(deps, catalog, run, { roots: known, signal })));
    const now = (): number => deps.clock.now();
    const moved = await recoverRuns({ catalog, hostId, finish, roots: known, now, signal });
    return [...sentences, ...moved.problems];
  });
  deps.progress.note('A run that was cut short while it moved files was brought to its end.');
  for (const problem of problems)
    deps.log.warn('A step of a run that was cut short could not be taken.', { why: problem });
  signal.throwIfAborted();
  const touched = new Set(owed.flatMap((step) => [step.file_id, step.made_file_id ?? step.file_id]));
  return { problems, roots, touched, due };
}
