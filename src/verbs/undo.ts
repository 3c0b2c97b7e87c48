import { formatCount } from '../base/bytes.ts';
import { InterruptedError, UserError } from '../base/errors.ts';
import { faultPoint } from '../base/fault-point.ts';
import { journalRoots } from '../archive/organise/journal-roots.ts';
import type { JournalRoot } from '../archive/organise/journal-roots.ts';
import { rootsIn, undoSteps } from '../archive/organise/undo.ts';
import type { Undone } from '../archive/organise/undo.ts';
import { beginUndo, lastJournalled, openRuns, stepsOf } from '../catalog/journal.ts';
import type { JournalStep } from '../catalog/journal.ts';
import type { Catalog } from '../catalog/open.ts';
import { notePagesDue, pagesDueOf, pagesWritten } from '../catalog/pages-due.ts';
import { rootsOf } from '../catalog/root.ts';
import { shownPath } from '../library/disk-path.ts';
import type { Deps } from './deps.ts';
import { numberOption } from './option.ts';
import type { Input } from './option.ts';
import { withFilesLease } from './organising/files-lease.ts';
import { recoverHeld } from './organising/recover-moves.ts';
import type { RecoveredHeld } from './organising/recover-moves.ts';
import { rewritePages, rewritePagesAlone } from './organising/rewrite-pages.ts';
import { recorded } from './record-run.ts';
import { aloneIn } from './scanning/alone-in.ts';
import { foldersWritten } from './scanning/shared-galleries.ts';
import type { Failure, RunResult, Verb } from './verb.ts';

const LINES_TO_CONFIRM = 60;

/** `civitarium undo`: take the last run back. */
export const undo: Verb = {
  name: 'undo',
  summary: 'take the last run of organize back',
  description:
    'Brings every file of the last organize run back to where it was, or removes the copies and links that the run made. Each file is looked at first: what was changed or moved since stays as it is and is listed, the rest is taken back. Said again, it takes the run before that back.',
  examples: [
    ['civitarium undo', 'shows what would go back where, and asks'],
    ['civitarium undo --yes', 'the same without asking, for scripts'],
    ['civitarium undo --run 12 --dry-run', 'what taking run 12 back would do'],
  ],
  arguments: [],
  options: [
    { name: 'run', kind: 'number', value: 'ID', summary: 'the run to take back (default: the last one)' },
  ],
  async run(deps, input) {
    const catalog = await deps.catalog();
    if (deps.settings.dryRun) {
      const runId = await chosenRun(deps, catalog, input);
      return planResult(runId === undefined ? [] : await stepsOf(catalog.db, runId, ['done', 'left']));
    }
    if (!deps.terminal.interactive && !deps.settings.yes) {
      throw new UserError('Taking a run back moves files, and nobody is here to be asked.', {
        code: 'needs-yes',
        next: 'Add --yes, or look first with --dry-run.',
      });
    }
    return await recorded(
      deps,
      'undo',
      input,
      async () =>
        await withFilesLease(deps, catalog, async (signal) => await takeBack(deps, catalog, input, signal)),
    );
  },
};

async function takeBack(deps: Deps, catalog: Catalog, input: Input, signal: AbortSignal): Promise<RunResult> {
  const cutShort = await cutUndo(deps, catalog);
  const recovered = await recoverHeld(deps, catalog, { signal, finish: false });
  // An undo that was killed is what "the last run" meant: it is done now, and the run before it is not to follow.
  if (cutShort !== undefined && numberOption(input, 'run') === undefined)
    return await finished(deps, catalog, cutShort, recovered);
  const runId = await chosenRun(deps, catalog, input);
  const planned = runId === undefined ? [] : await stepsOf(catalog.db, runId, ['done', 'left']);
  if (runId === undefined || planned.every(isFolder)) {
    if (recovered.due.length > 0) await rewritePagesAlone(deps, catalog, recovered.roots, recovered.touched);
    await pagesWritten(catalog, recovered.due);
    return { ...planResult([]), warnings: recovered.problems };
  }
  const roots = await journalRoots(catalog.db, await deps.hostId());
  checkPresent(planned, roots);
  if (!(await isWanted(deps, planned))) return { ...planResult(planned), summary: ['Nothing was changed.'] };
  return await aloneIn(
    deps,
    foldersWritten(await rootsOf(catalog.db, await deps.hostId()), rootsIn(planned), deps.cwd),
    async () => await carryOut({ deps, catalog, runId, roots, signal, recovered }),
  );
}

