import { closeSync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { isSystemError } from '../base/errors.ts';
import { diskError } from './disk-error.ts';

const fsyncAsync = promisify(fsync);

/** Makes the names in folders (absolute) safe on the disk. Throws LibraryError. */
export async function syncFolders(folders: Iterable<string>): Promise<void> {
  // Windows can't open a folder, and keeps its names safe by itself.
  if (process.platform === 'win32') return;
  for (const folder of folders) {
    try {
      const fd = openSync(folder, 'r');
      try {
        await fsyncAsync(fd);
      } finally {
        closeSync(fd);
      }
    } catch (cause) {
      // Some network and FUSE file systems know no fsync of folders; one that is gone has no names to keep.
      if (isSystemError(cause, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR', 'ENOENT')) continue;
      throw diskError(folder, cause);
    }
  }
}
