import { accessSync, constants, opendirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isSystemError, messageOf, UserError } from '../base/errors.ts';

/** A path the user gave, looked at. */
export interface CheckedRoot {
  readonly kind: 'folder' | 'file';
  /** Absolute, native separators, links not resolved: the user's own spelling. */
  readonly path: string;
  /** `st_dev` in decimal digits. */
  readonly device: string;
}

/**
 * Looks at a path given as a root or as one file. Throws UserError `path-empty`, `path-missing`, `path-unreadable` or
 * `path-special`.
 */
export function checkRoot(path: string): CheckedRoot {
  if (path.trim() === '' || path.includes('\0')) {
    throw new UserError('The path is empty or holds a NUL character.', {
      code: 'path-empty',
      next: 'Give the folder that holds your models.',
    });
  }
  const absolute = resolve(path);
  try {
    const stats = statSync(absolute, { bigint: true });
    const device = stats.dev.toString();
    if (stats.isDirectory()) {
      // Opening needs the right to read, looking at what is inside the right to enter.
      opendirSync(absolute).closeSync();
      statSync(`${absolute}/.`);
      return { kind: 'folder', path: absolute, device };
    }
    if (stats.isFile()) return { kind: 'file', path: absolute, device };
  } catch (cause) {
    throw rootError(absolute, cause);
  }
  throw new UserError(`${absolute} is neither a folder nor a file.`, {
    code: 'path-special',
    next: 'Give the folder that holds your models.',
  });
}

/**
 * Looks at a folder (absolute) that is to be written into and may be made for it. Throws UserError `not-a-folder`, or
 * `not-writable`, of it or of the folder that it would be made in.
 */
export function checkFolder(path: string): void {
  if (isFolder(path)) return;
  throw new UserError(`${path} is no folder.`, {
    code: 'not-a-folder',
    next: 'Name a folder, or a new one.',
  });
}

function isFolder(path: string): boolean {
  try {
    if (!statSync(path).isDirectory()) return false;
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT', 'ENOTDIR') && dirname(path) !== path) return isFolder(dirname(path));
    throw new UserError(`Nothing can be written into ${path}.`, {
      code: 'not-writable',
      next: 'Check its permissions, or name another folder.',
      cause,
    });
  }
}

/** The error a user reads when a root can't be read, from the system's own. */
export function rootError(path: string, cause: unknown): UserError {
  if (isSystemError(cause, 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG')) {
    return new UserError(`${path} does not exist.`, {
      code: 'path-missing',
      next: 'Check the spelling, or connect the drive it lies on.',
      cause,
    });
  }
  const denied = isSystemError(cause, 'EACCES', 'EPERM');
  return new UserError(
    denied ? `${path} can't be read: permission denied.` : `${path} can't be read: ${messageOf(cause)}`,
    {
      code: 'path-unreadable',
      next: denied
        ? 'Give your user the right to read and enter that folder.'
        : 'Check the drive it lies on.',
      cause,
    },
  );
}

/** What the catalog remembers of a root. */
export interface RootBefore {
  /** Undefined when it was never seen present. */
  readonly device: string | undefined;
  readonly hadFiles: boolean;
}

/** What a look at the root shows now. */
export interface RootNow {
  readonly exists: boolean;
  readonly device: string | undefined;
  /** How many model files the walk found. */
  readonly files: number;
  /** How many of them stand at a path known before, with the size known before. */
  readonly recognised?: number;
}

export type RootPresence =
  | {
      readonly state: 'present';
      /** True when the same files now lie under another device number, as after a restart or a new mount. */
      readonly renumbered: boolean;
    }
  | { readonly state: 'absent'; readonly reason: 'gone' | 'empty' | 'other-device' };

/**
 * Decides whether a root is there at all. An absent root leads to nothing: its files count as neither gone nor moved.
 * Another device number alone proves little, since network drives change theirs with each mount; so files that are
 * recognised keep the root present.
 */
export function rootPresence(previous: RootBefore, now: RootNow): RootPresence {
  if (!now.exists) return { state: 'absent', reason: 'gone' };
  if (!previous.hadFiles || previous.device === undefined) return { state: 'present', renumbered: false };
  const sameDevice = now.device === previous.device;
  if (now.files === 0) return { state: 'absent', reason: sameDevice ? 'empty' : 'other-device' };
  if (sameDevice) return { state: 'present', renumbered: false };
  if ((now.recognised ?? 0) > 0) return { state: 'present', renumbered: true };
  return { state: 'absent', reason: 'other-device' };
}
