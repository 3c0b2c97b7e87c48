import { unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { InterruptedError, isSystemError } from '../../base/errors.ts';
import type { AppError } from '../../base/errors.ts';
import { faultPoint } from '../../base/fault-point.ts';
import { chunks } from '../../base/pool.ts';
import { settleSteps } from '../../catalog/journal.ts';
import type { JournalStep, StepOutcome } from '../../catalog/journal.ts';
import type { Catalog } from '../../catalog/open.ts';
import { outputsOf } from '../../catalog/output.ts';
import type { OutputRow } from '../../catalog/output.ts';
import {
  dropFiles,
  forgetDigests,
  noteChangeTimes,
  outdatePages,
  relocateFiles,
  relocateOutputs,
} from '../../catalog/relocate.ts';
import { diskError } from '../../library/disk-error.ts';
import { onDisk, shownPath } from '../../library/disk-path.ts';
import { isAsNoted, reachedAt, standingAt } from '../../library/file-identity.ts';
import type { Bounds } from '../../library/inside.ts';
import { moveAll } from '../../library/move.ts';
import type { FileMove, MoveResult } from '../../library/move.ts';
import { clearWay } from './clear-way.ts';
import { relocated } from './follow.ts';
import type { StepDone } from './follow.ts';
import { boundsBack, rootOf } from './journal-roots.ts';
import type { JournalRoot } from './journal-roots.ts';
import { judgeUndo } from './judge-undo.ts';
import type { UndoVerdict } from './judge-undo.ts';
import { leaveRoot, removeEmptyFolder, removeOutputs } from './remove-outputs.ts';

export interface UndoOptions {
  readonly catalog: Catalog;
  readonly roots: ReadonlyMap<number, JournalRoot>;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onSettled?: (steps: number) => void;
}

export interface Undone {
  readonly restored: number;
  /** Steps that stay as they are, each with a sentence. */
  readonly left: readonly { readonly step: JournalStep; readonly why: string }[];
  readonly failed: readonly { readonly step: JournalStep; readonly error: AppError }[];
  /** Library files that lie at their old place again, or whose copies are gone. */
  readonly touched: ReadonlySet<number>;
  readonly stopped: AppError | undefined;
}

interface Batch {
  readonly back: StepDone[];
  readonly removed: JournalStep[];
  readonly already: JournalStep[];
  readonly left: { step: JournalStep; why: string }[];
  readonly failed: { step: JournalStep; error: AppError }[];
  stopped: AppError | undefined;
}

const BATCH = 2048;

/**
 * Takes back steps of a run: each file is looked at first, and what is not as we left it stays and is told. Model files
 * before what travels with them, which stays where its model file stays. Can be killed at any moment and run again.
 */
export async function undoSteps(steps: readonly JournalStep[], options: UndoOptions): Promise<Undone> {
  const total = {
    restored: 0,
    left: [] as Batch['left'],
    failed: [] as Batch['failed'],
    touched: new Set<number>(),
    stopped: undefined as AppError | undefined,
  };
  await options.catalog.write((trx) => forgetDigests(trx, rootsIn(steps)));
  const files = steps.filter((step) => step.role !== 'folder');
  for (const some of chunks(byFile(files), BATCH)) {
    const batch = await undoBatch(some, options);
    const settled = await record(batch, options);
    for (const id of settled) total.touched.add(id);
    total.restored += batch.back.length + batch.removed.length + batch.already.length;
    total.left.push(...batch.left);
    total.failed.push(...batch.failed);
    options.onSettled?.(some.flat().length);
    total.stopped = batch.stopped;
    if (total.stopped !== undefined) return total;
  }
  for (const id of targetsOnly(steps)) await leaveRoot(options.catalog, id);
  await removeFolders(steps, options);
  return total;
}

/** The roots that steps go from or to. */
export function rootsIn(steps: readonly JournalStep[]): Set<number> {
  return new Set(steps.flatMap((step) => [step.source_root_id, step.target_root_id]));
}

/** Roots that files were only brought to: they may have been made for that. */
function targetsOnly(steps: readonly JournalStep[]): number[] {
  const sources = new Set(steps.filter((step) => step.role !== 'folder').map((step) => step.source_root_id));
  return [...rootsIn(steps)].filter((id) => !sources.has(id));
}

/** Groups of a model file and its companions, in the opposite order of the doing. */
function byFile(steps: readonly JournalStep[]): JournalStep[][] {
  const groups = new Map<number, JournalStep[]>();
  for (const step of steps) {
    const group = groups.get(step.file_id);
    if (group === undefined) groups.set(step.file_id, [step]);
    else group.push(step);
  }
  return [...groups.values()].reverse();
}

async function undoBatch(groups: readonly JournalStep[][], options: UndoOptions): Promise<Batch> {
  const batch: Batch = { back: [], removed: [], already: [], left: [], failed: [], stopped: undefined };
  const steps = groups.flat();
  const outputs = new Map(
    (await outputsOf(options.catalog.db, { paths: steps.map((step) => step.target) })).map((row) => [
      row.path,
      row,
    ]),
  );
  await undoSome(
    steps.filter((step) => step.role === 'model'),
    outputs,
    batch,
    options,
  );
  if (batch.stopped !== undefined) return batch;
  const staying = new Set([...batch.left, ...batch.failed].map(({ step }) => step.file_id));
  const companions = steps.filter((step) => step.role === 'companion');
  for (const step of companions)
    if (staying.has(step.file_id)) batch.left.push({ step, why: 'Its model file stays where it is.' });
  const going = companions.filter((step) => !staying.has(step.file_id));
  await clearWay(options.catalog, going);
  await undoSome(going, outputs, batch, options);
  return batch;
}

async function undoSome(
  steps: readonly JournalStep[],
  outputs: ReadonlyMap<string, OutputRow>,
  batch: Batch,
  options: UndoOptions,
): Promise<void> {
  const back: { step: JournalStep; move: FileMove }[] = [];
  const bounds = new Map<string, Bounds>();
  for (const step of steps) {
    if (options.signal.aborted) {
      batch.stopped ??= new InterruptedError();
      break;
    }
    const root = rootOf(options.roots, step.source_root_id);
    const verdict =
      step.op === 'move' && root.isAbsent
        ? ({ kind: 'leave', why: `The folder it came from is not there: ${root.path}` } as const)
        : await judgeSafely(step, outputs.get(step.target), options);
    if (verdict.kind === 'move-back')
      back.push({ step, move: backMove(step, verdict, backBounds(step, bounds, options)) });
    else if (verdict.kind === 'remove') removeMade(step, batch);
    else if (verdict.kind === 'done') batch.already.push(step);
    else batch.left.push({ step, why: verdict.why });
  }
  const results = await moveAll(
    back.map(({ move }) => move),
    { resuming: true },
  );
  for (const [index, { step }] of back.entries()) sort(step, results[index], batch);
}

async function judgeSafely(
  step: JournalStep,
  output: OutputRow | undefined,
  { signal }: UndoOptions,
): Promise<UndoVerdict> {
  try {
    return await judgeUndo(step, output, signal);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { kind: 'leave', why: diskError(shownPath(step.target), error).message };
  }
}

function backMove(
  step: JournalStep,
  { now }: Extract<UndoVerdict, { kind: 'move-back' }>,
  bounds: Bounds,
): FileMove {
  return {
    op: 'move',
    source: step.target,
    target: step.source,
    size: now.size,
    mtimeNs: now.mtimeNs,
    inode: now.inode,
    sha256: undefined,
    bounds,
  };
}

function backBounds(step: JournalStep, known: Map<string, Bounds>, { roots }: UndoOptions): Bounds {
  const folder = dirname(shownPath(step.source));
  const bounds = known.get(folder) ?? boundsBack(rootOf(roots, step.source_root_id), folder);
  known.set(folder, bounds);
  return bounds;
}

/** Removes a copy or link that we made and that is as we left it, while what it was made from is there. */
function removeMade(step: JournalStep, batch: Batch): void {
  try {
    unlinkSync(onDisk(step.target));
    faultPoint('move.unmade');
    batch.removed.push(step);
  } catch (cause) {
    batch.failed.push({ step, error: diskError(shownPath(step.target), cause) });
  }
}

function sort(step: JournalStep, result: MoveResult | undefined, batch: Batch): void {
  if (result === undefined) return;
  if ('now' in result) batch.back.push({ step, now: result.now });
  else if (result.error.code === 'disk-full') batch.stopped ??= result.error;
  else batch.failed.push({ step, error: result.error });
}

/** The catalog follows; gives the library files that are back, or whose copies are gone. What we wrote at the other place meanwhile goes. */
async function record(batch: Batch, { catalog, roots, now }: UndoOptions): Promise<number[]> {
  const { back, removed, already, left, failed } = batch;
  const runId = [
    ...back.map(({ step }) => step),
    ...removed,
    ...already,
    ...left.map(({ step }) => step),
    ...failed.map(({ step }) => step),
  ][0]?.run_id;
  if (runId === undefined) return [];
  const returned = [...back, ...already.flatMap((step) => seenBack(step))];
  const models = returned.filter(({ step }) => step.role === 'model');
  const copies = [...removed, ...already].filter((step) => step.role === 'model' && step.op !== 'move');
  const made = copies.flatMap((step) => step.made_file_id ?? []);
  const originals = copies.map((step) => step.file_id);
  const unlinked = copies.flatMap((step) => (step.op === 'hardlink' ? changeTime(step) : []));
  const outcomes: StepOutcome[] = [
    ...[...back.map(({ step }) => step), ...removed, ...already].map(({ position }) => ({
      position,
      state: 'undone' as const,
    })),
    ...left.map(({ step, why }) => ({ position: step.position, state: 'left' as const, problem: why })),
    ...failed.map(({ step, error }) => ({
      position: step.position,
      state: 'left' as const,
      problem: error.message,
    })),
  ];
  await catalog.write(async (trx) => {
    await relocateFiles(
      trx,
      catalog.engine,
      models.map(({ step, now: at }) => relocated(step, rootOf(roots, step.source_root_id), step.source, at)),
      now(),
    );
    const notes = returned.filter(({ step }) => step.role === 'companion');
    await relocateOutputs(
      trx,
      catalog.engine,
      notes.map(({ step, now: at }) => ({
        from: step.target,
        to: step.source,
        rootId: step.source_root_id,
        mtimeNs: at.mtimeNs,
      })),
    );
  });
  await removeLeftBehind(
    catalog,
    models.map(({ step }) => step),
    made,
  );
  await catalog.write(async (trx) => {
    await dropFiles(trx, made);
    await outdatePages(trx, originals);
    await noteChangeTimes(trx, catalog.engine, unlinked);
    await settleSteps(trx, catalog.engine, runId, outcomes);
  });
  faultPoint('move.undone');
  return [...models.map(({ step }) => step.file_id), ...originals];
}

/** Taking away a second name changes the file's change time, and nothing else of it. */
function changeTime(step: JournalStep): [number, string][] {
  const now = reachedAt(step.source);
  return now !== undefined && isAsNoted(now, { size: step.size, mtimeNs: step.mtime_ns, inode: step.inode })
    ? [[step.file_id, now.ctimeNs]]
    : [];
}

/** What a killed undo had brought back before the catalog knew. */
function seenBack(step: JournalStep): StepDone[] {
  const now = step.op === 'move' ? standingAt(step.source) : undefined;
  return now === undefined ? [] : [{ step, now }];
}

/** Notes that were written at a place which the model file has left again. */
async function removeLeftBehind(
  catalog: Catalog,
  models: readonly JournalStep[],
  made: readonly number[],
): Promise<void> {
  const folders = new Map(models.map((step) => [step.file_id, step]));
  const rows = await outputsOf(catalog.db, { fileIds: [...folders.keys(), ...made] });
  const isBehind = (row: OutputRow): boolean => {
    const step = folders.get(row.file_id ?? 0);
    if (step === undefined) return true;
    const at = dirname(row.path);
    return at === dirname(shownPath(step.target)) && at !== dirname(shownPath(step.source));
  };
  await removeOutputs(catalog, rows.filter(isBehind));
}

/** Folders that were not there before, inner ones first, as far as they are empty. */
async function removeFolders(steps: readonly JournalStep[], { catalog }: UndoOptions): Promise<void> {
  const folders = steps.filter((step) => step.role === 'folder').toReversed();
  const first = folders[0];
  if (first === undefined) return;
  for (const { target } of folders) removeEmptyFolder(target);
  await catalog.write((trx) =>
    settleSteps(
      trx,
      catalog.engine,
      first.run_id,
      folders.map(({ position }) => ({ position, state: 'undone' })),
    ),
  );
}
