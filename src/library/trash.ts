import { accessSync, constants, lstatSync, realpathSync, rmdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isSystemError, LibraryError } from '../base/errors.ts';
import { diskError } from './disk-error.ts';
import { onDisk, pathText, shownPath } from './disk-path.ts';
import type { PathText } from './disk-path.ts';
import { makeFolder } from './make-folder.ts';

/** The name of trash folders on drives other than that of the state folder. Hidden, so that no walk enters it. */
export const TRASH_NAME = '.civitarium-trash';

export interface TrashOptions {
  /** The trash of the drive that the state folder is on, absolute. */
  readonly home: string;
  /** Folders the user gave us, absolute: a trash lies beside one rather than in it. */
  readonly tops: readonly string[];
}

/**
 * The trash folder for what lies in `folder` (absolute), on the same drive, so that moving there is a rename: `home` where
 * that is on the drive; else beside the folder the user gave us; in it only where it is a whole drive, or its parent can't
 * be written to. Nothing is made.
 */
export function trashFolderFor(folder: string, { home, tops }: TrashOptions): string {
  const real = realOf(folder);
  const device = deviceOf(real);
  if (deviceOf(home) === device) return home;
  const top = topOf(real, device, new Set(tops.map(realOf)));
  const parent = dirname(top);
  const isBeside = parent !== top && deviceOf(parent) === device && isWritable(parent);
  return join(isBeside ? parent : top, TRASH_NAME);
}

/**
 * Makes a trash folder that only this user can look into. Throws LibraryError `trash-not-ours` when something else has the
 * name: a link there could lead anywhere.
 */
export function makeTrash(path: string): void {
  try {
    makeFolder(path, 0o700);
    const stats = lstatSync(path);
    if (stats.isDirectory() && (process.getuid === undefined || stats.uid === process.getuid())) return;
  } catch (cause) {
    if (!(cause instanceof LibraryError) || cause.code !== 'in-the-way') throw diskError(path, cause);
  }
  throw new LibraryError(`It is not a folder of yours: ${path}`, {
    code: 'trash-not-ours',
    next: 'The trash is to be there. Rename what is there now.',
  });
}

/** Where a file (absolute) will lie in a run's folder of the trash: under all of its old path. */
export function placeInTrash(folder: string, path: PathText): PathText {
  const disk = onDisk(path);
  if (typeof disk === 'string')
    return `${folder}/${disk.replace(/^([A-Za-z]):/, '$1').replace(/^[\\/]+/, '')}`;
  return pathText(Buffer.concat([Buffer.from(folder), disk]));
}

/** Takes folders away that became empty when `gone` left, up to and with `folder`; others stay. */
export function pruneFolders(folder: string, gone: Iterable<PathText>): void {
  const folders = new Set<string>();
  for (const path of gone)
    for (let at = dirname(shownPath(path)); at === folder || at.startsWith(`${folder}/`); at = dirname(at)) {
      if (folders.has(at)) break;
      folders.add(at);
    }
  for (const at of [...folders].sort((a, b) => b.length - a.length)) removeEmpty(at);
  // Of the trash itself nothing is left behind on a drive either.
  if (folders.has(folder) && basename(dirname(folder)) === TRASH_NAME) removeEmpty(dirname(folder));
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/** The outermost folder of a drive on the way up that is, or lies in, what the user gave us. */
function topOf(real: string, device: string, tops: ReadonlySet<string>): string {
  for (let at = real; ; at = dirname(at)) {
    if (tops.has(at)) return at;
    const parent = dirname(at);
    if (parent === at) return real;
    // A drive that is mounted somewhere within a root.
    if (deviceOf(parent) !== device) return at;
  }
}

function realOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if (isSystemError(error)) return path;
    throw error;
  }
}

/** Of the path, or of what is there above it. */
function deviceOf(path: string): string {
  for (let at = path; ; at = dirname(at)) {
    const stats = statSync(at, { bigint: true, throwIfNoEntry: false });
    if (stats !== undefined || dirname(at) === at) return String(stats?.dev);
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}
