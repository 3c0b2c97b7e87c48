import { dirname } from 'node:path';
import { openRuns, settleSteps, stepsOf } from '../../catalog/journal.ts';
import type { JournalStep } from '../../catalog/journal.ts';
import { shownPath } from '../../library/disk-path.ts';
import { standingAt } from '../../library/file-identity.ts';
import { removeStaleTemps } from '../../library/stale-temps.ts';
import { executeSteps } from './execute.ts';
import type { ExecuteOptions } from './execute.ts';
import { namesIn } from './plan-disk.ts';
import { undoSteps } from './undo.ts';

export interface RecoverOptions extends Omit<ExecuteOptions, 'resuming' | 'onFile'> {
  readonly hostId: string;
  /** False ends only what was begun, file by file: for an undo, which would take the rest back at once. */
  readonly finish: boolean;
}

export interface Recovered {
  /** Runs that were cut short and have come to an end now. */
  readonly runs: number;
  /** Steps that could not be taken, in sentences. */
  readonly problems: readonly string[];
}

/**
 * Brings runs that moved files within the library and were killed to their end: what they planned is finished, what they took back is taken back. The caller
 * holds the lease on the files of this host, so that none of them is still at work.
 */
export async function recoverRuns(options: RecoverOptions): Promise<Recovered> {
  const problems: string[] = [];
  const open = (await openRuns(options.catalog.db, options.hostId)).filter(({ verb }) => verb !== 'clean');
  for (const { runId, state } of open) {
    const steps = await stepsOf(options.catalog.db, runId, [state]);
    clearTemps(steps);
    if (state === 'undoing') {
      const undone = await undoSteps(steps, options);
      problems.push(
        ...undone.left.map(({ step, why }) => `${shownPath(step.target)}: ${why}`),
        ...undone.failed.map(({ error }) => error.message),
      );
      if (undone.stopped !== undefined) problems.push(undone.stopped.message);
    } else {
      const wanted = options.finish ? steps : await dropUnbegun(steps, options);
      const done = await executeSteps(wanted, { ...options, resuming: true });
      problems.push(...done.failures.map(({ error }) => error.message));
      if (done.stopped !== undefined) problems.push(done.stopped.message);
    }
  }
  return { runs: open.length, problems };
}

/** Copies that a kill cut short. */
function clearTemps(steps: readonly JournalStep[]): void {
  const folders = new Set(
    steps.flatMap((step) =>
      step.role === 'folder' ? [] : [dirname(shownPath(step.source)), dirname(shownPath(step.target))],
    ),
  );
  for (const folder of folders) removeStaleTemps(folder, new Map([['', namesIn(folder)]]));
}

/** Lets go of steps that were not begun; gives the others. What travels with a model file goes where that goes. */
async function dropUnbegun(
  steps: readonly JournalStep[],
  { catalog }: RecoverOptions,
): Promise<JournalStep[]> {
  const begun = new Set(
    steps
      .filter((step) => step.role === 'model' && standingAt(step.target) !== undefined)
      .map((step) => step.file_id),
  );
  const isBegun = (step: JournalStep): boolean =>
    step.role === 'folder' ||
    begun.has(step.file_id) ||
    (step.role === 'companion' && standingAt(step.target) !== undefined);
  const dropped = steps.filter((step) => !isBegun(step));
  const first = dropped[0];
  if (first !== undefined)
    await catalog.write((trx) =>
      settleSteps(
        trx,
        catalog.engine,
        first.run_id,
        dropped.map(({ position }) => ({ position, state: 'dropped' })),
      ),
    );
  return steps.filter(isBegun);
}
