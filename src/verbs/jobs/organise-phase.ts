import { dirname, join } from 'node:path';
import type { RunId } from '../../base/ids.ts';
import type { PlanOptions } from '../../archive/organise/plan.ts';
import { templateOf } from '../../archive/organise/templates.ts';
import { narrowed, takeStock, walkTarget } from '../../archive/take-stock.ts';
import type { Stock, WalkedRoot } from '../../archive/take-stock.ts';
import { isInside } from '../../archive/targets.ts';
import type { Target } from '../../archive/targets.ts';
import type { Catalog } from '../../catalog/open.ts';
import { findRoot, rootsOf } from '../../catalog/root.ts';
import type { Root } from '../../catalog/root.ts';
import type { Deps } from '../deps.ts';
import { carryOut } from '../organising/carry-out.ts';
import { dryResult, resultOf } from '../organising/organise-result.ts';
import type { OrganiseCounts, OrganiseResult } from '../organising/organise-result.ts';
import type { OrganiseScope } from '../organising/organise-scope.ts';
import { preparePlan } from '../organising/prepare-plan.ts';
import type { PreparedPlan } from '../organising/prepare-plan.ts';
import type { ReadyToWrite } from '../scanning/full-scan.ts';
import type { IdentifiedRoots } from '../scanning/identify-roots.ts';
import { withoutCopies } from '../scanning/organised-copies.ts';
import type { OrganiseWish } from './job.ts';
import { jobScope, parseOutput } from './job-scopes.ts';
import type { JobOutput } from './job-scopes.ts';