/** The run that an undo which was killed was taking back, or had taken back but for the pages. */
async function cutUndo(deps: Deps, catalog: Catalog): Promise<number | undefined> {
  const hostId = await deps.hostId();
  const open = (await openRuns(catalog.db, hostId)).find(
    ({ state, verb }) => state === 'undoing' && verb !== 'clean',
  );
  if (open !== undefined) return open.runId;
  for (const runId of await pagesDueOf(catalog.db, hostId)) {
    const steps = await stepsOf(catalog.db, runId);
    if (steps.some(({ state }) => state === 'undone') && !steps.some(({ state }) => state === 'done'))
      return runId;
  }
  return undefined;
}

/** Throws UserError `root-absent`: what would be brought back to a drive that is away would land beside it. */
function checkPresent(steps: readonly JournalStep[], roots: ReadonlyMap<number, JournalRoot>): void {
  const gone = steps.find((step) => step.op === 'move' && roots.get(step.source_root_id)?.isAbsent === true);
  if (gone === undefined) return;
  throw new UserError(`${roots.get(gone.source_root_id)?.path ?? ''} is not there: files came from it.`, {
    code: 'root-absent',
    next: 'Nothing was changed. Connect the drive, or make the folder again, then say undo again.',
  });
}

interface Work {
  readonly deps: Deps;
  readonly catalog: Catalog;
  readonly runId: number;
  readonly roots: ReadonlyMap<number, JournalRoot>;
  readonly signal: AbortSignal;
  readonly recovered: RecoveredHeld;
}

async function carryOut({ deps, catalog, runId, roots, signal, recovered }: Work): Promise<RunResult> {
  await catalog.write(async (trx) => {
    await notePagesDue(trx, runId);
    await beginUndo(trx, runId);
  });
  faultPoint('move.undo-begun');
  const steps = await stepsOf(catalog.db, runId, ['undoing']);
  const files = steps.filter((step) => !isFolder(step));
  const phase = deps.progress.phase('Taking back', files.length, 'files');
  const undone = await undoSteps(steps, {
    catalog,
    roots,
    now: () => deps.clock.now(),
    signal,
    onSettled: (count) => phase.advance(count),
  });
  phase.end();
  if (undone.stopped instanceof InterruptedError) throw undone.stopped;
  const pages =
    undone.stopped === undefined
      ? await rewritePages(
          deps,
          catalog,
          new Set([...rootsIn(steps), ...recovered.roots]),
          new Set([...undone.touched, ...recovered.touched]),
        )
      : undefined;
  if (pages !== undefined) await pagesWritten(catalog, [runId, ...recovered.due]);
  const result = resultOf(files.length, undone);
  const failures = [...result.failures, ...(pages?.failures ?? [])];
  const exitCode = result.exitCode === 0 && failures.length > 0 ? 3 : result.exitCode;
  return {
    ...result,
    failures,
    exitCode,
    warnings: [...recovered.problems, ...(pages?.warnings ?? [])],
    data: { run: runId, galleries: pages?.galleries ?? [] },
  };
}

function isFolder(step: JournalStep): boolean {
  return step.role === 'folder';
}

async function chosenRun(deps: Deps, catalog: Catalog, input: Input): Promise<number | undefined> {
  const wanted = numberOption(input, 'run');
  if (wanted === undefined) return await lastJournalled(catalog.db, await deps.hostId());
  const row = await catalog.db
    .selectFrom('journal_step')
    .innerJoin('run', 'run.id', 'journal_step.run_id')
    .select(['run_id', 'run.verb'])
    .where('run_id', '=', wanted)
    .where('run.host_id', '=', await deps.hostId())
    .executeTakeFirst();
  if (row?.verb === 'clean') {
    throw new UserError(`Run ${wanted} moved files into the trash.`, {
      code: 'is-clean',
      next: `civitarium clean --restore ${wanted} brings them back.`,
    });
  }
  if (row !== undefined) return row.run_id;
  throw new UserError(`Run ${wanted} moved no files on this machine.`, {
    code: 'no-such-run',
    next: 'Without --run the last one is taken back.',
  });
}

