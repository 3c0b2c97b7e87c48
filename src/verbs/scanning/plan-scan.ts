import { formatBytes, formatCount } from '../../base/bytes.ts';
import type { FileId, RootId } from '../../base/ids.ts';
import { countStates } from '../../archive/count-states.ts';
import { blobsLacking } from '../../archive/lacking-hashes.ts';
import { estimateBytes } from '../../archive/plan-previews.ts';
import { assertModels, assertPresent, presenceOf, walkTarget } from '../../archive/take-stock.ts';
import type { Stock, StockFile, TargetWalk, WalkedRoot } from '../../archive/take-stock.ts';
import type { Target } from '../../archive/targets.ts';
import { filesOfRoot } from '../../catalog/file.ts';
import type { FileRow } from '../../catalog/file.ts';
import type { Catalog } from '../../catalog/open.ts';
import { findRoot } from '../../catalog/root.ts';
import type { Root } from '../../catalog/root.ts';
import { reconcile } from '../../library/reconcile.ts';
import type { Matched, Reconciled } from '../../library/reconcile.ts';
import type { Deps } from '../deps.ts';
import type { ScanOutcome, ScanRequest } from './scan-request.ts';
import { plannedGalleries } from './galleries.ts';
import { homePath, summaryRows } from '../summary.ts';
import { withoutCopies } from './organised-copies.ts';
import { wantedPreviews } from './wanted-previews.ts';
import { rootJobs } from './root-jobs.ts';

/** One root as a scan would find it. */
interface PlannedRoot {
  readonly target: Target;
  readonly walk: TargetWalk;
  /** `undefined` when it was never scanned. */
  readonly root: Root | undefined;
  readonly found: Reconciled<FileRow>;
  /** Blobs of which a hash is asked for that was never made. */
  readonly lacking: ReadonlySet<number>;
}

/** What a scan would do, without doing any of it: nothing is read but folders and the catalog, nobody is asked. */
export async function planScan(deps: Deps, catalog: Catalog, request: ScanRequest): Promise<ScanOutcome> {
  const planned: PlannedRoot[] = [];
  for (const target of request.targets) planned.push(await planRoot(deps, catalog, target, request));
  const plan = planOf(planned, await plannedPreviews(deps, catalog, planned, request));
  const ids = new Set(planned.flatMap(({ found }) => idsOf(found)));
  const counting = await withoutCopies(catalog, ids, request.uncountedCopiesOf ?? []);
  const known = await knownStates(catalog, planned, counting);
  const files = planned.reduce((sum, { walk }) => sum + walk.meant.length, 0) - (ids.size - counting.size);
  const roots = planned.map(({ target }) => target.root);
  const galleries = await plannedGalleries(catalog, roots, request, deps.cwd);
  const lines = [
    '',
    ...summaryRows([
      [
        `${formatCount(files)} files`,
        `${formatCount(plan.to_hash)} to hash (${formatBytes(plan.to_hash_bytes)})`,
        ...(plan.previews > 0
          ? [`${formatCount(plan.previews)} previews to fetch (roughly ${formatBytes(plan.previews_bytes)})`]
          : []),
      ],
      [
        `${formatCount(known.identified)} known already`,
        `${formatCount(known.missing)} not on the site`,
        `${formatCount(known.removed)} removed from it`,
      ],
    ]),
    ...(plan.moved > 0 ? [`${formatCount(plan.moved)} were moved and keep what is known of them`] : []),
    ...(plan.gone > 0 ? [`${formatCount(plan.gone)} are gone; what is known of them is kept`] : []),
    `Previews  ${request.images}`,
    `Profile   ${request.profile}`,
    ...(request.sidecars.length === 0 ? [] : [`notes for other programs: ${request.sidecars.join(', ')}`]),
    ...galleries.map((page) => `Gallery   ${homePath(page)}`),
    'Nothing was changed and nobody was asked.',
  ];
  const counted = known.identified + known.missing + known.removed + known.failed;
  return {
    counts: {
      ...known,
      unchecked: files - counted,
      files,
      images: 0,
      hashed: 0,
      hash_bytes: 0,
      previews: 0,
      pages: 0,
    },
    galleries: [],
    warnings: [],
    failures: [],
    stopped: undefined,
    requests: 0,
    hashMs: 0,
    tookMs: 0,
    previewBytes: 0,
    written: 0,
    planned: lines,
    plan,
  };
}

