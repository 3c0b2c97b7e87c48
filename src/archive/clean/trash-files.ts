import { dirname } from 'node:path';
import { InterruptedError, isSystemError, LibraryError } from '../../base/errors.ts';
import type { AppError } from '../../base/errors.ts';
import { faultPoint } from '../../base/fault-point.ts';
import { chunks } from '../../base/pool.ts';
import { markGone } from '../../catalog/file.ts';
import { settleSteps } from '../../catalog/journal.ts';
import type { JournalStep, StepOutcome } from '../../catalog/journal.ts';
import type { Catalog } from '../../catalog/open.ts';
import { forgetOutputs } from '../../catalog/output.ts';
import { forgetDigests, outdateAround } from '../../catalog/relocate.ts';
import type { TrashStep } from '../../catalog/trash.ts';
import { diskError } from '../../library/disk-error.ts';
import { onDisk, shownPath } from '../../library/disk-path.ts';
import { isAsNoted, standingAt } from '../../library/file-identity.ts';
import { boundsOf } from '../../library/inside.ts';
import type { Bounds } from '../../library/inside.ts';
import { moveAll } from '../../library/move.ts';
import type { FileMove, MoveResult } from '../../library/move.ts';
import { sha256Of } from '../../library/sha256-of.ts';

export interface TrashOptions {
  readonly catalog: Catalog;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** The steps may have been begun by a run that was killed. */
  readonly resuming: boolean;
  /** Library files whose model file stayed in an earlier part of the run: what is about them stays too. */
  readonly staying?: ReadonlySet<number>;
  readonly onFile?: () => void;
}

export interface Trashed {
  readonly done: readonly TrashStep[];
  readonly failures: readonly { readonly step: JournalStep; readonly error: AppError }[];
  /** Why it ended before its end: the disk is full (what is left stays planned), or it was interrupted (it is dropped). */
  readonly stopped: AppError | undefined;
}

/** Files between two commits. */
const BATCH = 2048;

/**
 * Moves files into the trash. Each is looked at just before: what we wrote is read and must hash to what we wrote, a model
 * file must be as it was planned with, and the copy that is kept for it must stand. Model files come first in a plan, so
 * that what is about one stays where its model file stays. Whoever kills it at any moment leaves steps that can be taken
 * again.
 */
export async function trashFiles(steps: readonly TrashStep[], options: TrashOptions): Promise<Trashed> {
  const { catalog } = options;
  const total = {
    done: [] as TrashStep[],
    failures: [] as { step: JournalStep; error: AppError }[],
    stopped: undefined as AppError | undefined,
  };
  const staying = new Set(options.staying);
  await catalog.write((trx) => forgetDigests(trx, new Set(steps.map(({ step }) => step.source_root_id))));
  for (const batch of chunks(steps, BATCH)) {
    const part = await trashBatch(batch, staying, total.stopped, options);
    await record(part, options);
    total.done.push(...part.done);
    total.failures.push(...part.failed);
    total.stopped ??= part.stopped;
    for (const { step } of part.failed) if (step.role === 'model') staying.add(step.file_id);
    if (total.stopped?.code === 'disk-full') break;
  }
  return total;
}

interface Batch {
  readonly done: TrashStep[];
  readonly failed: { step: JournalStep; error: AppError }[];
  readonly dropped: JournalStep[];
  stopped: AppError | undefined;
}

async function trashBatch(
  steps: readonly TrashStep[],
  staying: ReadonlySet<number>,
  stopped: AppError | undefined,
  options: TrashOptions,
): Promise<Batch> {
  const batch: Batch = { done: [], failed: [], dropped: [], stopped };
  const failing = new Set(staying);
  for (const role of ['model', 'companion'] as const) {
    const moving: TrashStep[] = [];
    for (const one of steps.filter(({ step }) => step.role === role)) {
      if (batch.stopped !== undefined || options.signal.aborted) {
        batch.stopped ??= new InterruptedError();
        batch.dropped.push(one.step);
      } else if (role === 'companion' && failing.has(one.step.file_id))
        batch.failed.push({ step: one.step, error: modelStays(one.step) });
      else {
        const error = await objectionTo(one, options);
        if (error === undefined) moving.push(one);
        else batch.failed.push({ step: one.step, error });
      }
    }
    sort(moving, await moveAll(movesOf(moving), options), batch, options);
    for (const { step } of batch.failed) if (step.role === 'model') failing.add(step.file_id);
  }
  return batch;
}

