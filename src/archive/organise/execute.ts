import { InterruptedError } from '../../base/errors.ts';
import type { AppError } from '../../base/errors.ts';
import { faultPoint } from '../../base/fault-point.ts';
import { chunks } from '../../base/pool.ts';
import { settleSteps } from '../../catalog/journal.ts';
import type { JournalStep, StepOutcome } from '../../catalog/journal.ts';
import type { Catalog } from '../../catalog/open.ts';
import { forgetDigests } from '../../catalog/relocate.ts';
import { moveAll } from '../../library/move.ts';
import type { FileMove, MoveResult } from '../../library/move.ts';
import { shownPath } from '../../library/disk-path.ts';
import type { FileIdentity } from '../../library/file-identity.ts';
import { followMoves } from './follow.ts';
import type { StepDone } from './follow.ts';
import { rootOf } from './journal-roots.ts';
import type { JournalRoot } from './journal-roots.ts';

export interface ExecuteOptions {
  readonly catalog: Catalog;
  readonly roots: ReadonlyMap<number, JournalRoot>;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** The steps may have been begun by a run that was killed. */
  readonly resuming: boolean;
  /** Told of each model file that was brought to its place, or could not be. */
  readonly onFile?: () => void;
}

export interface Executed {
  /** Library files that lie elsewhere now, or are new copies. */
  readonly touched: ReadonlySet<number>;
  /** Model files that were brought to their place. */
  readonly done: number;
  readonly failures: readonly StepFailure[];
  /** Why it ended before its end: the disk is full (what is left stays planned), or it was interrupted (it is dropped). */
  readonly stopped: AppError | undefined;
}

export interface StepFailure {
  readonly step: JournalStep;
  readonly error: AppError;
}

/** Model files with what travels with them, between two commits. */
const BATCH = 16_384;

/**
 * Takes the steps of a run: the model files of a batch, then what travels with those that went well, then the catalog
 * follows in one transaction. Whoever kills it at any moment leaves steps that can be taken again.
 */
export async function executeSteps(
  steps: readonly JournalStep[],
  options: ExecuteOptions,
): Promise<Executed> {
  const touched = new Set<number>();
  const failures: StepFailure[] = [];
  let done = 0;
  let stopped: AppError | undefined;
  await settleFolders(steps, options);
  for (const groups of chunks(groupsOf(steps), BATCH)) {
    const batch = await executeBatch(groups, stopped, options);
    // What a full disk or an interrupted recovery leaves is for the next command.
    const isPut = options.resuming || batch.stopped?.code === 'disk-full';
    for (const id of await record(
      isPut && batch.stopped !== undefined ? { ...batch, dropped: [] } : batch,
      options,
    ))
      touched.add(id);
    failures.push(...batch.failed);
    done += batch.done.filter(({ step }) => step.role === 'model').length;
    stopped ??= batch.stopped;
    if (isPut && stopped !== undefined) break;
  }
  return { touched, done, failures, stopped };
}

/** Folders are made on the way; their steps only tell an undo which ones were not there. */
async function settleFolders(steps: readonly JournalStep[], { catalog }: ExecuteOptions): Promise<void> {
  const folders = steps.filter((step) => step.role === 'folder');
  const moved = new Set(steps.flatMap((step) => [step.source_root_id, step.target_root_id]));
  await catalog.write(async (trx) => {
    await forgetDigests(trx, moved);
    await settleSteps(
      trx,
      catalog.engine,
      steps[0]?.run_id ?? 0,
      folders.map(({ position }) => ({ position, state: 'done' })),
    );
  });
}