/** What the phase of organising did, or would do. */
export interface OrganisePhase {
  readonly ready: ReadyToWrite;
  /** `organise_files` = `organised` + `organise_identical` + `organise_skipped` + `organise_failed`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly summary: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

/** The counts where nothing had changed, so that nothing was looked at. */
export const NOTHING_ORGANISED = namedCounts({ files: 0, done: 0, identical: 0, skipped: 0, failed: 0 });

interface Work {
  readonly deps: Deps;
  readonly catalog: Catalog;
  readonly runId: RunId | undefined;
  readonly wish: OrganiseWish;
  readonly found: IdentifiedRoots;
  /** Roots (absolute) of which a file and what organising made of it count as one. */
  readonly countedOnce: readonly string[];
}

/** Throws UserError `bad-template` when a wish can't be done. */
export function checkWish(wish: OrganiseWish, cwd: string): void {
  parseOutput(wish, cwd);
  optionsOf(wish);
}

function optionsOf({ template, mode, onCollision }: OrganiseWish): PlanOptions {
  return { template: templateOf(template), mode, onCollision };
}

/** Organises what was identified, for who holds the lease and the folders; under the wish's dry run only plans. */
export async function organiseFound({
  deps,
  catalog,
  runId,
  wish,
  found,
  countedOnce,
}: Work): Promise<OrganisePhase> {
  const output = parseOutput(wish, deps.cwd);
  const options = optionsOf(wish);
  const placed = await placedEarlier(catalog, output);
  const scopes = found.roots.map(({ root, target, walk }) =>
    jobScope(root, target, output, placed, foldersIn(root, walk.meant)),
  );
  const prepared = await prepareCounted(deps, catalog, { scopes, options, countedOnce });
  const asFound = { ...found, warnings: [], failures: [], writes: true };
  if (wish.dryRun) {
    const result = dryResult(prepared, scopes, options, deps.terminal.width);
    return phaseOf(result, {
      ...asFound,
      warnings: result.warnings,
      failures: result.failures,
      writes: false,
    });
  }
  if (prepared.plan.groups.length === 0) {
    const result = resultOf(prepared, undefined, [], undefined);
    return phaseOf(result, { ...asFound, warnings: result.warnings, failures: result.failures });
  }
  const { executed, roots, warnings } = await carryOut({
    deps,
    catalog,
    runId,
    prepared,
    options,
    signal: deps.signal,
    scopes,
  });
  const result = resultOf(prepared, executed, warnings, undefined);
  const after = await walkAgain(deps, catalog, found, roots, scopes);
  const touched = new Set([...found.touched, ...executed.touched]);
  for (const stock of after.stocks.values()) for (const fileId of stock.dirty) touched.add(fileId);
  return phaseOf(result, {
    ...after,
    touched,
    warnings: result.warnings,
    failures: result.failures,
    writes: true,
  });
}

/** What organising would do with what is known by now, of folders that could be looked at. */
export async function planKnown({
  deps,
  catalog,
  wish,
  targets,
  countedOnce,
}: Pick<Work, 'deps' | 'catalog' | 'wish' | 'countedOnce'> & {
  readonly targets: readonly Target[];
}): Promise<OrganisePhase> {
  const output = parseOutput(wish, deps.cwd);
  const options = optionsOf(wish);
  const placed = await placedEarlier(catalog, output);
  const scopes: OrganiseScope[] = [];
  for (const target of targets) {
    const hostId = await deps.hostId();
    const root = (await findRoot(catalog.db, hostId, target.root)) ?? neverSeen(hostId, target.root);
    const walk = await walkTarget(target, { signal: deps.signal });
    scopes.push(jobScope(root, target, output, placed, foldersIn(root, walk.meant)));
  }
  const prepared = await prepareCounted(deps, catalog, { scopes, options, countedOnce });
  const result = dryResult(prepared, scopes, options, deps.terminal.width);
  const nothing = { roots: [], stocks: new Map<WalkedRoot, Stock>(), touched: new Set<number>() };
  const { warnings, failures } = result;
  return phaseOf(result, { ...nothing, warnings, failures, writes: false });
}

interface Asked extends Pick<Work, 'countedOnce'> {
  readonly scopes: readonly OrganiseScope[];
  readonly options: PlanOptions;
}

/** A plan in which copies and links in the output folder that stay there are not counted beside their originals. */
async function prepareCounted(
  deps: Deps,
  catalog: Catalog,
  { scopes, options, countedOnce }: Asked,
): Promise<PreparedPlan> {
  const { plan, files } = await preparePlan(deps, catalog, scopes, options, deps.signal);
  const counting = await withoutCopies(catalog, new Set(files.map(({ fileId }) => fileId)), countedOnce);
  const quiet = new Set(plan.staying.flatMap(({ file, status }) => (status === 'failed' ? [] : [file])));
  return { plan, files: files.filter((file) => counting.has(file.fileId) || !quiet.has(file)) };
}

function phaseOf(result: OrganiseResult, ready: ReadyToWrite): OrganisePhase {
  const { plan } = { ...result.data };
  return {
    ready,
    counts: namedCounts(result.counts),
    summary: result.summary,
    data: plan === undefined ? {} : { organise_plan: plan },
  };
}

function namedCounts({ files, done, identical, skipped, failed }: OrganiseCounts): Record<string, number> {
  return {
    organise_files: files,
    organised: done,
    organise_identical: identical,
    organise_skipped: skipped,
    organise_failed: failed,
  };
}

/** A folder that no scan has looked at: the catalog has no such number, so nothing is known of any file in it. */
function neverSeen(hostId: string, path: string): Root {
  const nothing = {
    device: null,
    seen_at: null,
    absent_at: null,
    digest: null,
    settings: null,
    due_at: null,
  };
  return { id: 0, host_id: hostId, path, added_at: 0, ...nothing };
}

function foldersIn(root: Root, files: readonly { readonly path: string }[]): Set<string> {
  return new Set(files.map(({ path }) => dirname(join(root.path, path))));
}

/** Where organising brought files earlier; only asked where no folder of its own tells it. */
async function placedEarlier(catalog: Catalog, output: JobOutput): Promise<Set<string>> {
  if (output.kind === 'one' || output.inner.length > 0) return new Set();
  const rows = await catalog.db
    .selectFrom('journal_step')
    .select('target')
    .where('role', '=', 'model')
    .where('state', '=', 'done')
    .execute();
  return new Set(rows.map((row) => row.target));
}

/** The roots as they are after organising, and those that files came to. */
async function walkAgain(
  deps: Deps,
  catalog: Catalog,
  found: IdentifiedRoots,
  concerned: ReadonlySet<number>,
  scopes: readonly OrganiseScope[],
): Promise<Pick<ReadyToWrite, 'roots' | 'stocks'>> {
  const own = new Set(found.roots.map(({ root }) => root.id));
  const known = await rootsOf(catalog.db, await deps.hostId());
  const outputs = [...new Set(scopes.flatMap((scope) => scope.outputs))];
  const roots: WalkedRoot[] = [];
  for (const walked of found.roots)
    roots.push({
      ...walked,
      walk: await walkTarget(walked.target, { signal: deps.signal }),
      renumbered: undefined,
    });
  for (const root of known.filter(({ id }) => concerned.has(id) && !own.has(id))) {
    const target = { root: root.path, only: undefined };
    const whole = await walkTarget(target, { signal: deps.signal });
    // Of a root around the output folder only what lies in that is ours to write about.
    const isOutput = (path: string): boolean =>
      outputs.some((folder) => isInside(folder, join(root.path, path)));
    const walk = outputs.includes(root.path) ? whole : narrowed(whole, isOutput);
    roots.push({ target, root, walk, renumbered: undefined });
  }
  const stocks = new Map<WalkedRoot, Stock>();
  for (const walked of roots) stocks.set(walked, await takeStock(catalog, walked, deps.clock.now()));
  return { roots, stocks };
}
