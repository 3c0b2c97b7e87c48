import { formatBytes, formatCount } from '../../base/bytes.ts';
import { countStates } from '../../archive/count-states.ts';
import { UserError } from '../../base/errors.ts';
import { filesOfRoot } from '../../catalog/file.ts';
import type { Catalog } from '../../catalog/open.ts';
import { findRoot } from '../../catalog/root.ts';
import type { Walk } from '../../library/walked.ts';
import { reconcile } from '../../library/reconcile.ts';
import type { Deps } from '../deps.ts';
import type { ScanOutcome, ScanRequest } from './scan-request.ts';
import { galleryFolder } from './settle.ts';

/** What a scan would do, without doing any of it: nothing is read but folders and the catalog, nobody is asked. */
export async function planScan(
  deps: Deps,
  catalog: Catalog,
  request: ScanRequest,
  walks: readonly Walk[],
): Promise<ScanOutcome> {
  const hostId = await deps.hostId();
  const lines: string[] = [];
  let files = 0;
  let toHash = 0;
  let bytes = 0;
  let moved = 0;
  let gone = 0;
  const known = { identified: 0, missing: 0, removed: 0, unchecked: 0, failed: 0 };
  for (const [index, target] of request.targets.entries()) {
    const walk = walks[index];
    if (walk === undefined) continue;
    if (walk.files.length === 0)
      throw new UserError(`${target.root} holds no model files.`, { code: 'no-models' });
    const root = await findRoot(catalog.db, hostId, target.root);
    const rows = root === undefined ? [] : await filesOfRoot(catalog.db, root.id);
    const result = reconcile(rows, walk);
    const fresh = [
      ...result.added,
      ...result.changed.map((pair) => pair.walked),
      ...result.unchanged.filter((pair) => pair.row.blob_id === null).map((pair) => pair.walked),
    ];
    files += walk.files.length;
    toHash += fresh.length;
    bytes += fresh.reduce((sum, file) => sum + file.size, 0);
    moved += result.moved.length;
    gone += target.only === undefined ? result.gone.filter((row) => row.state === 'present').length : 0;
    if (root !== undefined)
      addCounts(
        known,
        await countStates(catalog, [root.id], new Set(result.unchanged.map((pair) => pair.row.id))),
      );
    lines.push(`${galleryFolder(target.root, request, deps.cwd)}/gallery.html would be written`);
  }
  const planned = [
    `${formatCount(files)} files, of which ${formatCount(toHash)} would be hashed (${formatBytes(bytes)})`,
    `${formatCount(known.identified)} are known already, ${formatCount(known.missing)} were not on the site, ${formatCount(known.removed)} were removed from it`,
    ...(moved > 0 ? [`${formatCount(moved)} were moved and keep what is known of them`] : []),
    ...(gone > 0 ? [`${formatCount(gone)} are gone; what is known of them is kept`] : []),
    `previews: ${String(request.images)}; profile: ${request.profile}`,
    ...lines,
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
    planned,
    plan: { to_hash: toHash, to_hash_bytes: bytes, moved, gone },
  };
}

function addCounts(
  total: Record<'identified' | 'missing' | 'removed' | 'unchecked' | 'failed', number>,
  more: Readonly<Record<'identified' | 'missing' | 'removed' | 'unchecked' | 'failed', number>>,
): void {
  for (const key of ['identified', 'missing', 'removed', 'unchecked', 'failed'] as const)
    total[key] += more[key];
}
