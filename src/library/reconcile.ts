import { pathKey, type WalkedFile, type WalkProblem } from './walked.ts';

/** The fields of a catalog's file row that tell whether it is still the same file. */
export interface KnownFile {
  readonly path: string;
  readonly path_key: string;
  readonly size: number;
  readonly mtime_ns: string;
  readonly ctime_ns: string;
  readonly device: string;
  readonly inode: string;
  readonly state: 'present' | 'gone';
  /** Null when the file was never hashed. */
  readonly blob_id: number | null;
}

/** A row and the file that now stands for it. */
export interface Matched<Row> {
  readonly row: Row;
  readonly walked: WalkedFile;
}

/** What a walk means for the rows: every row is in one of `unchanged`, `changed`, `moved`, `gone`, `unseen`. */
export interface Reconciled<Row> {
  /** Same path, device, inode, size and both times: its hash holds. */
  readonly unchanged: Matched<Row>[];
  /** Same path, anything else differs: to be hashed again. */
  readonly changed: Matched<Row>[];
  readonly added: WalkedFile[];
  /** The old path is gone, the same file stands elsewhere: its hash holds. */
  readonly moved: Matched<Row>[];
  readonly gone: Row[];
  /** Under a place that could not be looked at, or on a drive that is not there: nothing follows. */
  readonly unseen: Row[];
}

/** What `reconcile` needs of a walk. */
export interface Seen {
  readonly files: readonly WalkedFile[];
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
  readonly problems: readonly WalkProblem[];
  readonly devices: ReadonlySet<string>;
}

export interface ReconcileOptions {
  /** A device that is known to have a new number: rows of `before` are compared as if they said `now`. */
  readonly renumbered?: { readonly before: string; readonly now: string };
}

/**
 * Compares what a walk found with the rows of its root. Pure. A moved file is known by device, inode, size and
 * modification time (a rename changes ctime); only rows that were present and hashed can have moved.
 */
export function reconcile<Row extends KnownFile>(
  rows: readonly Row[],
  seen: Seen,
  options: ReconcileOptions = {},
): Reconciled<Row> {
  const deviceOf = (row: Row): string =>
    row.device === options.renumbered?.before ? options.renumbered.now : row.device;
  const byKey = new Map(seen.files.map((file) => [pathKey(file), file]));
  const result: Reconciled<Row> = { unchanged: [], changed: [], added: [], moved: [], gone: [], unseen: [] };
  const lost: Row[] = [];
  for (const row of rows) {
    const walked = byKey.get(row.path_key);
    byKey.delete(row.path_key);
    if (walked === undefined) lost.push(row);
    else if (isSame(row, walked, deviceOf(row))) result.unchanged.push({ row, walked });
    else result.changed.push({ row, walked });
  }
  settleLost(lost, byKey, seen, deviceOf, result);
  result.added.push(...byKey.values());
  return result;
}

/** How many walked files stand at a known path with the known size; see `rootPresence`. */
export function countRecognised(
  rows: readonly Pick<KnownFile, 'path_key' | 'size'>[],
  files: readonly WalkedFile[],
): number {
  const sizes = new Map(rows.map((row) => [row.path_key, row.size]));
  return files.filter((file) => sizes.get(pathKey(file)) === file.size).length;
}

function isSame(row: KnownFile, walked: WalkedFile, device: string): boolean {
  return (
    row.inode === walked.inode &&
    row.size === walked.size &&
    row.mtime_ns === walked.mtimeNs &&
    row.ctime_ns === walked.ctimeNs &&
    device === walked.device
  );
}

/** Finds for each row without its file whether the file moved, can't be seen, or is gone. */
function settleLost<Row extends KnownFile>(
  lost: readonly Row[],
  fresh: Map<string, WalkedFile>,
  seen: Seen,
  deviceOf: (row: Row) => string,
  result: Reconciled<Row>,
): void {
  const byIdentity = new Map<string, string[]>();
  for (const [key, file] of fresh) {
    const identity = identityOf(file.device, file.inode, file.size, file.mtimeNs);
    const keys = byIdentity.get(identity);
    if (keys === undefined) byIdentity.set(identity, [key]);
    else keys.push(key);
  }
  const isUnseen = unseenTest(seen);
  for (const row of lost) {
    const keys =
      row.state === 'present' && row.blob_id !== null
        ? byIdentity.get(identityOf(deviceOf(row), row.inode, row.size, row.mtime_ns))
        : undefined;
    const key = keys?.shift();
    const walked = key === undefined ? undefined : fresh.get(key);
    if (key !== undefined && walked !== undefined) {
      fresh.delete(key);
      result.moved.push({ row, walked });
    } else if (isUnseen(row.path, deviceOf(row))) {
      result.unseen.push(row);
    } else {
      result.gone.push(row);
    }
  }
}

function identityOf(device: string, inode: string, size: number, mtimeNs: string): string {
  return `${device}:${inode}:${size}:${mtimeNs}`;
}

function unseenTest(seen: Seen): (path: string, device: string) => boolean {
  const blocked = new Set(seen.problems.map((problem) => problem.path));
  return (path, device) => {
    if (!seen.devices.has(device) && liesUnderEmpty(path, seen.names)) return true;
    if (blocked.size === 0) return false;
    for (let at = path.length; at > 0; at = path.lastIndexOf('/', at - 1)) {
      if (blocked.has(path.slice(0, at))) return true;
    }
    return false;
  };
}

/** A mount that is not there leaves an empty folder behind, of its parent's device. */
function liesUnderEmpty(path: string, names: Seen['names']): boolean {
  let folder = path;
  for (;;) {
    folder = folder.slice(0, Math.max(folder.lastIndexOf('/'), 0));
    const inside = names.get(folder);
    if (inside !== undefined) return inside.size === 0;
    if (folder === '') return true;
  }
}
