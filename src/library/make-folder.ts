import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSystemError, LibraryError } from '../base/errors.ts';
import { diskError } from './disk-error.ts';

/**
 * Makes a folder (absolute) and those it lies in, as far as they are not there; gives the outermost one it made. Throws
 * LibraryError: Node's own recursive way says of a read-only disk that something is not there. `mode`: of those it makes.
 */
export function makeFolder(folder: string, mode = 0o777): string | undefined {
  const missing: string[] = [];
  for (let at = folder; !isFolder(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  for (const path of missing) {
    try {
      mkdirSync(path, mode);
    } catch (cause) {
      // Another process may have been quicker; a dangling link is there and is no folder.
      if (!isSystemError(cause, 'EEXIST') || !isFolder(path)) throw diskError(path, cause);
    }
  }
  return missing[0];
}

function isFolder(path: string): boolean {
  let stats;
  try {
    stats = statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    if (isSystemError(cause, 'ENOTDIR')) return false;
    throw diskError(path, cause);
  }
  if (stats === undefined || stats.isDirectory()) return stats !== undefined;
  throw new LibraryError(`A file stands where a folder is needed: ${path}`, {
    code: 'in-the-way',
    next: 'Rename that file.',
  });
}
