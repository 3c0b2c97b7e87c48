import { formatCount } from '../base/bytes.ts';
import type { AppError } from '../base/errors.ts';
import { InterruptedError } from '../base/errors.ts';
import { faultPoint } from '../base/fault-point.ts';
import type { RunId } from '../base/ids.ts';
import { executeSteps, failureOf } from '../archive/organise/execute.ts';
import type { Executed } from '../archive/organise/execute.ts';
import { journalRoots } from '../archive/organise/journal-roots.ts';
import type {
  OnCollision,
  OrganiseMode,
  OrganisePlan,
  PlannedGroup,
  PlanOptions,
} from '../archive/organise/plan.ts';
import { stepsFor } from '../archive/organise/steps.ts';
import { templateOf } from '../archive/organise/templates.ts';
import { rootsIn } from '../archive/organise/undo.ts';
import { isInside } from '../archive/targets.ts';
import { planSteps } from '../catalog/journal.ts';
import type { Catalog } from '../catalog/open.ts';
import { ensureRoot, rootsOf } from '../catalog/root.ts';
import { shownPath } from '../library/disk-path.ts';
import type { Deps } from './deps.ts';
import { textOption } from './option.ts';
import { withFilesLease } from './organising/files-lease.ts';
import { scopesOf } from './organising/organise-scope.ts';
import type { OrganiseScope } from './organising/organise-scope.ts';
import { preparePlan, stayingLines } from './organising/prepare-plan.ts';
import type { PreparedPlan } from './organising/prepare-plan.ts';
import { recoverHeld } from './organising/recover-moves.ts';
import type { RecoveredHeld } from './organising/recover-moves.ts';
import { rewritePages } from './organising/rewrite-pages.ts';
import { treeLines } from './organising/tree-lines.ts';
import { recorded } from './record-run.ts';
import { aloneIn } from './scanning/alone-in.ts';
import { layoutOf } from './scanning/layout.ts';
import type { Failure, RunResult, Verb } from './verb.ts';

const MODES = ['move', 'copy', 'symlink', 'hardlink', 'reflink'] as const satisfies readonly OrganiseMode[];
const COLLISIONS = ['skip', 'rename', 'fail'] as const satisfies readonly OnCollision[];
/** More lines than this are no plan that anybody reads before saying yes. */
const LINES_TO_CONFIRM = 60;

/** `civitarium organize PATH...`: files into folders by template. */
export const organize: Verb = {
  name: 'organize',
  summary: 'put files into folders by template',
  description:
    'Puts the model files that were identified into folders named after what is known of them, each with its notes, previews and page. Files nobody knows stay where they are. Nothing is ever overwritten; every step is written down before it is taken, so that a run that was cut short is finished by the next command and "civitarium undo" takes the whole back. On a terminal the plan is shown first.',
  examples: [
    ['civitarium organize ~/models', 'by type and base model, into ~/models/organized'],
    [
      "civitarium organize ~/models --template '{type}/{creator|nobody}' --dry-run",
      'the tree that would result',
    ],
    [
      'civitarium organize ~/models --mode symlink --output ~/by-creator --template by_creator',
      'links elsewhere; the files stay',
    ],
  ],
  arguments: [
    {
      name: 'path',
      many: true,
      required: false,
      summary: 'folders or model files that were scanned; without any, the roots of the config',
    },
  ],
  options: [
    {
      name: 'template',
      kind: 'text',
      value: "NAME|'{…}'",
      summary: 'folders by name or with placeholders (default by_type_and_basemodel)',
    },
    {
      name: 'mode',
      kind: 'text',
      value: 'MODE',
      choices: MODES,
      summary: 'how files get there: move, copy, symlink, hardlink or reflink (default move)',
    },
    {
      name: 'output',
      kind: 'text',
      value: 'DIR',
      summary: 'folder for the tree (default: organized, in the folder given)',
    },
    {
      name: 'on-collision',
      kind: 'text',
      value: 'WHAT',
      choices: COLLISIONS,
      summary: 'when another file has the name: skip, rename (adds " (2)") or fail (default skip)',
    },
  ],
  async run(deps, input) {
    const options: PlanOptions = {
      template: templateOf(textOption(input, 'template') ?? 'by_type_and_basemodel'),
      mode: MODES.find((mode) => mode === textOption(input, 'mode')) ?? 'move',
      onCollision: COLLISIONS.find((what) => what === textOption(input, 'on-collision')) ?? 'skip',
    };
    const catalog = await deps.catalog();
    const scopes = async (): Promise<OrganiseScope[]> =>
      scopesOf(
        await rootsOf(catalog.db, await deps.hostId()),
        input.arguments,
        textOption(input, 'output'),
        deps.cwd,
      );
    if (deps.settings.dryRun) {
      const wanted = await scopes();
      return dryResult(await preparePlan(deps, catalog, wanted, options, deps.signal), wanted, options);
    }
    await scopes();
    return await recorded(
      deps,
      'organize',
      input,
      async (runId) =>
        await withFilesLease(deps, catalog, async (signal) => {
          const recovered = await recoverHeld(deps, catalog, { signal, finish: true });
          const wanted = await scopes();
          return await aloneIn(deps, foldersOf(wanted), async () => {
            const prepared = await preparePlan(deps, catalog, wanted, options, signal);
            if (!(await isWanted(deps, prepared.plan, wanted)))
              return resultOf(prepared, undefined, [], 'Nothing was changed.');
            return await carryOut({
              deps,
              catalog,
              runId,
              prepared,
              options,
              signal,
              recovered,
              scopes: wanted,
            });
          });
        }),
    );
  },
};

