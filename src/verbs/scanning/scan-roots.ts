import { UserError } from '../../base/errors.ts';
import { countPreviews, countStates, oldestLook } from '../../archive/count-states.ts';
import { areNotesChanged } from '../../archive/sidecar-stamps.ts';
import { walkRoot, walkTarget } from '../../archive/take-stock.ts';
import type { WalkedRoot } from '../../archive/take-stock.ts';
import { withinKnownRoots } from '../../archive/targets.ts';
import type { Target } from '../../archive/targets.ts';
import { collectedOutputs } from '../../catalog/collected-image.ts';
import { filesOfRoot } from '../../catalog/file.ts';
import type { Catalog } from '../../catalog/open.ts';
import { rootsOf } from '../../catalog/root.ts';
import type { Root } from '../../catalog/root.ts';
import { groupBy } from '../../catalog/upsert.ts';
import type { Deps } from '../deps.ts';
import { aloneIn } from './alone-in.ts';
import { problemsOf } from './catalog-roots.ts';
import { infosChanged } from './infos-changed.ts';
import { joinOutcomes, NOTHING_FOUND } from './join-outcomes.ts';
import { layoutOf } from './layout.ts';
import type { ScanContext } from './full-scan.ts';
import type { ScanOutcome, ScanRequest } from './scan-request.ts';
import { galleryFolder, isSettled, settingsKey } from './settle.ts';

/** The main job on some roots: take stock, hash, identify, fetch previews, write pages and galleries. */
export async function scanRoots(deps: Deps, asked: ScanRequest): Promise<ScanOutcome> {
  const catalog = await deps.catalog();
  const known = await rootsOf(catalog.db, await deps.hostId());
  const targets = withinKnownRoots(
    asked.targets,
    known.map((root) => root.path),
  );
  const requests = byLayout({ ...asked, targets }, known);
  if (deps.settings.dryRun) {
    const { planScan } = await import('./plan-scan.ts');
    const plans: ScanOutcome[] = [];
    for (const request of requests) plans.push(await planScan(deps, catalog, request));
    return joinOutcomes(plans);
  }
  const folders = requests.flatMap((request) => foldersOf(deps, request));
  return await aloneIn(deps, folders, async () => {
    const outcomes: ScanOutcome[] = [];
    for (const request of requests) outcomes.push(await scanAlone(deps, catalog, request));
    return joinOutcomes(outcomes);
  });
}

/** The folders that a scan writes into: the roots and those of their galleries. */
export function foldersOf(deps: Pick<Deps, 'cwd'>, request: ScanRequest): string[] {
  return request.targets.flatMap(({ root }) => [root, galleryFolder(root, request, deps.cwd)]);
}

/** One request, or several where some roots are written as a configuration says and nobody says otherwise. */
function byLayout(request: ScanRequest, known: readonly Root[]): ScanRequest[] {
  if (request.keepsLayout !== true) return [request];
  const kept = (target: Target): ReturnType<typeof layoutOf> => {
    const layout = layoutOf(known.find((root) => root.path === target.root) ?? { settings: null });
    return layout?.profile === 'configured' ? layout : undefined;
  };
  const groups = groupBy(request.targets, (target) => JSON.stringify(kept(target) ?? null));
  return [...groups.values()].map((targets) => {
    const layout = targets[0] === undefined ? undefined : kept(targets[0]);
    // All that lies there is meant, not only what the job took.
    return layout === undefined
      ? { ...request, targets }
      : { ...request, ...layout, jobKey: 'scan', targets };
  });
}

/** What a job adds to a scan. */
export interface ScanExtras extends Pick<ScanContext, 'beforeWriting'> {
  /** Told of roots that are absent or empty; without it the first of them ends the scan. */
  readonly onAbsent: (error: UserError) => void;
}

/** A scan for who is alone in the folders. */
export async function scanAlone(
  deps: Deps,
  catalog: Catalog,
  request: ScanRequest,
  extras?: ScanExtras,
): Promise<ScanOutcome> {
  const startedAt = deps.clock.now();
  const roots = await walkAll(deps, catalog, request, startedAt, extras);
  if (roots.length === 0) return NOTHING_FOUND;
  const key = settingsKey(deps.settings, request);
  const problems = roots.flatMap(problemsOf);
  const isAllSettled = request.anew !== true && roots.every((root) => isSettled(root, key, startedAt));
  const isQuiet = !deps.settings.forceRefresh && problems.length === 0 && isAllSettled;
  if (isQuiet && !(await isAnythingDue(deps, catalog, roots, request, startedAt)))
    return await settledOutcome(deps, catalog, roots, request, startedAt);
  // Loaded on demand: an unchanged library needs none of it.
  const { fullScan } = await import('./full-scan.ts');
  const context = { startedAt, key, problems, beforeWriting: extras?.beforeWriting };
  return await fullScan(deps, catalog, roots, request, context);
}