/** A last look at a file before it is moved; nothing when all is as it was planned. */
async function objectionTo(
  { step, output, kept }: TrashStep,
  { resuming, signal }: TrashOptions,
): Promise<AppError | undefined> {
  try {
    const now = standingAt(step.source);
    // Its target may stand already; the move finds out.
    if (now === undefined) return undefined;
    const known = { size: step.size, mtimeNs: step.mtime_ns, inode: step.inode };
    if (!isAsNoted(now, known) && !(resuming && now.kind === 'file' && now.size === step.size))
      return changed(step.source);
    if (output !== undefined && (await sha256Of(onDisk(step.source), signal)) !== step.sha256)
      return changed(step.source);
    if (step.role !== 'model') return undefined;
    const stays = kept === undefined ? undefined : standingAt(kept.path);
    return kept === undefined || stays === undefined || !isAsNoted(stays, kept)
      ? notKept(step.source)
      : undefined;
  } catch (cause) {
    if (signal.aborted) return new InterruptedError();
    if (!isSystemError(cause)) throw cause;
    return diskError(shownPath(step.source), cause);
  }
}

function movesOf(steps: readonly TrashStep[]): FileMove[] {
  const bounds = new Map<string, Bounds>();
  return steps.map(({ step, folder }) => {
    const own = bounds.get(folder) ?? boundsOf(dirname(folder));
    bounds.set(folder, own);
    const { source, target, size, mtime_ns: mtimeNs, inode, sha256 } = step;
    return { op: 'move', source, target, size, mtimeNs, inode, sha256: sha256 ?? undefined, bounds: own };
  });
}

function sort(
  steps: readonly TrashStep[],
  results: readonly MoveResult[],
  batch: Batch,
  { onFile }: TrashOptions,
): void {
  for (const [index, one] of steps.entries()) {
    const result = results[index];
    onFile?.();
    if (result === undefined) continue;
    if ('now' in result) {
      const { mtimeNs, inode } = result.now;
      batch.done.push({ ...one, step: { ...one.step, left_mtime_ns: mtimeNs, left_inode: inode } });
    } else if (result.error.code === 'disk-full') batch.stopped ??= result.error;
    else if (result.error instanceof InterruptedError) {
      batch.stopped ??= result.error;
      batch.dropped.push(one.step);
    } else batch.failed.push({ step: one.step, error: result.error });
  }
}

/** The catalog follows: what we wrote is no longer ours to find there, and a model file is gone. */
async function record(
  { done, failed, dropped }: Batch,
  { catalog, now, resuming }: TrashOptions,
): Promise<void> {
  const runId = (done[0]?.step ?? failed[0]?.step ?? dropped[0])?.run_id;
  if (runId === undefined) return;
  const outcomes: StepOutcome[] = [
    ...done.map(({ step }) => doneOutcome(step)),
    ...failed.map(({ step, error }) => ({
      position: step.position,
      state: 'failed' as const,
      problem: error.message,
    })),
    // What an interrupted recovery leaves is for the next command.
    ...(resuming ? [] : dropped.map(({ position }) => ({ position, state: 'dropped' as const }))),
  ];
  await catalog.write(async (trx) => {
    await forgetOutputs(
      trx,
      done.flatMap(({ step }) => (step.role === 'companion' ? [step.source] : [])),
    );
    const models = done.flatMap(({ step }) => (step.role === 'model' ? [step.file_id] : []));
    await markGone(trx, models, now());
    await outdateAround(trx, models);
    await settleSteps(trx, catalog.engine, runId, outcomes);
  });
  faultPoint('trash.recorded');
}

function doneOutcome(step: JournalStep): StepOutcome {
  const isSame = step.left_inode === step.inode && step.left_mtime_ns === step.mtime_ns;
  return {
    position: step.position,
    state: 'done',
    ...(isSame
      ? {}
      : { leftInode: step.left_inode ?? undefined, leftMtimeNs: step.left_mtime_ns ?? undefined }),
  };
}

function changed(path: string): LibraryError {
  return new LibraryError(`It was changed since it was looked at: ${shownPath(path)}`, {
    code: 'file-changed',
    next: 'It stays where it is. Run the same command again to see whether it still would go.',
  });
}

function modelStays(step: JournalStep): LibraryError {
  return new LibraryError(`Its model file stays where it is: ${shownPath(step.source)}`, {
    code: 'left',
    next: 'It stays too.',
  });
}

function notKept(path: string): LibraryError {
  return new LibraryError(`The copy to be kept is not as it was: ${shownPath(path)}`, {
    code: 'last-copy',
    next: 'Nothing was moved. Scan the folders again.',
  });
}