/** Where this run writes: its roots, their galleries, and the trees it makes. */
function foldersOf(scopes: readonly OrganiseScope[]): string[] {
  return scopes.flatMap(({ root, outputs }) => [root.path, layoutOf(root)?.output ?? root.path, ...outputs]);
}

async function isWanted(deps: Deps, plan: OrganisePlan, scopes: readonly OrganiseScope[]): Promise<boolean> {
  if (!deps.terminal.interactive || plan.groups.length === 0) return true;
  const lines = treeLines(
    plan,
    scopes.flatMap((scope) => scope.outputs),
  );
  for (const line of lines.slice(0, LINES_TO_CONFIRM)) deps.terminal.print(line);
  if (lines.length > LINES_TO_CONFIRM)
    deps.terminal.print(
      `… and ${formatCount(lines.length - LINES_TO_CONFIRM)} more lines; --dry-run prints them all.`,
    );
  return await deps.terminal.confirm(
    `Put ${formatCount(plan.groups.length)} files there? "civitarium undo" takes it back.`,
  );
}

interface Work {
  readonly deps: Deps;
  readonly catalog: Catalog;
  readonly runId: RunId | undefined;
  readonly prepared: PreparedPlan;
  readonly options: PlanOptions;
  readonly signal: AbortSignal;
  readonly recovered: RecoveredHeld;
  readonly scopes: readonly OrganiseScope[];
}

async function carryOut({
  deps,
  catalog,
  runId,
  prepared,
  options,
  signal,
  recovered,
  scopes,
}: Work): Promise<RunResult> {
  const { groups } = prepared.plan;
  if (runId === undefined) throw new Error('A run that moves files must be recorded.');
  const rootIdOf = await targetRoots(deps, catalog, groups, scopes);
  const planned = stepsFor(groups, options.mode, rootIdOf);
  const steps = await catalog.write((trx) => planSteps(trx, catalog.engine, runId, planned));
  faultPoint('move.planned');
  const phase = deps.progress.phase('Organising', groups.length, 'files');
  const executed = await executeSteps(steps, {
    catalog,
    roots: await journalRoots(catalog.db, await deps.hostId()),
    now: () => deps.clock.now(),
    signal,
    resuming: false,
    onFile: () => phase.advance(1),
  });
  phase.end();
  if (executed.stopped instanceof InterruptedError)
    throw signal.reason instanceof Error ? signal.reason : executed.stopped;
  if (executed.stopped !== undefined) return resultOf(prepared, executed, recovered.problems, undefined);
  const roots = new Set([...rootsIn(steps), ...recovered.roots, ...scopes.map((scope) => scope.root.id)]);
  const pages = await rewritePages(deps, catalog, roots, executed.touched);
  faultPoint('move.pages-written');
  const result = resultOf(prepared, executed, [...recovered.problems, ...pages.warnings], undefined);
  const failures = [...result.failures, ...pages.failures];
  return {
    ...result,
    failures,
    exitCode: failures.length > 0 ? 3 : 0,
    data: { ...result.data, run: runId, galleries: pages.galleries },
  };
}

/** In which root each file will count: its own, a known one around it, or the output folder as a new one. */
async function targetRoots(
  deps: Deps,
  catalog: Catalog,
  groups: readonly PlannedGroup[],
  scopes: readonly OrganiseScope[],
): Promise<(group: PlannedGroup) => number> {
  const hostId = await deps.hostId();
  const known = (await rootsOf(catalog.db, hostId)).sort((a, b) => b.path.length - a.path.length);
  const own = new Map(scopes.map(({ root }) => [root.id, root]));
  const byOutput = new Map<string, number>();
  for (const { file } of groups) {
    const key = `${file.rootId} ${file.output}`;
    if (byOutput.has(key)) continue;
    const candidates = [own.get(file.rootId), ...known].filter((root) => root !== undefined);
    const around = candidates.find((root) => root.path === file.output || isInside(root.path, file.output));
    byOutput.set(key, (around ?? (await ensureRoot(catalog, hostId, file.output, deps.clock.now()))).id);
  }
  return ({ file }) => byOutput.get(`${file.rootId} ${file.output}`) ?? file.rootId;
}

function dryResult(
  prepared: PreparedPlan,
  scopes: readonly OrganiseScope[],
  { mode }: PlanOptions,
): RunResult {
  const { plan } = prepared;
  const tree = treeLines(
    plan,
    scopes.flatMap((scope) => scope.outputs),
  );
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

function resultOf(
  prepared: PreparedPlan,
  executed: Executed | undefined,
  warnings: readonly string[],
  note: string | undefined,
): RunResult {
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
function countsOf(
  { files, plan }: PreparedPlan,
  done: number,
  failed: number,
): Readonly<Record<'files' | 'done' | 'identical' | 'skipped' | 'failed', number>> {
  const identical = plan.staying.filter((one) => one.status === 'identical').length;
  return { files: files.length, done, identical, skipped: files.length - done - identical - failed, failed };
}

function summaryLine(counts: ReturnType<typeof countsOf>): string {
  return `${formatCount(counts.files)} files   ${formatCount(counts.done)} done   ${formatCount(counts.identical)} in place   ${formatCount(counts.skipped)} skipped   ${formatCount(counts.failed)} failed`;
}
