import type { Deps } from '../deps.ts';
import { countPreviews, countStates } from '../../archive/count-states.ts';
import { areNotesChanged } from '../../archive/sidecar-stamps.ts';
import { walkRoot, walkTarget } from '../../archive/take-stock.ts';
import type { WalkedRoot } from '../../archive/take-stock.ts';
import { withinKnownRoots } from '../../archive/targets.ts';
import type { Catalog } from '../../catalog/open.ts';
import { rootsOf } from '../../catalog/root.ts';
import { aloneIn } from './alone-in.ts';
import { problemsOf } from './catalog-roots.ts';
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
  const request = { ...asked, targets };
  if (deps.settings.dryRun) {
    const { planScan } = await import('./plan-scan.ts');
    return await planScan(deps, catalog, request);
  }
  const folders = targets.flatMap(({ root }) => [root, galleryFolder(root, request, deps.cwd)]);
  return await aloneIn(deps, folders, () => scanAlone(deps, catalog, request));
}

async function scanAlone(deps: Deps, catalog: Catalog, request: ScanRequest): Promise<ScanOutcome> {
  const startedAt = deps.clock.now();
  const hostId = await deps.hostId();
  const { patterns } = request;
  const walking = { signal: deps.signal, ...(patterns === undefined ? {} : { patterns }) };
  const walks = [];
  for (const target of request.targets) walks.push({ target, walk: await walkTarget(target, walking) });
  const roots: WalkedRoot[] = [];
  for (const { target, walk } of walks) roots.push(await walkRoot(catalog, hostId, target, walk, startedAt));
  const key = settingsKey(deps.settings, request);
  const problems = roots.flatMap(problemsOf);
  const isAllSettled = roots.every((root) => isSettled(root, key, startedAt, request));
  const isNews = isAllSettled && (await anyNoteChanged(catalog, roots));
  if (!deps.settings.forceRefresh && problems.length === 0 && isAllSettled && !isNews)
    return await settledOutcome(deps, catalog, roots, request, startedAt);
  // Loaded on demand: an unchanged library needs none of it.
  const { fullScan } = await import('./full-scan.ts');
  return await fullScan(deps, catalog, roots, request, { startedAt, key, problems });
}

/** Notes are written by other programs and by hand: what changed in one shows in no name. */
async function anyNoteChanged(catalog: Catalog, roots: readonly WalkedRoot[]): Promise<boolean> {
  for (const root of roots) if (await areNotesChanged(catalog, root)) return true;
  return false;
}

async function settledOutcome(
  deps: Deps,
  catalog: Catalog,
  roots: readonly WalkedRoot[],
  request: ScanRequest,
  startedAt: number,
): Promise<ScanOutcome> {
  const ids = roots.map(({ root }) => root.id);
  const counts = await countStates(catalog, ids);
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
