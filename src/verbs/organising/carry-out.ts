import { InterruptedError } from '../../base/errors.ts';
import { faultPoint } from '../../base/fault-point.ts';
import type { RunId } from '../../base/ids.ts';
import { executeSteps } from '../../archive/organise/execute.ts';
import type { Executed } from '../../archive/organise/execute.ts';
import { formatCount } from '../../base/bytes.ts';
import { journalRoots } from '../../archive/organise/journal-roots.ts';
import { notesBehind } from '../../archive/organise/notes-behind.ts';
import type { PlannedGroup, PlanOptions } from '../../archive/organise/plan.ts';
import { stepsFor } from '../../archive/organise/steps.ts';
import { rootsIn } from '../../archive/organise/undo.ts';
import { isInside } from '../../archive/targets.ts';
import { planSteps } from '../../catalog/journal.ts';
import type { Catalog } from '../../catalog/open.ts';
import { notePagesDue } from '../../catalog/pages-due.ts';
import { ensureRoot, rootsOf } from '../../catalog/root.ts';
import type { Deps } from '../deps.ts';
import type { OrganiseScope } from './organise-scope.ts';
import type { PreparedPlan } from './prepare-plan.ts';

export interface OrganiseWork {
  readonly deps: Deps;
  readonly catalog: Catalog;
  /** The steps are journalled under it. */
  readonly runId: RunId | undefined;
  readonly prepared: PreparedPlan;
  readonly options: PlanOptions;
  readonly signal: AbortSignal;
  readonly scopes: readonly OrganiseScope[];
  /** True when pages are written behind it, which the next command does where this one is killed before. */
  readonly owesPages?: boolean;
}

export interface CarriedOut {
  readonly executed: Executed;
  /** Roots that files left or came to: their pages are to be written. */
  readonly roots: ReadonlySet<number>;
  /** Notes of the user's that name an old place, in a sentence; none where there are none. */
  readonly warnings: readonly string[];
}

/**
 * Takes the steps of a plan, each written down before, for who holds the lease and the folders. Writes no pages. Throws
 * InterruptedError.
 */
export async function carryOut(work: OrganiseWork): Promise<CarriedOut> {
  const { deps, catalog, runId, prepared, options, signal, scopes } = work;
  const { groups } = prepared.plan;
  if (runId === undefined) throw new Error('A run that moves files must be recorded.');
  const rootIdOf = await targetRoots(deps, catalog, groups, scopes);
  const planned = stepsFor(groups, options.mode, rootIdOf);
  const steps = await catalog.write(
    async (trx) => {
      if (work.owesPages === true) await notePagesDue(trx, runId);
      return await planSteps(trx, catalog.engine, runId, planned);
    },
    { durable: true },
  );
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
  const behind = options.mode === 'move' ? await notesBehind(catalog.db, groups) : new Map<string, number>();
  return { executed, roots: rootsIn(steps), warnings: behindLines(behind) };
}

function behindLines(behind: ReadonlyMap<string, number>): string[] {
  if (behind.size === 0) return [];
  const parts = [...behind].map(([program, count]) => `${formatCount(count)} of ${program}`);
  return [
    `Notes of yours that still name the old place of a file: ${parts.join(', ')}. They are left as they are; the program has to look at its folders again.`,
  ];
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