async function walkAll(
  deps: Deps,
  catalog: Catalog,
  { patterns, targets }: ScanRequest,
  at: number,
  extras: ScanExtras | undefined,
): Promise<WalkedRoot[]> {
  const hostId = await deps.hostId();
  const walking = { signal: deps.signal, ...(patterns === undefined ? {} : { patterns }) };
  const walks = [];
  for (const target of targets) walks.push({ target, walk: await walkTarget(target, walking) });
  const roots: WalkedRoot[] = [];
  for (const { target, walk } of walks) {
    try {
      roots.push(await walkRoot(catalog, hostId, target, walk, at));
    } catch (error) {
      if (extras === undefined || !(error instanceof UserError)) throw error;
      extras.onAbsent(error);
    }
  }
  return roots;
}

/** Notes are written by other programs and by hand: what changed in one shows in no name. */
async function isAnythingDue(
  deps: Deps,
  catalog: Catalog,
  roots: readonly WalkedRoot[],
  request: ScanRequest,
  now: number,
): Promise<boolean> {
  const { maxAgeMs } = request;
  if (await areImagesBehind(deps, catalog, roots, request)) return true;
  for (const walked of roots) {
    if (await areNotesChanged(catalog, walked)) return true;
    if (await infosChanged(catalog, walked)) return true;
    if (maxAgeMs !== undefined && (await oldestLook(catalog, walked.root.id)) < now - maxAgeMs) return true;
  }
  return false;
}

/** Images came since the galleries were written: the run that brought them was cut short. */
async function areImagesBehind(
  deps: Deps,
  catalog: Catalog,
  roots: readonly WalkedRoot[],
  request: ScanRequest,
): Promise<boolean> {
  const hostId = await deps.hostId();
  if ((await collectedOutputs(catalog.db, hostId)).size === 0) return false;
  const { galleryPlaces } = await import('./galleries.ts');
  const { imagesBehind } = await import('./collected-in.ts');
  for (const place of galleryPlaces(roots, request, deps.cwd))
    if (place.hasPage && (await imagesBehind(catalog, hostId, place))) return true;
  return false;
}

/** The files that count, by id; `undefined` when all do. */
async function meantIds(
  catalog: Catalog,
  roots: readonly WalkedRoot[],
  uncountedCopiesOf: readonly string[],
): Promise<ReadonlySet<number> | undefined> {
  if (uncountedCopiesOf.length === 0 && roots.every(({ walk }) => walk.isWhole)) return undefined;
  const meant = new Set<number>();
  for (const { root, walk } of roots)
    for (const row of await filesOfRoot(catalog.db, root.id)) if (walk.isMeant(row.path)) meant.add(row.id);
  if (uncountedCopiesOf.length === 0) return meant;
  const { withoutCopies } = await import('./organised-copies.ts');
  return await withoutCopies(catalog, meant, uncountedCopiesOf);
}

async function settledOutcome(
  deps: Deps,
  catalog: Catalog,
  roots: readonly WalkedRoot[],
  request: ScanRequest,
  startedAt: number,
): Promise<ScanOutcome> {
  const ids = roots.map(({ root }) => root.id);
  const counts = await countStates(
    catalog,
    ids,
    await meantIds(catalog, roots, request.uncountedCopiesOf ?? []),
  );
  const images = await countPreviews(catalog, ids);
  const { galleryPaths } = await import('./galleries.ts');
  return {
    counts: { ...counts, images, hashed: 0, hash_bytes: 0, previews: 0, pages: 0 },
    galleries: await galleryPaths(catalog, roots, request, deps.cwd),
    warnings: [],
    failures: [],
    stopped: undefined,
    requests: 0,
    hashMs: 0,
    tookMs: deps.clock.now() - startedAt,
    previewBytes: 0,
    written: 0,
  };
}
