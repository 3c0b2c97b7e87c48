import { formatCount } from '../../base/bytes.ts';
import type { AppError } from '../../base/errors.ts';
import { failureOf } from '../../archive/organise/execute.ts';
import type { Executed } from '../../archive/organise/execute.ts';
import type { OrganisePlan, PlanOptions, Staying } from '../../archive/organise/plan.ts';
import { shownPath } from '../../library/disk-path.ts';
import type { Failure, RunResult } from '../verb.ts';
import type { OrganiseScope } from './organise-scope.ts';
import { stayingLines } from './prepare-plan.ts';
import type { PreparedPlan } from './prepare-plan.ts';
import { treeLines } from './tree-lines.ts';
import type { TreeOptions } from './tree-lines.ts';

/** The parts add up to `files`. */
export type OrganiseCounts = Readonly<Record<'files' | 'done' | 'identical' | 'skipped' | 'failed', number>>;

export interface OrganiseResult extends RunResult {
  readonly counts: OrganiseCounts;
}

/** What a plan would do. */
export function dryResult(
  prepared: PreparedPlan,
  scopes: readonly OrganiseScope[],
  { mode }: PlanOptions,
  width: number | undefined,
): OrganiseResult {
  const { plan } = prepared;
  const tree = plan.groups.length === 0 ? [] : treeLines(plan, { ...treeOf(scopes), width });
  const counts = countsOf(prepared, plan.groups.length, failedIn(plan).length);
  return {
    counts,
    warnings: stayingLines(plan),
    failures: failedIn(plan),
    exitCode: failedIn(plan).length > 0 ? 3 : 0,
    summary: [...tree, '', `${summaryLine(counts)}   (${mode}; would be)`, 'Nothing was changed.'],
    data: {
      plan: plan.groups.map(({ file, target }) => ({ from: shownPath(file.path), to: shownPath(target) })),
    },
  };
}

/** What the tree of a plan is drawn with. */
export function treeOf(scopes: readonly OrganiseScope[]): Pick<TreeOptions, 'outputs' | 'roots'> {
  return {
    outputs: scopes.flatMap((scope) => scope.outputs),
    roots: new Map(scopes.map(({ root }) => [root.id, root.path])),
  };
}

/** What became of a plan; nothing of it was done without `executed`. */
export function resultOf(
  prepared: PreparedPlan,
  executed: Executed | undefined,
  warnings: readonly string[],
  note: string | undefined,
): OrganiseResult {
  const failures: Failure[] = [...failedIn(prepared.plan), ...(executed?.failures ?? []).map(failureOf)];
  const failedModels =
    failedIn(prepared.plan).length +
    (executed?.failures ?? []).filter(({ step }) => step.role === 'model').length;
  const done = executed?.done ?? 0;
  const stopped = executed?.stopped;
  if (stopped !== undefined) failures.push(stoppedFailure(stopped));
  const counts = countsOf(
    prepared,
    done,
    stopped === undefined
      ? failedModels
      : failedModels + Math.max(0, prepared.plan.groups.length - done - failedModels),
  );
  return {
    counts,
    warnings: [...warnings, ...stayingLines(prepared.plan)],
    failures,
    exitCode: stopped !== undefined ? 4 : failures.length > 0 ? 3 : 0,
    summary: [
      '',
      summaryLine(counts),
      ...(note === undefined ? [] : [note]),
      ...(done > 0 ? ['civitarium undo takes it back.'] : []),
    ],
  };
}

function stoppedFailure(stopped: AppError): Failure {
  return {
    what: 'disk',
    code: stopped.code,
    why: stopped.message,
    next: 'Free some space; the next command finishes what is planned, or civitarium undo takes it back.',
  };
}

function failedIn(plan: OrganisePlan): Failure[] {
  return plan.staying.flatMap(({ file, status, why }) =>
    status === 'failed'
      ? [
          {
            what: shownPath(file.path),
            code: 'in-the-way',
            why,
            next: 'Rename one of them, or use --on-collision rename.',
          },
        ]
      : [],
  );
}

/** What was neither done nor is identical nor failed was skipped, whatever the reason: the parts make up the whole. */
function countsOf({ files, plan }: PreparedPlan, done: number, failed: number): OrganiseCounts {
  const counting = new Set(files);
  const isInPlace = ({ file, status }: Staying): boolean => status === 'identical' && counting.has(file);
  const identical = plan.staying.filter(isInPlace).length;
  return { files: files.length, done, identical, skipped: files.length - done - identical - failed, failed };
}

function summaryLine(counts: OrganiseCounts): string {
  return `${formatCount(counts.files)} files   ${formatCount(counts.done)} done   ${formatCount(counts.identical)} in place   ${formatCount(counts.skipped)} skipped   ${formatCount(counts.failed)} failed`;
}