/** Each model file's steps together. A group whose model file was settled before a kill has only the rest. */
function groupsOf(steps: readonly JournalStep[]): JournalStep[][] {
  const groups: JournalStep[][] = [];
  for (const step of steps) {
    if (step.role === 'folder') continue;
    const last = groups.at(-1);
    if (last !== undefined && step.role === 'companion' && last[0]?.file_id === step.file_id) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

interface Batch {
  readonly done: StepDone[];
  readonly failed: StepFailure[];
  readonly dropped: JournalStep[];
  stopped: AppError | undefined;
}

async function executeBatch(
  groups: readonly JournalStep[][],
  stopped: AppError | undefined,
  options: ExecuteOptions,
): Promise<Batch> {
  const batch: Batch = { done: [], failed: [], dropped: [], stopped };
  if (stopped !== undefined) {
    batch.dropped.push(...groups.flat());
    return batch;
  }
  const models = groups.flatMap((group) => group.filter((step) => step.role === 'model'));
  const { signal, resuming, onFile } = options;
  sort(models, await moveAll(movesOf(models, options), { signal, resuming, onMove: onFile }), batch);
  const failed = new Set([
    ...batch.failed.map(({ step }) => step.file_id),
    ...batch.dropped.map((step) => step.file_id),
  ]);
  const companions = groups.flatMap((group) => group.filter((step) => step.role === 'companion'));
  const wanted =
    batch.stopped?.code === 'disk-full' ? [] : companions.filter((step) => !failed.has(step.file_id));
  // What belongs to a file that is in its place comes along, also when the run is being stopped.
  sort(wanted, await moveAll(movesOf(wanted, options), { resuming }), batch);
  if (batch.stopped?.code !== 'disk-full')
    batch.dropped.push(...companions.filter((step) => failed.has(step.file_id)));
  return batch;
}

function movesOf(steps: readonly JournalStep[], { roots }: ExecuteOptions): FileMove[] {
  return steps.map((step) => ({
    op: step.op === 'mkdir' ? 'move' : step.op,
    source: step.source,
    target: step.target,
    size: step.size,
    mtimeNs: step.mtime_ns,
    inode: step.inode,
    sha256: step.sha256 ?? undefined,
    bounds: rootOf(roots, step.target_root_id).bounds,
  }));
}

/** Sorts what became of steps; those that a full disk stopped stay planned. */
function sort(steps: readonly JournalStep[], results: readonly MoveResult[], batch: Batch): void {
  for (const [index, step] of steps.entries()) {
    const result = results[index];
    if (result === undefined) continue;
    if ('now' in result) batch.done.push({ step, now: result.now });
    else if (result.error.code === 'disk-full') batch.stopped ??= result.error;
    else if (result.error instanceof InterruptedError) {
      batch.stopped ??= result.error;
      batch.dropped.push(step);
    } else batch.failed.push({ step, error: result.error });
  }
}

/** The catalog follows a batch; gives the library files concerned. */
async function record(batch: Batch, { catalog, roots, now }: ExecuteOptions): Promise<number[]> {
  const { done, failed, dropped } = batch;
  const runId = (done[0]?.step ?? failed[0]?.step ?? dropped[0])?.run_id;
  if (runId === undefined) return [];
  const touched = await catalog.write(async (trx) => {
    const followed = await followMoves(trx, catalog.engine, done, roots, now());
    const outcomes: StepOutcome[] = [
      ...done.map(({ step, now: left }) => doneOutcome(step, left, followed.made.get(step.file_id))),
      ...failed.map(({ step, error }) => ({
        position: step.position,
        state: 'failed' as const,
        problem: error.message,
      })),
      ...dropped.map(({ position }) => ({ position, state: 'dropped' as const })),
    ];
    await settleSteps(trx, catalog.engine, runId, outcomes);
    return followed.touched;
  });
  faultPoint('move.recorded');
  return touched;
}

function doneOutcome(step: JournalStep, left: FileIdentity, madeFileId: number | undefined): StepOutcome {
  const isSame = left.inode === step.inode && left.mtimeNs === step.mtime_ns;
  return {
    position: step.position,
    state: 'done',
    ...(isSame ? {} : { leftInode: left.inode, leftMtimeNs: left.mtimeNs }),
    ...(madeFileId === undefined ? {} : { madeFileId }),
  };
}

/** A failed step in the words of a run's result. */
export function failureOf({ step, error }: StepFailure): {
  what: string;
  code: string;
  why: string;
  next: string | undefined;
} {
  return { what: shownPath(step.source), code: error.code, why: error.message, next: error.next };
}
