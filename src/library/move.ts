import {
  linkSync,
  lstatSync,
  readlinkSync,
  realpathSync,
  renameSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { faultPoint } from '../base/fault-point.ts';
import { AppError, InterruptedError, isSystemError, LibraryError } from '../base/errors.ts';
import { cloneFile, copyFile, NO_LINKS } from './copy-file.ts';
import { diskError } from './disk-error.ts';
import { onDisk, shownPath, type PathText } from './disk-path.ts';
import {
  isAsNoted,
  isSameFile,
  isSameTime,
  reachedAt,
  standingAt,
  type FileIdentity,
} from './file-identity.ts';
import type { Bounds } from './inside.ts';
import { makeFolder } from './make-folder.ts';
import { sha256Of } from './sha256-of.ts';
import { syncFolders } from './sync-folders.ts';

/** One file to be brought from one path to another. */
export interface FileMove {
  readonly op: 'move' | 'copy' | 'symlink' | 'hardlink' | 'reflink';
  readonly source: PathText;
  readonly target: PathText;
  /** The source as it was planned with. */
  readonly size: number;
  readonly mtimeNs: string;
  readonly inode: string;
  readonly sha256: string | undefined;
  /** Within these the target must lie. */
  readonly bounds: Bounds;
}

/** What became of one move: the target as it is now (a link's as what it leads to), or why not. */
export type MoveResult = { readonly now: FileIdentity } | { readonly error: AppError };

export interface MoveOptions {
  readonly signal?: AbortSignal | undefined;
  /** The moves may have been begun by a run that was killed: what it left counts as ours. */
  readonly resuming: boolean;
  /** Told after each move that was begun, well or not. */
  readonly onMove?: (() => void) | undefined;
}

/** How far a move has come: its target stands, and the source is to be removed, is gone, or stays. */
type Begun = 'linked' | 'copied' | 'moved' | 'made' | AppError;

/**
 * Brings files to their places so that nothing is ever replaced and no byte is ever without a name: on one device by a
 * second name for each, then fsync of the folders, then the first names go; across devices by a copy that is read back,
 * one file after the other, so that there need be room for one alone. The results are in the order of the moves. A full
 * disk ends the rest with the same error; so does the signal.
 */
export async function moveAll(moves: readonly FileMove[], options: MoveOptions): Promise<MoveResult[]> {
  const folders = new FolderMaker();
  const results: MoveResult[] = [];
  const open: { readonly move: FileMove; readonly index: number; readonly begun: Begun }[] = [];
  let ended: AppError | undefined;
  for (const [index, move] of moves.entries()) {
    if (options.signal?.aborted === true) ended ??= new InterruptedError();
    const beginning = ended ?? beginOne(move, folders, options);
    // Most need no waiting; thousands of waits for nothing are felt.
    const begun = beginning instanceof Promise ? await beginning : beginning;
    if (begun instanceof AppError && (begun.code === 'disk-full' || begun instanceof InterruptedError))
      ended ??= begun;
    if (begun === 'copied') {
      await syncFolders([dirname(shownPath(move.target))]);
      results[index] = endOne(move, begun);
    } else open.push({ move, index, begun });
    options.onMove?.();
  }
  await syncFolders(folders.used);
  for (const { move, index, begun } of open) results[index] = endOne(move, begun);
  return results;
}

function beginOne(move: FileMove, folders: FolderMaker, options: MoveOptions): Begun | Promise<Begun> {
  const explained = (cause: unknown): AppError =>
    cause instanceof AppError ? cause : diskError(shownPath(move.target), cause);
  try {
    folders.prepare(move);
    const begun = BEGIN[move.op](move, options);
    return begun instanceof Promise ? begun.catch(explained) : begun;
  } catch (cause) {
    return explained(cause);
  }
}

type Begin = (move: FileMove, options: MoveOptions) => Begun | Promise<Begun>;

const BEGIN: Readonly<Record<FileMove['op'], Begin>> = {
  move: beginMove,
  copy: (move, options) => beginCopy(move, options, 'made'),
  reflink: beginReflink,
  hardlink: beginHardlink,
  symlink: beginSymlink,
};

function beginMove(move: FileMove, options: MoveOptions): Begun | Promise<Begun> {
  try {
    linkSync(onDisk(move.source), onDisk(move.target));
    faultPoint('move.linked');
    return 'linked';
  } catch (cause) {
    if (isSystemError(cause, 'EEXIST')) return standsAlready(move, options);
    if (isSystemError(cause, 'ENOENT')) return wasMoved(move, options);
    if (isSystemError(cause, 'EXDEV')) return beginCopy(move, options, 'copied');
    if (!isSystemError(cause, ...NO_LINKS)) throw cause;
    return standingAt(move.target) === undefined ? renameUnlinked(move) : standsAlready(move, options);
  }
}

/** On a file system without hard links a moment remains between the look and the rename. */
function renameUnlinked(move: FileMove): Begun {
  checkSource(move);
  renameSync(onDisk(move.source), onDisk(move.target));
  return 'moved';
}

/** Something has the target's name: the same file (a second name made before a kill), our copy of it, or another. */
async function standsAlready(move: FileMove, { resuming, signal }: MoveOptions): Promise<Begun> {
  const [source, target] = [standingAt(move.source), standingAt(move.target)];
  if (target === undefined) return vanished(move);
  if (source === undefined) return wasMoved(move, { resuming });
  if (isSameFile(source, target) && source.kind === 'file') return 'linked';
  if (!resuming || !(await isOurCopy(move, target, signal))) return inTheWay(move.target);
  return 'copied';
}

/** The source is gone: a killed run may have removed it when its target stood. */
function wasMoved(move: FileMove, { resuming }: MoveOptions): Begun {
  const target = standingAt(move.target);
  if (!resuming || target?.kind !== 'file' || target.size !== move.size) return vanished(move);
  return target.inode === move.inode || isSameTime(target.mtimeNs, move.mtimeNs) ? 'moved' : vanished(move);
}

async function isOurCopy(
  move: FileMove,
  target: FileIdentity & { readonly kind: string },
  signal?: AbortSignal,
): Promise<boolean> {
  if (target.kind !== 'file' || target.size !== move.size || !isSameTime(target.mtimeNs, move.mtimeNs))
    return false;
  const wanted = move.sha256 ?? (await sha256Of(onDisk(move.source), signal));
  return (await sha256Of(onDisk(move.target), signal)) === wanted;
}

async function beginCopy(move: FileMove, options: MoveOptions, how: 'copied' | 'made'): Promise<Begun> {
  checkSource(move);
  const target = standingAt(move.target);
  if (target === undefined)
    await copyFile(move.source, move.target, { sha256: move.sha256, signal: options.signal });
  else if (!options.resuming || !(await isOurCopy(move, target, options.signal)))
    return inTheWay(move.target);
  return how;
}

async function beginReflink(move: FileMove, options: MoveOptions): Promise<Begun> {
  checkSource(move);
  const target = standingAt(move.target);
  if (target === undefined) await cloneFile(move.source, move.target);
  else if (!options.resuming || !(await isOurCopy(move, target, options.signal)))
    return inTheWay(move.target);
  return 'made';
}

function beginHardlink(move: FileMove, { resuming }: MoveOptions): Begun {
  checkSource(move);
  try {
    // A link to a link would be a link: what is wanted is a second name of the file.
    linkSync(realpathSync(onDisk(move.source), 'buffer'), onDisk(move.target));
  } catch (cause) {
    const [source, target] = [reachedAt(move.source), standingAt(move.target)];
    if (isSystemError(cause, 'EEXIST')) {
      if (resuming && source !== undefined && target !== undefined && isSameFile(source, target))
        return 'made';
      return inTheWay(move.target);
    }
    if (isSystemError(cause, 'EXDEV', ...NO_LINKS)) return noHardlink(move, cause);
    throw cause;
  }
  faultPoint('move.linked');
  return 'made';
}

function beginSymlink(move: FileMove, { resuming }: MoveOptions): Begun {
  checkSource(move);
  try {
    symlinkSync(onDisk(move.source), onDisk(move.target));
  } catch (cause) {
    if (!isSystemError(cause, 'EEXIST')) throw cause;
    return resuming && leadsTo(move.target, move.source) ? 'made' : inTheWay(move.target);
  }
  faultPoint('move.linked');
  return 'made';
}

/** True when a link at `path` says `target`. */
export function leadsTo(path: PathText, target: PathText): boolean {
  try {
    return readlinkSync(onDisk(path), 'buffer').equals(Buffer.from(onDisk(target)));
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

function checkSource(move: FileMove): void {
  const source = reachedAt(move.source);
  if (source === undefined) throw vanished(move);
  if (!isAsNoted(source, move)) throw changed(move);
}

/** Removes the source of a move whose target stands, after a last look that both are what they should be. */
function endOne(move: FileMove, begun: Begun): MoveResult {
  if (begun instanceof AppError) return { error: begun };
  try {
    if (begun === 'linked') endLinked(move);
    else if (begun === 'copied') endCopied(move);
    const now = move.op === 'move' ? standingAt(move.target) : reachedAt(move.target);
    return now === undefined ? { error: vanished(move) } : { now };
  } catch (cause) {
    return { error: cause instanceof AppError ? cause : diskError(shownPath(move.source), cause) };
  }
}

function endLinked(move: FileMove): void {
  const source = onDisk(move.source);
  const stats = lstatSync(source, { throwIfNoEntry: false });
  if (stats === undefined) return;
  // Doubles do for this look, and are half as dear: ten thousand files are looked at in a row.
  const isStill =
    stats.ino === Number(move.inode) &&
    stats.size === move.size &&
    Math.abs(stats.mtimeMs - Number(move.mtimeNs) / 1e6) < 0.002;
  if (!isStill) {
    const [now, target] = [standingAt(move.source), standingAt(move.target)];
    if (now !== undefined && target !== undefined && isSameFile(now, target)) unlinkSync(onDisk(move.target));
    throw changed(move);
  }
  unlinkSync(source);
  faultPoint('move.unlinked');
}

function endCopied(move: FileMove): void {
  const source = standingAt(move.source);
  if (source === undefined) return;
  if (!isAsNoted(source, move)) throw changed(move);
  unlinkSync(onDisk(move.source));
  faultPoint('move.removed');
}

/** Makes target folders and proves them inside, each once for all moves. */
class FolderMaker {
  readonly used = new Set<string>();
  readonly #ready = new Set<string>();

  prepare({ target, bounds }: FileMove): void {
    const shown = shownPath(target);
    const folder = dirname(shown);
    if (this.#ready.has(folder)) return;
    if (!isAbsolute(shown)) throw new Error(`Not absolute: ${shown}`);
    bounds.check(shown);
    const first = makeFolder(folder);
    for (let at = folder; first !== undefined && at.length >= resolve(first).length; at = dirname(at))
      this.used.add(dirname(at));
    this.#ready.add(folder);
    this.used.add(folder);
  }
}

function vanished(move: FileMove): LibraryError {
  return new LibraryError(`It is not there any more: ${shownPath(move.source)}`, {
    code: 'file-vanished',
    next: 'Scan the folder again.',
  });
}

function changed(move: FileMove): LibraryError {
  return new LibraryError(`It was changed meanwhile: ${shownPath(move.source)}`, {
    code: 'file-changed',
    next: 'Scan the folder again, then run the same command.',
  });
}

function inTheWay(path: PathText): LibraryError {
  return new LibraryError(`Something else stands there: ${shownPath(path)}`, {
    code: 'in-the-way',
    next: 'Rename what is there, or use --on-collision rename.',
  });
}

function noHardlink(move: FileMove, cause: unknown): LibraryError {
  return new LibraryError(
    `A hard link can't be made from ${shownPath(move.source)} to ${shownPath(move.target)}: other drive, or a file system without them`,
    {
      code: 'no-hardlink',
      next: 'Use --mode symlink, copy or move.',
      cause,
    },
  );
}
