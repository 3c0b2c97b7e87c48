import { dirname } from 'node:path';
import { InterruptedError, isSystemError } from '../../base/errors.ts';
import type { AppError } from '../../base/errors.ts';
import { faultPoint } from '../../base/fault-point.ts';
import { chunks } from '../../base/pool.ts';
import { settleSteps } from '../../catalog/journal.ts';
import type { JournalStep, StepOutcome } from '../../catalog/journal.ts';
import type { Catalog } from '../../catalog/open.ts';
import { restoreOutputs } from '../../catalog/output.ts';
import { forgetDigests, outdateAround, relocateFiles } from '../../catalog/relocate.ts';
import type { TrashStep } from '../../catalog/trash.ts';
import { diskError } from '../../library/disk-error.ts';
import { shownPath } from '../../library/disk-path.ts';
import { standingAt } from '../../library/file-identity.ts';
import type { FileIdentity } from '../../library/file-identity.ts';
import { boundsOf } from '../../library/inside.ts';
import type { Bounds } from '../../library/inside.ts';
import { moveAll } from '../../library/move.ts';
import type { FileMove } from '../../library/move.ts';
import { pruneFolders } from '../../library/trash.ts';
import { relocated } from '../organise/follow.ts';
import { boundsBack, rootOf } from '../organise/journal-roots.ts';
import type { JournalRoot } from '../organise/journal-roots.ts';
import { judgeUndo } from '../organise/judge-undo.ts';
import type { UndoVerdict } from '../organise/judge-undo.ts';

export interface RestoreOptions {
  readonly catalog: Catalog;
  readonly roots: ReadonlyMap<number, JournalRoot>;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onSettled?: (steps: number) => void;
}

export interface Restored {
  readonly restored: readonly TrashStep[];
  /** Steps that stay as they are, each with a sentence. */
  readonly left: readonly { readonly step: JournalStep; readonly why: string }[];
  readonly stopped: AppError | undefined;
}

interface Batch {
  readonly back: { readonly one: TrashStep; readonly now: FileIdentity }[];
  readonly left: { readonly step: JournalStep; readonly why: string }[];
  stopped: AppError | undefined;
}

const BATCH = 2048;

/**
 * Brings files back out of the trash to where they were, byte for byte. What was changed in the trash stays there, and
 * where something else stands now it stays too; both are told. Can be killed at any moment and run again.
 */
export async function restoreFiles(steps: readonly TrashStep[], options: RestoreOptions): Promise<Restored> {
  const { catalog } = options;
  const total = {
    restored: [] as TrashStep[],
    left: [] as Batch['left'],
    stopped: undefined as AppError | undefined,
  };
  await catalog.write((trx) => forgetDigests(trx, new Set(steps.map(({ step }) => step.source_root_id))));
  for (const some of chunks(steps, BATCH)) {
    const batch = await restoreBatch(some, options);
    await record(batch, options);
    total.restored.push(...batch.back.map(({ one }) => one));
    total.left.push(...batch.left);
    options.onSettled?.(some.length);
    total.stopped = batch.stopped;
    if (total.stopped !== undefined) break;
  }
  for (const folder of new Set(steps.map((one) => one.folder)))
    pruneFolders(
      folder,
      steps.flatMap((one) => (one.folder === folder ? [one.step.target] : [])),
    );
  return total;
}

async function restoreBatch(steps: readonly TrashStep[], options: RestoreOptions): Promise<Batch> {
  const batch: Batch = { back: [], left: [], stopped: undefined };
  const moves: { one: TrashStep; move: FileMove }[] = [];
  const bounds = new Map<string, Bounds>();
  for (const one of steps) {
    if (options.signal.aborted) {
      batch.stopped ??= new InterruptedError();
      break;
    }
    const verdict = await judgeSafely(one.step, options.signal);
    if (verdict.kind === 'move-back')
      moves.push({ one, move: moveBack(one.step, verdict.now, boundsFor(one.step, bounds, options)) });
    else if (verdict.kind === 'leave') batch.left.push({ step: one.step, why: verdict.why });
    else settleSeen(one, batch);
  }
  const results = await moveAll(
    moves.map(({ move }) => move),
    { resuming: true },
  );
  for (const [index, { one }] of moves.entries()) {
    const result = results[index];
    if (result === undefined) continue;
    if ('now' in result) batch.back.push({ one, now: result.now });
    else if (result.error.code === 'disk-full') batch.stopped ??= result.error;
    else batch.left.push({ step: one.step, why: result.error.message });
  }
  return batch;
}

/** A killed restore had brought it back before the catalog knew. */
function settleSeen(one: TrashStep, batch: Batch): void {
  const now = standingAt(one.step.source);
  if (now !== undefined) batch.back.push({ one, now });
  else batch.left.push({ step: one.step, why: 'It is neither in the trash nor where it was.' });
}

async function judgeSafely(step: JournalStep, signal: AbortSignal): Promise<UndoVerdict> {
  try {
    return await judgeUndo(step, undefined, signal);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { kind: 'leave', why: diskError(shownPath(step.target), error).message };
  }
}

function moveBack(step: JournalStep, now: FileIdentity, bounds: Bounds): FileMove {
  const { size, mtimeNs, inode } = now;
  const sha256 = step.sha256 ?? undefined;
  return { op: 'move', source: step.target, target: step.source, size, mtimeNs, inode, sha256, bounds };
}

/** Within its root; what we wrote into a folder elsewhere goes back into that. */
function boundsFor(step: JournalStep, known: Map<string, Bounds>, { roots }: RestoreOptions): Bounds {
  const folder = dirname(shownPath(step.source));
  const root = roots.get(step.source_root_id);
  const isIn = root !== undefined && (folder === root.path || folder.startsWith(`${root.path}/`));
  const bounds = known.get(folder) ?? (isIn ? boundsBack(root, folder) : boundsOf(folder));
  known.set(folder, bounds);
  return bounds;
}

async function record({ back, left }: Batch, { catalog, roots, now }: RestoreOptions): Promise<void> {
  const runId = (back[0]?.one.step ?? left[0]?.step)?.run_id;
  if (runId === undefined) return;
  const outcomes: StepOutcome[] = [
    ...back.map(({ one }) => ({ position: one.step.position, state: 'undone' as const })),
    ...left.map(({ step, why }) => ({ position: step.position, state: 'left' as const, problem: why })),
  ];
  await catalog.write(async (trx) => {
    const models = back.flatMap(({ one: { step }, now: at }) =>
      step.role === 'model' ? [relocated(step, rootOf(roots, step.source_root_id), step.source, at)] : [],
    );
    await relocateFiles(trx, catalog.engine, models, now());
    await outdateAround(
      trx,
      models.map((model) => model.fileId),
    );
    await restoreOutputs(
      trx,
      back.flatMap(({ one, now: at }) =>
        one.output === undefined ? [] : [{ ...one.output, mtime_ns: at.mtimeNs }],
      ),
    );
    await settleSteps(trx, catalog.engine, runId, outcomes);
  });
  faultPoint('trash.restored');
}
