import { formatBytes, formatCount } from '../../base/bytes.ts';
import { formatDay } from '../../base/dates.ts';
import { parseDuration } from '../../base/durations.ts';
import { UserError } from '../../base/errors.ts';
import { emptyTrash } from '../../archive/clean/empty-trash.ts';
import type { Catalog } from '../../catalog/open.ts';
import { trashSteps } from '../../catalog/trash.ts';
import type { TrashStep } from '../../catalog/trash.ts';
import { groupBy } from '../../catalog/upsert.ts';
import { shownPath } from '../../library/disk-path.ts';
import { standingAt } from '../../library/file-identity.ts';
import type { Deps } from '../deps.ts';
import { textOption } from '../option.ts';
import type { Input } from '../option.ts';
import type { RunResult } from '../verb.ts';
import { counted, lineOf, totalOf } from './clean-lines.ts';

/** Steps whose file may lie in the trash. */
const IN_TRASH = ['done', 'left'] as const;

/** `clean --list`: what lies in the trash, by run. */
export async function listTrash(deps: Deps, catalog: Catalog): Promise<RunResult> {
  const found = await trashSteps(catalog.db, await deps.hostId(), { states: IN_TRASH });
  const steps = found.filter(({ step }) => isThere(step.target));
  const runs = groupBy(steps, ({ step }) => step.run_id);
  for (const [runId, some] of runs) {
    const at = some[0]?.at ?? 0;
    deps.terminal.print(`run ${runId}   ${formatDay(at)}   ${totalOf(sizesOf(some))}`);
    for (const { step } of some) deps.terminal.print(lineOf(step.size, step.source));
    deps.terminal.print('');
  }
  const bytes = bytesOf(steps);
  return {
    counts: { total: steps.length, runs: runs.size, bytes },
    warnings: [],
    failures: [],
    exitCode: 0,
    summary:
      steps.length === 0
        ? ['The trash is empty.']
        : [
            `${counted(steps.length)} of ${formatCount(runs.size)} ${runs.size === 1 ? 'run' : 'runs'}, ${formatBytes(bytes)}`,
            'civitarium clean --restore RUN brings them back.',
          ],
    data: {
      runs: [...runs].map(([run, some]) => ({
        run,
        at: new Date(some[0]?.at ?? 0).toISOString(),
        bytes: bytesOf(some),
        folders: [...new Set(some.map(({ folder }) => folder))],
        files: some.map(({ step, reason }) => ({
          path: shownPath(step.source),
          size: step.size,
          reason,
        })),
      })),
    },
  };
}

/** How old a run must be for its files to be removed, ms. Throws UserError `bad-argument`. */
export function readAge(input: Input): number {
  const text = textOption(input, 'older-than') ?? '30d';
  const age = parseDuration(text);
  if (age !== undefined) return age;
  throw new UserError(`--older-than takes a span such as 12h, 30d or 8w, not "${text}".`, {
    code: 'bad-argument',
  });
}

/** `clean --empty-trash`: removes for good what lies there long enough. For who holds the lease. */
export async function emptyOut(
  deps: Deps,
  catalog: Catalog,
  ageMs: number,
  signal: AbortSignal,
): Promise<RunResult> {
  const before = deps.clock.now() - ageMs;
  const steps = await trashSteps(catalog.db, await deps.hostId(), { states: IN_TRASH, before });
  if (steps.length === 0) return emptied(0, [], [], ['Nothing in the trash is as old as that.']);
  const total = totalOf(sizesOf(steps));
  if (deps.settings.dryRun)
    return emptied(0, [], [], [
      ...steps.map(({ step }) => lineOf(step.size, step.source)),
      '',
      `${total} would be removed for good. Nothing was changed.`,
    ]); // prettier-ignore
  if (
    deps.terminal.interactive &&
    !(await deps.terminal.confirm(`Remove ${total} for good? Nothing brings them back.`))
  )
    return emptied(0, [], [], ['Nothing was changed.']);
  const { removed, left } = await emptyTrash(steps, { catalog, signal });
  signal.throwIfAborted();
  return emptied(steps.length, removed, left, [
    `${counted(removed.length)} removed for good, ${formatBytes(bytesOf(removed))} gained`,
    ...(left.length === 0 ? [] : [`${counted(left.length)} left in the trash`]),
  ]);
}

function emptied(
  total: number,
  removed: readonly TrashStep[],
  left: Awaited<ReturnType<typeof emptyTrash>>['left'],
  summary: readonly string[],
): RunResult {
  return {
    counts: { total, removed: removed.length, left: left.length, bytes: bytesOf(removed) },
    warnings: [],
    failures: left.map(({ step, why }) => ({
      what: shownPath(step.target),
      code: 'left',
      why,
      next: 'It was left as it is.',
    })),
    exitCode: left.length > 0 ? 3 : 0,
    summary: ['', ...summary],
  };
}

function isThere(path: string): boolean {
  return standingAt(path) !== undefined;
}

function sizesOf(steps: readonly Pick<TrashStep, 'step'>[]): { size: number }[] {
  return steps.map(({ step }) => ({ size: step.size }));
}

function bytesOf(steps: readonly Pick<TrashStep, 'step'>[]): number {
  return steps.reduce((sum, { step }) => sum + step.size, 0);
}
