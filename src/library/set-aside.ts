import { linkSync, lstatSync, renameSync, unlinkSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { isSystemError } from '../base/errors.ts';
import { NO_LINKS } from './copy-file.ts';
import { diskError } from './disk-error.ts';
import { syncFolders } from './sync-folders.ts';

/** More names than this are never tried. */
const MOST = 1000;

/**
 * Gives a file (absolute path) another name beside itself, so that its own is free: `list.txt` becomes
 * `list.before-civitarium.txt`, or the same with a number. Nothing is replaced. Gives the new path. Throws LibraryError.
 */
export async function setAside(path: string): Promise<string> {
  const extension = extname(path);
  const stem = basename(path, extension);
  for (let count = 1; count <= MOST; count += 1) {
    const mark = count === 1 ? '' : `-${count}`;
    const aside = join(dirname(path), `${stem}.before-civitarium${mark}${extension}`);
    try {
      rename(path, aside);
      await syncFolders([dirname(path)]);
      return aside;
    } catch (cause) {
      if (!isSystemError(cause, 'EEXIST')) throw diskError(path, cause);
    }
  }
  throw diskError(path, new Error('All names for what was there before are taken.'));
}

/** A second name first: whatever happens between the two, the bytes have one. Throws `EEXIST` like `linkSync`. */
function rename(from: string, to: string): void {
  try {
    linkSync(from, to);
    unlinkSync(from);
  } catch (cause) {
    if (!isSystemError(cause, ...NO_LINKS)) throw cause;
    if (lstatSync(to, { throwIfNoEntry: false }) !== undefined)
      throw Object.assign(new Error('EEXIST: file already exists'), { code: 'EEXIST' });
    renameSync(from, to);
  }
}
