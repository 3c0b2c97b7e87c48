import { formatBytes, formatCount } from '../../base/bytes.ts';
import { InterruptedError, UserError } from '../../base/errors.ts';
import { faultPoint } from '../../base/fault-point.ts';
import { restoreFiles } from '../../archive/clean/restore-files.ts';
import type { Restored } from '../../archive/clean/restore-files.ts';
import { journalRoots } from '../../archive/organise/journal-roots.ts';
import { beginUndo } from '../../catalog/journal.ts';
import type { Catalog } from '../../catalog/open.ts';
import { rootsOf } from '../../catalog/root.ts';
import { lastTrashRun, trashSteps } from '../../catalog/trash.ts';
import type { TrashStep } from '../../catalog/trash.ts';
import { shownPath } from '../../library/disk-path.ts';
import type { Deps } from '../deps.ts';
import { rewritePages } from '../organising/rewrite-pages.ts';
import { aloneIn } from '../scanning/alone-in.ts';
import { foldersWritten } from '../scanning/shared-galleries.ts';
import type { Failure, RunResult } from '../verb.ts';
import { counted, lineOf, totalOf } from './clean-lines.ts';

/** Which run `--restore` means: a number, or the last that put something into the trash. Throws UserError. */
async function chosenRun(deps: Deps, catalog: Catalog, text: string): Promise<number | undefined> {
  if (text === 'last') return await lastTrashRun(catalog.db, await deps.hostId());
  if (!/^\d{1,15}$/.test(text))
    throw new UserError(`--restore takes the number of a run, not "${text}".`, {
      code: 'bad-argument',
      next: 'civitarium clean --list shows them.',
    });
  return Number(text);
}

/** `clean --restore`: brings the files of a run back to where they were. For who holds the lease. */
export async function takeOut(
  deps: Deps,
  catalog: Catalog,
  text: string,
  signal: AbortSignal,
): Promise<RunResult> {
  const runId = await chosenRun(deps, catalog, text);
  const hostId = await deps.hostId();
  const wanted =
    runId === undefined ? [] : await trashSteps(catalog.db, hostId, { states: ['done', 'left'], runId });
  if (runId === undefined || wanted.length === 0) {
    if (text === 'last') return resultOf(0, undefined, ['The trash is empty.']);
    throw new UserError(`Run ${text} has nothing in the trash.`, {
      code: 'no-such-run',
      next: 'civitarium clean --list shows the runs that have.',
    });
  }
  const steps = wanted.map(({ step }) => ({ size: step.size, path: step.source }));
  if (deps.settings.dryRun)
    return resultOf(0, undefined, [
      ...steps.map(({ size, path }) => lineOf(size, path)),
      '',
      `${totalOf(steps)} would be brought back. Nothing was changed.`,
    ]);
  if (deps.terminal.interactive && !(await deps.terminal.confirm(`Bring ${totalOf(steps)} back?`)))
    return resultOf(0, undefined, ['Nothing was changed.']);
  const roots = await journalRoots(catalog.db, hostId);
  const rootIds = new Set(wanted.map(({ step }) => step.source_root_id));
  return await aloneIn(
    deps,
    foldersWritten(await rootsOf(catalog.db, hostId), rootIds, deps.cwd),
    async () => {
      await catalog.write((trx) => beginUndo(trx, runId));
      faultPoint('trash.restore-begun');
      const phase = deps.progress.phase('Bringing back', wanted.length, 'files');
      const restored = await restoreFiles(wanted, {
        catalog,
        roots,
        signal,
        now: () => deps.clock.now(),
        onSettled: (count) => phase.advance(count),
      });
      phase.end();
      if (restored.stopped instanceof InterruptedError) throw restored.stopped;
      const failures = await pagesAfter(deps, catalog, restored);
      const result = resultOf(wanted.length, restored, [summaryLine(wanted.length, restored)]);
      return {
        ...result,
        failures: [...result.failures, ...failures],
        exitCode: result.exitCode === 0 && failures.length > 0 ? 3 : result.exitCode,
        data: { run: runId },
      };
    },
  );
}

/** Galleries show model files that are back. */
async function pagesAfter(deps: Deps, catalog: Catalog, { restored }: Restored): Promise<readonly Failure[]> {
  const models = restored.flatMap(({ step }) => (step.role === 'model' ? [step] : []));
  if (models.length === 0) return [];
  const { failures } = await rewritePages(
    deps,
    catalog,
    new Set(models.map((step) => step.source_root_id)),
    new Set(models.map((step) => step.file_id)),
  );
  return failures;
}

function resultOf(
  steps: number,
  done: Restored | undefined,
  summary: readonly string[],
): RunResult & { readonly exitCode: 0 | 3 | 4 } {
  const failures: Failure[] = (done?.left ?? []).map(({ step, why }) => ({
    what: shownPath(step.source),
    code: 'left',
    why,
    next: `It is still in the trash: ${shownPath(step.target)}`,
  }));
  const stopped = done?.stopped;
  if (stopped !== undefined)
    failures.push({ what: 'disk', code: stopped.code, why: stopped.message, next: stopped.next });
  const counts = {
    steps,
    restored: done?.restored.length ?? 0,
    left: done?.left.length ?? 0,
    failed: steps - (done?.restored.length ?? 0) - (done?.left.length ?? 0),
  };
  const exitCode = stopped !== undefined ? 4 : failures.length > 0 ? 3 : 0;
  return { counts, warnings: [], failures, exitCode, summary: ['', ...summary] };
}

function summaryLine(steps: number, { restored, left }: Restored): string {
  return `${counted(steps)}   ${formatCount(restored.length)} brought back   ${formatCount(left.length)} left in the trash   ${formatBytes(sizeOf(restored))}`;
}

function sizeOf(steps: readonly Pick<TrashStep, 'step'>[]): number {
  return steps.reduce((sum, { step }) => sum + step.size, 0);
}
