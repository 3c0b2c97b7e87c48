import { existsSync, linkSync, renameSync, unlinkSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { isSystemError, LibraryError } from '../base/errors.ts';
import { faultPoint } from '../base/fault-point.ts';
import { chunks, inPool } from '../base/pool.ts';
import { diskError } from './disk-error.ts';
import type { Bounds } from './inside.ts';
import { makeFolder } from './make-folder.ts';
import { syncFolder } from './sync-folders.ts';
import { openTemp, type Fault, type Fillable } from './temp-file.ts';

/** Open files at once: two batches are under way, and the usual limit is 1,024. */
const BATCH = 64;

/** Bytes that shall stand at a path. */
export interface PlaceItem {
  /** Absolute; missing folders are made. */
  readonly path: string;
  readonly bytes: Uint8Array | string;
  /** False refuses with `in-the-way` when something stands there already, with no gap in between. Default true. */
  readonly replace?: boolean;
}

/** A finished temp file and where it belongs. */
export interface TempTarget {
  readonly temp: Fillable;
  readonly path: string;
  readonly replace?: boolean;
}

export interface PlaceOptions {
  /** Within these every path is proven to lie, at the moment of use. */
  readonly bounds: Bounds;
  readonly fault?: Fault;
}

/** What became of one item; in the order of the items. */
export interface Placed {
  readonly path: string;
  /** Why it does not stand there; the others may. */
  readonly error?: LibraryError;
  readonly size: number;
  /** Of the placed file, epoch nanoseconds. */
  readonly mtimeNs: string;
}

/**
 * Puts bytes in place so that a kill at any moment leaves the old file or the new one, whole: temp file, fsync, rename,
 * fsync of the folder, in batches that share the waiting. A file that can't be placed is told in its result; a full disk
 * ends all: it throws LibraryError `disk-full` and leaves no temp files.
 */
export async function placeAll(items: readonly PlaceItem[], options: PlaceOptions): Promise<Placed[]> {
  const results: Placed[][] = [];
  // While one batch waits for the disk the next is written.
  await inPool(chunks(items, BATCH), 2, async (batch, index) => {
    results[index] = await placeBatch(batch, options);
  });
  return results.flat();
}

async function placeBatch(items: readonly PlaceItem[], options: PlaceOptions): Promise<Placed[]> {
  const failed = new Map<PlaceItem, LibraryError>();
  const targets: (TempTarget & { readonly item: PlaceItem })[] = [];
  const folders = openFolders(options);
  for (const item of items) {
    try {
      folders.prepare(item.path);
      const temp = writeTemp(item, options.fault);
      const { path, replace } = item;
      targets.push({ item, temp, path, ...(replace === undefined ? {} : { replace }) });
    } catch (cause) {
      const error = diskError(item.path, cause);
      if (error.code === 'disk-full') {
        discardAll(targets);
        throw error;
      }
      failed.set(item, error);
    }
  }
  const placed = await commitBatch(targets, folders, options);
  const byItem = new Map(targets.map(({ item }, index) => [item, placed[index]]));
  return items.map((item) => byItem.get(item) ?? notPlaced(item.path, failed.get(item)));
}

function writeTemp({ path, bytes }: PlaceItem, fault: Fault | undefined): Fillable {
  const options = { name: basename(path), hashed: false, ...(fault === undefined ? {} : { fault }) };
  const temp = openTemp(dirname(path), options);
  temp.write(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  temp.finish();
  return temp;
}

/** Puts finished temp files in place, as `placeAll` does. Whatever happens, none of them is left as a temp file. */
export async function commitTemps(targets: readonly TempTarget[], options: PlaceOptions): Promise<Placed[]> {
  const results: Placed[][] = [];
  try {
    await inPool(chunks(targets, BATCH), 2, async (batch, index) => {
      results[index] = await commitBatch(batch, openFolders(options), options);
    });
  } catch (error) {
    discardAll(targets);
    throw error;
  }
  return results.flat();
}

async function commitBatch(
  targets: readonly TempTarget[],
  folders: Folders,
  options: PlaceOptions,
): Promise<Placed[]> {
  const synced = await Promise.all(targets.map((target) => syncOne(target)));
  endIfFull(synced, targets);
  const placed = targets.map((target, index) => renameOne(target, synced[index], folders, options));
  await folders.sync();
  endIfFull(placed, targets);
  return placed;
}

/** Nothing more can be written to a full disk, so it ends the whole. */
function endIfFull(results: readonly Placed[], targets: readonly TempTarget[]): void {
  const full = results.find((one) => one.error?.code === 'disk-full')?.error;
  if (full === undefined) return;
  discardAll(targets);
  throw full;
}

function discardAll(targets: readonly TempTarget[]): void {
  for (const { temp } of targets) temp.discard();
}

async function syncOne({ temp, path }: TempTarget): Promise<Placed> {
  try {
    const mtimeNs = await temp.sync();
    return { path, size: temp.finish().size, mtimeNs };
  } catch (cause) {
    return notPlaced(path, diskError(path, cause));
  }
}

function renameOne(
  target: TempTarget,
  synced: Placed | undefined,
  folders: Folders,
  options: PlaceOptions,
): Placed {
  if (synced?.error !== undefined || synced === undefined) return synced ?? notPlaced(target.path, undefined);
  try {
    folders.prove(target.path);
    if (target.replace === false) linkInto(target.temp.path, target.path);
    else renameSync(target.temp.path, target.path);
    (options.fault ?? faultPoint)('place.renamed');
    return synced;
  } catch (cause) {
    target.temp.discard();
    return notPlaced(target.path, diskError(target.path, cause));
  }
}

/** A rename that never replaces: the link fails when the name is taken. Some file systems have no hard links. */
function linkInto(from: string, to: string): void {
  try {
    linkSync(from, to);
    unlinkSync(from);
  } catch (cause) {
    if (!isSystemError(cause, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw cause;
    if (existsSync(to)) throw Object.assign(new Error('EEXIST: file already exists'), { code: 'EEXIST' });
    renameSync(from, to);
  }
}

interface Folders {
  /** Proves a path inside and makes its folder. */
  prepare(path: string): void;
  /** Proves a path inside once more, just before it is used. */
  prove(path: string): void;
  /** Makes the names in all folders used safe on the disk. */
  sync(): Promise<void>;
}

function openFolders({ bounds, fault = faultPoint }: PlaceOptions): Folders {
  const used = new Set<string>();
  const prepared = new Set<string>();
  const proven = new Set<string>();
  return {
    prepare(path) {
      const folder = dirname(resolve(path));
      bounds.check(path);
      if (prepared.has(folder)) return;
      for (const made of foldersMade(folder)) used.add(dirname(made));
      prepared.add(folder);
    },
    prove(path) {
      const folder = dirname(resolve(path));
      // The renames of a batch follow each other at once: one look at each folder stands for all.
      if (!proven.has(folder)) bounds.check(path);
      proven.add(folder);
      used.add(folder);
    },
    async sync() {
      for (const folder of used) await syncFolder(folder, fault);
    },
  };
}

/** Makes a folder with all that is missing above it; returns what was made. */
function foldersMade(folder: string): string[] {
  const made: string[] = [];
  const first = makeFolder(folder);
  if (first === undefined) return made;
  for (let at = folder; at.length >= first.length; at = dirname(at)) made.push(at);
  return made;
}

function notPlaced(path: string, error: LibraryError | undefined): Placed {
  const unknown = new LibraryError(`It was not written: ${path}`, { code: 'disk-failed' });
  return { path, error: error ?? unknown, size: 0, mtimeNs: '0' };
}