async function isWanted(deps: Deps, steps: readonly JournalStep[]): Promise<boolean> {
  if (!deps.terminal.interactive) return true;
  const lines = planLines(steps);
  for (const line of lines.slice(0, LINES_TO_CONFIRM)) deps.terminal.print(line);
  if (lines.length > LINES_TO_CONFIRM)
    deps.terminal.print(
      `… and ${formatCount(lines.length - LINES_TO_CONFIRM)} more; --dry-run lists them all.`,
    );
  return await deps.terminal.confirm(`Take ${formatCount(lines.length)} files back?`);
}

function planLines(steps: readonly JournalStep[]): string[] {
  return steps
    .filter((step) => !isFolder(step))
    .map((step) =>
      step.op === 'move'
        ? `${shownPath(step.target)}  →  ${shownPath(step.source)}`
        : `${shownPath(step.target)}  is removed`,
    );
}

function planResult(steps: readonly JournalStep[]): RunResult {
  const lines = planLines(steps);
  const summary =
    lines.length === 0
      ? ['There is nothing to take back.']
      : [...lines, '', `${formatCount(lines.length)} files would be taken back. Nothing was changed.`];
  return {
    counts: { steps: lines.length, restored: 0, left: lines.length, failed: 0 },
    warnings: [],
    failures: [],
    exitCode: 0,
    summary,
  };
}

function resultOf(steps: number, undone: Undone): RunResult {
  const failures: Failure[] = [
    ...undone.left.map(({ step, why }) => ({
      what: shownPath(step.target),
      code: 'left',
      why,
      next: 'It was left as it is.',
    })),
    ...undone.failed.map(({ step, error }) => ({
      what: shownPath(step.target),
      code: error.code,
      why: error.message,
      next: error.next,
    })),
  ];
  if (undone.stopped !== undefined)
    failures.push({
      what: 'disk',
      code: undone.stopped.code,
      why: undone.stopped.message,
      next: undone.stopped.next,
    });
  const counts = {
    steps,
    restored: undone.restored,
    left: undone.left.length,
    failed: steps - undone.restored - undone.left.length,
  };
  const exitCode = undone.stopped !== undefined ? 4 : failures.length > 0 ? 3 : 0;
  return { counts, warnings: [], failures, exitCode, summary: ['', summaryLine(counts)] };
}

/** The result of an undo that this command found half done and ended. */
async function finished(
  deps: Deps,
  catalog: Catalog,
  runId: number,
  recovered: RecoveredHeld,
): Promise<RunResult> {
  const steps = (await stepsOf(catalog.db, runId, ['undone', 'left', 'undoing'])).filter(
    (step) => !isFolder(step),
  );
  const left = steps.filter((step) => step.state === 'left');
  const restored = steps.filter((step) => step.state === 'undone').length;
  const [roots, touched] = [rootsIn(steps), new Set(steps.map((step) => step.file_id))];
  for (const id of recovered.roots) roots.add(id);
  for (const id of recovered.touched) touched.add(id);
  const pages = await rewritePagesAlone(deps, catalog, roots, touched);
  await pagesWritten(catalog, [runId, ...recovered.due]);
  const failures = left.map((step) => ({
    what: shownPath(step.target),
    code: 'left',
    why: step.problem ?? 'It was left as it is.',
  }));
  const counts = {
    steps: steps.length,
    restored,
    left: left.length,
    failed: steps.length - restored - left.length,
  };
  return {
    counts,
    warnings: pages.warnings,
    failures,
    exitCode: restored === steps.length ? 0 : 3,
    summary: ['', 'The undo that was cut short was finished.', summaryLine(counts)],
    data: { run: runId },
  };
}

function summaryLine(counts: Readonly<Record<'steps' | 'restored' | 'left' | 'failed', number>>): string {
  return `${formatCount(counts.steps)} files   ${formatCount(counts.restored)} taken back   ${formatCount(counts.left)} left as they are   ${formatCount(counts.failed)} failed`;
}