/** Throws what a scan would: `root-absent`, `no-models`. */
async function planRoot(
  deps: Deps,
  catalog: Catalog,
  target: Target,
  { patterns }: ScanRequest,
): Promise<PlannedRoot> {
  const walk = await walkTarget(target, {
    signal: deps.signal,
    ...(patterns === undefined ? {} : { patterns }),
  });
  const root = await findRoot(catalog.db, await deps.hostId(), target.root);
  if (root !== undefined) assertPresent(root, await presenceOf(catalog, root, walk));
  assertModels(target, walk);
  const rows = root === undefined ? [] : await filesOfRoot(catalog.db, root.id);
  const found = reconcile(
    rows.filter((row) => walk.isMeant(row.path)),
    { ...walk, files: walk.meant },
  );
  const blobIds = found.unchanged.flatMap(({ row }) => row.blob_id ?? []);
  const lacking = await blobsLacking(catalog, blobIds, deps.settings.hashKinds);
  return { target, walk, root, found, lacking };
}

interface Plan extends Readonly<Record<string, number>> {
  readonly to_hash: number;
  readonly to_hash_bytes: number;
  readonly moved: number;
  readonly gone: number;
  /** Of files whose version is known; what the others want is known when the site was asked. */
  readonly previews: number;
  readonly previews_bytes: number;
}

function planOf(roots: readonly PlannedRoot[], previews: Pick<Plan, 'previews' | 'previews_bytes'>): Plan {
  const toHash = roots.flatMap(({ found, lacking }) => [
    ...found.added,
    ...found.changed.map((pair) => pair.walked),
    ...found.unchanged
      .filter(({ row }) => row.blob_id === null || lacking.has(row.blob_id))
      .map((pair) => pair.walked),
  ]);
  return {
    to_hash: toHash.length,
    to_hash_bytes: toHash.reduce((sum, file) => sum + file.size, 0),
    moved: roots.reduce((sum, { found }) => sum + found.moved.length, 0),
    gone: roots.reduce(
      (sum, { found }) => sum + found.gone.filter((row) => row.state === 'present').length,
      0,
    ),
    ...previews,
  };
}

async function plannedPreviews(
  deps: Deps,
  catalog: Catalog,
  planned: readonly PlannedRoot[],
  request: ScanRequest,
): Promise<Pick<Plan, 'previews' | 'previews_bytes'>> {
  const stocks = new Map<WalkedRoot, Stock>();
  for (const { target, root, walk, found } of planned) {
    if (root === undefined) continue;
    const files = [...found.unchanged, ...found.moved].map(asStock);
    stocks.set(
      { target, root, walk, renumbered: undefined },
      { files, others: [], toHash: [], dirty: new Set(), described: [], gone: 0 },
    );
  }
  const jobs = await rootJobs(catalog, { roots: [...stocks.keys()], stocks, request }, deps.cwd);
  const { steps, copies } = await wantedPreviews(deps, catalog, jobs, request.images);
  // An image that several files want is fetched once.
  const images = new Map(steps.map(({ image }) => [image.imageId, image]));
  for (const imageId of copies.keys()) images.delete(imageId);
  return { previews: images.size, previews_bytes: estimateBytes([...images.values()]) };
}

function asStock({ row, walked }: Matched<FileRow>): StockFile {
  return {
    fileId: row.id as FileId,
    rootId: row.root_id as RootId,
    walked,
    blobId: row.blob_id ?? undefined,
  };
}

/** The library files that are there with the bytes that are known, by id. */
function idsOf({ unchanged, moved }: PlannedRoot['found']): number[] {
  return [...unchanged, ...moved].map(({ row }) => row.id);
}

type States = Record<'identified' | 'missing' | 'removed' | 'unchecked' | 'failed', number>;

/** How the files stand whose bytes are known and are as they were. */
async function knownStates(
  catalog: Catalog,
  roots: readonly PlannedRoot[],
  counting: ReadonlySet<number>,
): Promise<States> {
  const total: States = { identified: 0, missing: 0, removed: 0, unchecked: 0, failed: 0 };
  for (const { root, found } of roots) {
    if (root === undefined) continue;
    const ids = new Set(idsOf(found).filter((id) => counting.has(id)));
    const { identified, missing, removed, failed } = await countStates(catalog, [root.id], ids);
    total.identified += identified;
    total.missing += missing;
    total.removed += removed;
    total.failed += failed;
  }
  return total;
}
