import { formatCount } from '../base/bytes.ts';
import { faultPoint } from '../base/fault-point.ts';
import type { OnCollision, OrganiseMode, OrganisePlan, PlanOptions } from '../archive/organise/plan.ts';
import { templateOf } from '../archive/organise/templates.ts';
import { isInside } from '../archive/targets.ts';
import type { Catalog } from '../catalog/open.ts';
import { pagesWritten } from '../catalog/pages-due.ts';
import { rootsOf } from '../catalog/root.ts';
import type { Root } from '../catalog/root.ts';
import type { Deps } from './deps.ts';
import { textOption } from './option.ts';
import { carryOut } from './organising/carry-out.ts';
import type { OrganiseWork } from './organising/carry-out.ts';
import { withFilesLease } from './organising/files-lease.ts';
import { scopesOf } from './organising/organise-scope.ts';
import type { OrganiseScope } from './organising/organise-scope.ts';
import { dryResult, resultOf, treeOf } from './organising/organise-result.ts';
import { preparePlan } from './organising/prepare-plan.ts';
import { recoverHeld } from './organising/recover-moves.ts';
import type { RecoveredHeld } from './organising/recover-moves.ts';
import { rewritePages } from './organising/rewrite-pages.ts';
import { treeLines } from './organising/tree-lines.ts';
import { recorded } from './record-run.ts';
import { aloneIn } from './scanning/alone-in.ts';
import { foldersWritten } from './scanning/shared-galleries.ts';
import type { RunResult, Verb } from './verb.ts';

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
      const prepared = await preparePlan(deps, catalog, wanted, options, deps.signal);
      return dryResult(prepared, wanted, options, deps.terminal.width);
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
          return await aloneIn(deps, await foldersOf(deps, catalog, wanted), async () => {
            const prepared = await preparePlan(deps, catalog, wanted, options, signal);
            if (!(await isWanted(deps, prepared.plan, wanted)))
              return resultOf(prepared, undefined, [], 'Nothing was changed.');
            return await organiseAndWrite({
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

/** Where this run writes: its roots and those it brings files to, their galleries, and the trees it makes. */
async function foldersOf(deps: Deps, catalog: Catalog, scopes: readonly OrganiseScope[]): Promise<string[]> {
  const known = await rootsOf(catalog.db, await deps.hostId());
  const outputs = scopes.flatMap((scope) => scope.outputs);
  const isConcerned = ({ id, path }: Root): boolean =>
    scopes.some(({ root }) => root.id === id) ||
    outputs.some((output) => output === path || isInside(path, output));
  const ids = new Set(known.filter(isConcerned).map(({ id }) => id));
  return [...foldersWritten(known, ids, deps.cwd), ...outputs];
}

async function isWanted(deps: Deps, plan: OrganisePlan, scopes: readonly OrganiseScope[]): Promise<boolean> {
  if (!deps.terminal.interactive || plan.groups.length === 0) return true;
  const lines = treeLines(plan, { ...treeOf(scopes), width: deps.terminal.width });
  for (const line of lines.slice(0, LINES_TO_CONFIRM)) deps.terminal.print(line);
  if (lines.length > LINES_TO_CONFIRM)
    deps.terminal.print(
      `… and ${formatCount(lines.length - LINES_TO_CONFIRM)} more lines; --dry-run shows them.`,
    );
  return await deps.terminal.confirm(
    `Put ${formatCount(plan.groups.length)} files there? "civitarium undo" takes it back.`,
  );
}

interface Work extends OrganiseWork {
  readonly recovered: RecoveredHeld;
}

async function organiseAndWrite(work: Work): Promise<RunResult> {
  const { deps, catalog, runId, prepared, recovered, scopes } = work;
  const { executed, roots, warnings } = await carryOut({ ...work, owesPages: true });
  const told = [...recovered.problems, ...warnings];
  if (executed.stopped !== undefined) return resultOf(prepared, executed, told, undefined);
  const concerned = new Set([...roots, ...recovered.roots, ...scopes.map((scope) => scope.root.id)]);
  const touched = new Set([...executed.touched, ...recovered.touched]);
  const pages = await rewritePages(deps, catalog, concerned, touched);
  await pagesWritten(catalog, [...recovered.due, ...(runId === undefined ? [] : [runId])]);
  faultPoint('move.pages-written');
  const result = resultOf(prepared, executed, [...told, ...pages.warnings], undefined);
  const failures = [...result.failures, ...pages.failures];
  return {
    ...result,
    failures,
    exitCode: failures.length > 0 ? 3 : 0,
    data: { ...result.data, run: runId, galleries: pages.galleries },
  };
}
