import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { formatBytes } from '../../base/bytes.ts';
import { EXIT, isSystemError, LibraryError } from '../../base/errors.ts';

/** Left free for the catalog, pages and everybody else, in bytes. */
export const RESERVE = 16 * 1024 * 1024;
/** Looked at again after so many bytes were written. */
const LOOK_EVERY = 32 * 1024 * 1024;

/** Bytes that may be written where a folder (absolute) is or will be; `undefined` where the system does not say. */
export function freeBytes(folder: string): number | undefined {
  for (let at = folder; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = statfsSync(at);
      return bavail * bsize;
    } catch (error) {
      if (!isSystemError(error) || dirname(at) === at) return undefined;
    }
  }
}

/** Watches the room on a disk while something is written to it. */
export interface RoomGuard {
  /** Counts bytes that are about to be written. Throws LibraryError `disk-full` when little is left. */
  take(bytes: number): void;
}

/** A guard for a folder (absolute); looks at once, then now and then. `needed`: bytes still to come, if that is known. */
export function guardRoom(folder: string, needed: number): RoomGuard {
  let unseen = 0;
  const look = (more: number): void => {
    unseen = 0;
    const free = freeBytes(folder);
    if (free !== undefined && free < more + RESERVE) throw tooLittle(folder, free, more);
  };
  look(needed);
  return {
    take(bytes) {
      unseen += bytes;
      if (unseen >= LOOK_EVERY) look(bytes);
    },
  };
}

function tooLittle(folder: string, free: number, needed: number): LibraryError {
  return new LibraryError(
    `The disk has ${formatBytes(free)} left, ${formatBytes(needed + RESERVE)} are needed: ${folder}`,
    {
      code: 'disk-full',
      next: 'Free some space, then run the same command again: it goes on where it stopped.',
      exitCode: EXIT.outside,
    },
  );
}
