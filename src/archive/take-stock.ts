import type { FileId, RootId } from '../base/ids.ts';
import { UserError } from '../base/errors.ts';
import { filesOfRoot, markGone, markPresent, moveFiles, saveFiles } from '../catalog/file.ts';
import type { FileInput, FileRow } from '../catalog/file.ts';
import { ensureRoot, markRootAbsent, markRootPresent } from '../catalog/root.ts';
import type { Root } from '../catalog/root.ts';
import type { Catalog } from '../catalog/open.ts';
import { MODEL_EXTENSIONS } from '../formats/model-file.ts';
import { reconcile } from '../library/reconcile.ts';
import { rootPresence } from '../library/root.ts';
import { walk } from '../library/walk.ts';
import { pathKey } from '../library/walked.ts';
import type { Walk, WalkedFile } from '../library/walked.ts';
import type { Target } from './targets.ts';

/** A root as it lies on disk, before it is compared with what we know. */
export interface WalkedRoot {
  readonly target: Target;
  readonly root: Root;
  readonly walk: Walk;
  /** The root's device has a new number since the last run. */
  readonly renumbered: { readonly before: string; readonly now: string } | undefined;
}

/** A model file of the library as it is now. */
export interface StockFile {
  readonly fileId: FileId;
  readonly rootId: RootId;
  readonly walked: WalkedFile;
  /** Known bytes, when the file is as it was. */
  readonly blobId: number | undefined;
}

export interface Stock {
  readonly files: readonly StockFile[];
  /** Files whose bytes must be read. */
  readonly toHash: readonly StockFile[];
  /** Files that are new, changed or moved since the last run; all of them when that was cut short. */
  readonly dirty: ReadonlySet<number>;
  readonly gone: number;
}

/** What a walk keeps of a root: everything, or the files that were named. */
export async function walkTarget(target: Target, options: { readonly patterns?: readonly string[]; readonly recursive?: boolean; readonly signal: AbortSignal }): Promise<Walk> {
  const whole = await walk(target.root, {
    extensions: MODEL_EXTENSIONS,
    recursive: target.only === undefined && (options.recursive ?? true),
    signal: options.signal,
    ...(options.patterns === undefined ? {} : { patterns: options.patterns }),
  });
  const { only } = target;
  return only === undefined ? whole : { ...whole, files: whole.files.filter((file) => only.has(file.path)) };
}

const ABSENT: Readonly<Record<'gone' | 'empty' | 'other-device', string>> = {
  gone: 'it is gone',
  empty: 'it held models before and is empty now',
  'other-device': 'it lies on another drive than before, and none of its files is there',
};

/**
 * Walks a root and makes sure that it is there: a root that is gone, empty or on another device than before is absent,
 * and nothing follows from that but a UserError.
 */
export async function walkRoot(catalog: Catalog, hostId: string, target: Target, walked: Walk, at: number): Promise<WalkedRoot> {
  const root = await ensureRoot(catalog, hostId, target.root, at);
  const known = await catalog.db.selectFrom('file').select(['path', 'size']).where('root_id', '=', root.id).where('state', '=', 'present').execute();
  const sizes = new Map(known.map((row) => [row.path, row.size]));
  const recognised = walked.files.filter((file) => sizes.get(file.path) === file.size).length;
  const presence = rootPresence({ device: root.device ?? undefined, hadFiles: known.length > 0 }, { exists: true, device: walked.device, files: walked.files.length, recognised });
  if (presence.state === 'absent' && target.only === undefined) {
    await markRootAbsent(catalog, root.id, at);
    throw new UserError(`${target.root} looks absent: ${ABSENT[presence.reason]}.`, {
      code: 'root-absent',
      next: 'Nothing was changed. Connect the drive, or name another folder.',
    });
  }
  if (walked.files.length === 0) {
    throw new UserError(`${target.root} holds no model files.`, { code: 'no-models', next: `Model files end in ${MODEL_EXTENSIONS.join(', ')}.` });
  }
  if (root.device !== walked.device || root.absent_at !== null || root.seen_at === null) await markRootPresent(catalog, root.id, walked.device, at);
  const isRenumbered = presence.state === 'present' && presence.renumbered && root.device !== null;
  return { target, root, walk: walked, renumbered: isRenumbered ? { before: root.device ?? '', now: walked.device } : undefined };
}

/** True when what was written for a root may lag behind what is known: it is new, or a run of it was cut short. */
export function isCutShort({ root }: Pick<WalkedRoot, 'root'>): boolean {
  return root.digest === null;
}

/** Compares a walked root with the catalog and brings the catalog up to date; no file is opened. */
export async function takeStock(catalog: Catalog, walked: WalkedRoot, at: number): Promise<Stock> {
  const { root, walk: found, target, renumbered } = walked;
  return await catalog.write(async (trx) => {
    // Read in here, so that what another scan finds out meanwhile is not taken back.
    const rows = await filesOfRoot(trx, root.id);
    const known = target.only === undefined ? rows : rows.filter((row) => target.only?.has(row.path));
    const result = reconcile(known, found, renumbered === undefined ? {} : { renumbered });
    const fresh = [...result.added, ...result.changed.map((pair) => pair.walked)];
    const returned = result.unchanged.filter((pair) => pair.row.state === 'gone');
    await markGone(trx, result.gone.filter((row) => row.state === 'present').map((row) => row.id), at);
    await moveFiles(trx, root.id, result.moved.map(({ row, walked: to }) => ({ fileId: row.id, to: fileInput(to, row.blob_id, row.hash_origin) })), at);
    await saveFiles(trx, root.id, fresh.map((file) => fileInput(file, null)), at);
    await markPresent(trx, returned.map((pair) => pair.row.id), at);
    if (renumbered !== undefined) await saveFiles(trx, root.id, result.unchanged.map(({ row, walked: file }) => fileInput(file, row.blob_id, row.hash_origin)), at);
    const touched = isCutShort(walked) ? found.files : [...fresh, ...result.moved.map((pair) => pair.walked), ...returned.map((pair) => pair.walked)];
    const now = fresh.length === 0 && result.moved.length === 0 ? rows : await filesOfRoot(trx, root.id);
    return stockOf(now, found.files, new Set(touched), result.gone.length);
  });
}

function stockOf(rows: readonly FileRow[], files: readonly WalkedFile[], fresh: ReadonlySet<WalkedFile>, gone: number): Stock {
  const byPath = new Map(rows.map((row) => [row.path_key, row]));
  const stock: StockFile[] = [];
  const dirty = new Set<number>();
  for (const walked of files) {
    const row = byPath.get(pathKey(walked));
    if (row === undefined) continue;
    stock.push({ fileId: row.id as FileId, rootId: row.root_id as RootId, walked, blobId: row.blob_id ?? undefined });
    if (fresh.has(walked)) dirty.add(row.id);
  }
  return { files: stock, toHash: stock.filter((file) => file.blobId === undefined), dirty, gone };
}

function fileInput(file: WalkedFile, blobId: number | null, hashOrigin?: string | null): FileInput {
  return {
    path: file.path,
    pathKey: pathKey(file),
    rawPath: file.rawPath,
    name: file.name,
    stem: file.stem,
    ext: file.ext,
    folder: file.folder,
    size: file.size,
    mtimeNs: file.mtimeNs,
    ctimeNs: file.ctimeNs,
    device: file.device,
    inode: file.inode,
    blobId,
    hashOrigin: hashOrigin ?? undefined,
  };
}
