import { dirname, join } from 'node:path';
import type { CleanItem } from '../../archive/clean/clean-item.ts';
import { trashFiles } from '../../archive/clean/trash-files.ts';
import type { Trashed } from '../../archive/clean/trash-files.ts';
import { InterruptedError } from '../../base/errors.ts';
import { faultPoint } from '../../base/fault-point.ts';
import type { RunId } from '../../base/ids.ts';
import { markGone } from '../../catalog/file.ts';
import type { Catalog } from '../../catalog/open.ts';
import { outdateAround } from '../../catalog/relocate.ts';
import { rootsOf } from '../../catalog/root.ts';
import type { Root } from '../../catalog/root.ts';
import { planTrash } from '../../catalog/trash.ts';
import type { PlannedTrash } from '../../catalog/trash.ts';
import { shownPath } from '../../library/disk-path.ts';
import { configuredFolders, parseNames } from '../../profiles/configured.ts';
import { makeTrash, placeInTrash, pruneFolders, trashFolderFor } from '../../library/trash.ts';
import type { Deps } from '../deps.ts';
import type { CatalogRoots } from '../scanning/catalog-roots.ts';
import { layoutOf, USUAL_LAYOUT } from '../scanning/layout.ts';
import { galleryFolder } from '../scanning/settle.ts';
import type { PreparedClean } from './plan-clean.ts';

export interface TrashRun {
  readonly deps: Deps;
  readonly catalog: Catalog;
  readonly runId: RunId;
  readonly prepared: PreparedClean;
  readonly found: CatalogRoots;
  readonly signal: AbortSignal;
}

/** Writes the plan down, then carries it out. Throws LibraryError `trash-not-ours`, InterruptedError. */
export async function moveToTrash(run: TrashRun): Promise<Trashed> {
  const { deps, catalog, runId, prepared, signal } = run;
  const planned = await placesFor(run);
  const steps = await catalog.write(async (trx) => {
    await markGone(trx, prepared.newlyGone, deps.clock.now());
    await outdateAround(trx, prepared.newlyGone);
    return await planTrash(trx, catalog.engine, runId, planned);
  });
  faultPoint('trash.planned');
  const phase = deps.progress.phase('Moving to the trash', steps.length, 'files');
  const trashed = await trashFiles(steps, {
    catalog,
    signal,
    now: () => deps.clock.now(),
    resuming: false,
    onFile: () => phase.advance(1),
  });
  phase.end();
  await pruneCollected(catalog, trashed);
  if (trashed.stopped instanceof InterruptedError)
    throw signal.reason instanceof Error ? signal.reason : trashed.stopped;
  return trashed;
}

/** A folder of the run's own in the trash of each drive, and in it a place for each file. */
async function placesFor({ deps, catalog, runId, prepared, found }: TrashRun): Promise<PlannedTrash[]> {
  const known = await rootsOf(catalog.db, await deps.hostId());
  const linked = found.roots.flatMap(({ root, walk }) => walk.links.map((link) => join(root.path, link)));
  const tops = [...known.flatMap((root) => foldersGiven(root, deps.cwd)), ...linked];
  const home = join(deps.settings.stateFolder, 'trash');
  // Catalogs that share a state folder number their runs alike.
  const mark = Math.floor(deps.chance() * 0x1000000)
    .toString(16)
    .padStart(6, '0');
  const trashes = new Map<string, string>();
  const made = new Set<string>();
  return prepared.items.map((item) => {
    const folder = dirname(shownPath(item.path));
    const trash = trashes.get(folder) ?? trashFolderFor(folder, { home, tops });
    trashes.set(folder, trash);
    if (!made.has(trash)) makeTrash(trash);
    made.add(trash);
    return plannedOf(item, join(trash, `run-${runId}-${mark}`));
  });
}

/** The folders that the user gave for a root and what is written about it. */
function foldersGiven(root: Root, cwd: string): string[] {
  const layout = layoutOf(root) ?? USUAL_LAYOUT;
  const { configured } = layout;
  const named = configured === undefined ? [] : configuredFolders(parseNames(configured.names), [root.path]);
  return [root.path, galleryFolder(root.path, layout, cwd), ...named];
}

function plannedOf(item: CleanItem, folder: string): PlannedTrash {
  const { reason, output, kept, path, rootId, fileId, size, mtimeNs, inode, sha256 } = item;
  return {
    reason,
    folder,
    output,
    kept,
    step: {
      op: 'move',
      role: output === undefined ? 'model' : 'companion',
      file_id: fileId,
      source: path,
      target: placeInTrash(folder, path),
      source_root_id: rootId,
      target_root_id: rootId,
      size,
      mtime_ns: mtimeNs,
      inode,
      sha256: sha256 ?? null,
    },
  };
}

/** The folders that the profile `collected` made for a model, and those of thumbnails, go when nothing else is in them. */
export async function pruneCollected(catalog: Catalog, { done }: Pick<Trashed, 'done'>): Promise<void> {
  const roots = await catalog.db.selectFrom('root').selectAll().execute();
  const outputs = new Set(
    roots.flatMap((root) => {
      const layout = layoutOf(root);
      return layout?.profile === 'collected' && layout.output !== undefined ? [layout.output] : [];
    }),
  );
  for (const { step, output } of done) {
    const folder = dirname(shownPath(step.source));
    if (output === undefined || step.role !== 'companion') continue;
    if (output.kind === 'thumb' || outputs.has(dirname(folder))) pruneFolders(folder, [step.source]);
  }
}
