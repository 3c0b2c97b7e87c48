import type { FileId, RootId } from '../base/ids.ts';
import { UserError } from '../base/errors.ts';
import { filesOfRoot, markGone, markPresent, moveFiles, saveFiles } from '../catalog/file.ts';
import type { FileInput, StoredFile } from '../catalog/file.ts';
import { ensureRoot, findRoot, markRootAbsent, markRootPresent } from '../catalog/root.ts';
import type { Root } from '../catalog/root.ts';
import type { Catalog } from '../catalog/open.ts';
import { takeDescribed } from './described-models.ts';
import { isAboutName } from '../formats/sidecars/about-name.ts';
import { MODEL_EXTENSIONS } from '../formats/model-file.ts';
import { anyOf } from '../library/glob.ts';
import { countRecognised, reconcile } from '../library/reconcile.ts';
import { rootPresence } from '../library/root.ts';
import type { RootPresence } from '../library/root.ts';
import { walk } from '../library/walk.ts';
import { pathKey } from '../library/walked.ts';
import type { Walk, WalkedFile } from '../library/walked.ts';
import type { Target } from './targets.ts';

/** A walk of a root, and which of its files a run is about. Names and pages need to know the others too. */
export interface TargetWalk extends Walk {
  /** The files that are meant: all, or those that were named or match a pattern. */
  readonly meant: readonly WalkedFile[];
  /** True when everything is meant. */
  readonly isWhole: boolean;
  /** True when everything is meant that the settings mean: what is left out is left out by every run with them. */
  readonly isComplete: boolean;
  /** Whether a path (relative, forward slashes) is meant, be a file there or not. */
  isMeant(path: string): boolean;
}

/** A root as it lies on disk, before it is compared with what we know. */
export interface WalkedRoot {
  readonly target: Target;
  readonly root: Root;
  readonly walk: TargetWalk;
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
  /** The files that the run is about. */
  readonly files: readonly StockFile[];
  /** The root's other files, as far as they are known. */
  readonly others: readonly StockFile[];
  /** Files whose bytes must be read. */
  readonly toHash: readonly StockFile[];
  /** Files that are new, changed or moved since the last run; all of them when that was cut short. */
  readonly dirty: ReadonlySet<number>;
  /** Models that are described by hand and have no file. */
  readonly described: readonly StockFile[];
  readonly gone: number;
}

/** Walks a root; `patterns` and the files that the target names say which of its files are meant. */
export async function walkTarget(
  target: Target,
  options: { readonly patterns?: readonly string[]; readonly signal: AbortSignal },
): Promise<TargetWalk> {
  const { only, deep = only === undefined, chosen } = target;
  const { patterns } = options;
  const whole = await walk(target.root, {
    extensions: MODEL_EXTENSIONS,
    recursive: deep,
    signal: options.signal,
  });
  const isComplete = only === undefined && patterns === undefined;
  if (isComplete && chosen === undefined) return narrowed(whole, undefined);
  const matches = patterns === undefined ? () => true : anyOf(patterns);
  const isMeant = (path: string): boolean =>
    (only === undefined || only.has(path)) && matches(path) && (chosen === undefined || chosen(path));
  return { ...narrowed(whole, isMeant), isComplete };
}

/** A walk of which only some files are meant; all of them without `isMeant`. */
export function narrowed(whole: Walk, isMeant: ((path: string) => boolean) | undefined): TargetWalk {
  if (isMeant === undefined)
    return { ...whole, meant: whole.files, isWhole: true, isComplete: true, isMeant: () => true };
  const meant = whole.files.filter((file) => isMeant(file.path));
  return { ...whole, meant, isWhole: false, isComplete: false, isMeant };
}

const ABSENT: Readonly<Record<'gone' | 'empty' | 'other-device', string>> = {
  gone: 'it is gone',
  empty: 'it held models before and is empty now',
  'other-device': 'it lies on another drive than before, and none of its files is there',
};

/** What the disk says of a root that is known: there, or not (gone, empty, another device) and then nothing follows from it. */
export async function presenceOf(
  catalog: Pick<Catalog, 'db'>,
  root: Root,
  walked: Walk,
): Promise<RootPresence> {
  const rows = catalog.db.selectFrom('file').where('root_id', '=', root.id).where('state', '=', 'present');
  const any = await rows.select('id').limit(1).executeTakeFirst();
  const before = { device: root.device ?? undefined, hadFiles: any !== undefined };
  const now = { exists: true, device: walked.device, files: walked.files.length };
  // Only another device number asks for a look at every file.
  if (root.device === walked.device) return rootPresence(before, now);
  const known = await rows.select(['path_key', 'size']).execute();
  return rootPresence(before, { ...now, recognised: countRecognised(known, walked.files) });
}

/** Throws UserError `root-absent` when a root that is known is not there. */
export function assertPresent(root: Root, presence: RootPresence): void {
  if (presence.state === 'present') return;
  throw new UserError(`${root.path} looks absent: ${ABSENT[presence.reason]}.`, {
    code: 'root-absent',
    next: 'Nothing was changed. Connect the drive, or name another folder.',
  });
}

/** Throws UserError `no-models` when nothing that is meant was found. */
export function assertModels(target: Target, walked: TargetWalk): void {
  if (walked.meant.length > 0 || hasDescriptions(walked)) return;
  const what = walked.isWhole ? 'holds no model files' : 'holds none of the model files that were asked for';
  throw new UserError(`${target.root} ${what}.`, {
    code: 'no-models',
    next: `Model files end in ${MODEL_EXTENSIONS.join(', ')}.`,
  });
}

