import { closeSync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { isSystemError } from '../base/errors.ts';
import { diskError } from './disk-error.ts';
import type { Fault } from './temp-file.ts';

const fsyncAsync = promisify(fsync);

/** Makes the names in folders (absolute) safe on the disk; one that is gone has no names to keep. Throws LibraryError. */
export async function syncFolders(folders: Iterable<string>): Promise<void> {
  for (const folder of folders) {
    try {
      await syncNames(folder, () => undefined);
    } catch (cause) {
      if (!isSystemError(cause, 'ENOENT')) throw diskError(folder, cause);
    }
  }
}

/** Makes the names in a folder (absolute), which must be there, safe on the disk. Throws LibraryError. */
export async function syncFolder(folder: string, fault: Fault): Promise<void> {
  try {
    await syncNames(folder, fault);
  } catch (cause) {
    throw diskError(folder, cause);
  }
}

async function syncNames(folder: string, fault: Fault): Promise<void> {
  // Windows can't open a folder, and keeps its names safe by itself.
  if (process.platform === 'win32') return;
  try {
    const fd = openSync(folder, 'r');
    try {
      await fsyncAsync(fd);
      fault('place.folder-synced');
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    // Some network and FUSE file systems know no fsync of folders.
    if (!isSystemError(cause, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR')) throw cause;
  }
}