/** Models may be described by hand where no file lies. */
function hasDescriptions({ names, isMeant }: TargetWalk): boolean {
  for (const [folder, own] of names)
    for (const name of own)
      if (isAboutName(name) && isMeant(folder === '' ? name : `${folder}/${name}`)) return true;
  return false;
}

/**
 * Takes a walked root into the catalog and makes sure that it is there. Throws UserError `root-absent` (recorded) or
 * `no-models`; a folder that never held a model is not recorded.
 */
export async function walkRoot(
  catalog: Catalog,
  hostId: string,
  target: Target,
  walked: TargetWalk,
  at: number,
): Promise<WalkedRoot> {
  const known = await findRoot(catalog.db, hostId, target.root);
  if (known === undefined) assertModels(target, walked);
  const root = known ?? (await ensureRoot(catalog, hostId, target.root, at));
  const presence = await presenceOf(catalog, root, walked);
  if (presence.state === 'absent') await markRootAbsent(catalog, root.id, at);
  assertPresent(root, presence);
  assertModels(target, walked);
  if (root.device !== walked.device || root.absent_at !== null || root.seen_at === null)
    await markRootPresent(catalog, root.id, walked.device, at);
  const isRenumbered = presence.state === 'present' && presence.renumbered && root.device !== null;
  return {
    target,
    root,
    walk: walked,
    renumbered: isRenumbered ? { before: root.device ?? '', now: walked.device } : undefined,
  };
}

/** True when what was written for a root may lag behind what is known: it is new, or a run of it was cut short. */
export function isCutShort({ root }: Pick<WalkedRoot, 'root'>): boolean {
  return root.digest === null;
}

/** Compares a walked root with the catalog and brings the catalog up to date; no file is opened. */
export async function takeStock(catalog: Catalog, walked: WalkedRoot, at: number): Promise<Stock> {
  const { root, walk: found, renumbered } = walked;
  return await catalog.write(async (trx) => {
    // Read in here, so that what another scan finds out meanwhile is not taken back.
    const rows = await filesOfRoot(trx, root.id);
    const known = found.isWhole ? rows : rows.filter((row) => found.isMeant(row.path));
    const result = reconcile(
      known,
      { ...found, files: found.meant },
      renumbered === undefined ? {} : { renumbered },
    );
    const fresh = [...result.added, ...result.changed.map((pair) => pair.walked)];
    const returned = result.unchanged.filter((pair) => pair.row.state === 'gone');
    await markGone(
      trx,
      result.gone.filter((row) => row.state === 'present').map((row) => row.id),
      at,
    );
    await moveFiles(
      trx,
      root.id,
      result.moved.map(({ row, walked: to }) => ({
        fileId: row.id,
        to: fileInput(to, row.blob_id, row.hash_origin),
      })),
      at,
    );
    await saveFiles(
      trx,
      root.id,
      fresh.map((file) => fileInput(file, null)),
      at,
    );
    await markPresent(
      trx,
      returned.map((pair) => pair.row.id),
      at,
    );
    if (renumbered !== undefined)
      await saveFiles(
        trx,
        root.id,
        result.unchanged.map(({ row, walked: file }) => fileInput(file, row.blob_id, row.hash_origin)),
        at,
      );
    const touched = isCutShort(walked)
      ? found.meant
      : [...fresh, ...result.moved.map((pair) => pair.walked), ...returned.map((pair) => pair.walked)];
    const now = fresh.length === 0 && result.moved.length === 0 ? rows : await filesOfRoot(trx, root.id);
    const { described, gone } = await takeDescribed(trx, walked, at);
    const stock = stockOf(now, found, new Set(touched), result.gone.length + gone);
    const unwritten = isCutShort(walked) ? described.map((file) => Number(file.fileId)) : [];
    return { ...stock, dirty: new Set([...stock.dirty, ...unwritten]), described };
  });
}

function stockOf(
  rows: readonly StoredFile[],
  walked: TargetWalk,
  fresh: ReadonlySet<WalkedFile>,
  gone: number,
): Stock {
  const byPath = new Map(rows.map((row) => [row.path_key, row]));
  const files: StockFile[] = [];
  const others: StockFile[] = [];
  const dirty = new Set<number>();
  const meant = walked.isWhole ? undefined : new Set(walked.meant);
  for (const file of walked.files) {
    const row = byPath.get(pathKey(file));
    if (row === undefined) continue;
    const one = {
      fileId: row.id as FileId,
      rootId: row.root_id as RootId,
      walked: file,
      blobId: row.blob_id ?? undefined,
    };
    if (meant === undefined || meant.has(file)) files.push(one);
    else if (row.state === 'present') others.push(one);
    if (fresh.has(file)) dirty.add(row.id);
  }
  return {
    files,
    others,
    toHash: files.filter((file) => file.blobId === undefined),
    dirty,
    described: [],
    gone,
  };
}

/** A root as the catalog knows it: what a walk found of it, and the paths of the present files that it did not find. */
export function stockAsKnown(
  rows: readonly StoredFile[],
  walked: WalkedRoot,
): Stock & { readonly lost: readonly string[] } {
  const present = rows.filter((row) => row.state === 'present');
  const stock = stockOf(present, walked.walk, new Set(isCutShort(walked) ? walked.walk.meant : []), 0);
  const { gone } = reconcile(
    present.filter((row) => walked.walk.isMeant(row.path)),
    { ...walked.walk, files: walked.walk.meant },
  );
  return { ...stock, toHash: [], lost: gone.map((row) => row.path) };
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
