import { lstatSync, statSync, type BigIntStats } from 'node:fs';
import { isSystemError } from '../base/errors.ts';
import { onDisk, type PathText } from './disk-path.ts';

/** What tells one file from another without reading it. */
export interface FileIdentity {
  readonly size: number;
  /** Epoch nanoseconds in decimal digits, like `ctimeNs`. */
  readonly mtimeNs: string;
  readonly ctimeNs: string;
  /** `st_dev` and `st_ino` in decimal digits. */
  readonly device: string;
  readonly inode: string;
}

/** What stands at a path. */
export interface Standing extends FileIdentity {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
}

/** Looks at a path itself, not at what a link there leads to; `undefined` when nothing is there. */
export function standingAt(path: PathText): Standing | undefined {
  return look(() => lstatSync(onDisk(path), { bigint: true, throwIfNoEntry: false }));
}

/** Looks at what a path leads to; `undefined` when that is nothing. */
export function reachedAt(path: PathText): Standing | undefined {
  return look(() => statSync(onDisk(path), { bigint: true, throwIfNoEntry: false }));
}

/** True when two looks saw the very same file. */
export function isSameFile(a: FileIdentity, b: FileIdentity): boolean {
  return a.inode === b.inode && a.device === b.device;
}

/** True when a file is as it was when its size, modification time and inode were noted. */
export function isAsNoted(
  now: FileIdentity,
  noted: Pick<FileIdentity, 'size' | 'mtimeNs' | 'inode'>,
): boolean {
  return now.size === noted.size && now.mtimeNs === noted.mtimeNs && now.inode === noted.inode;
}

/** True for two modification times that are equal as far as a time can be set: to about a microsecond. */
export function isSameTime(a: string, b: string): boolean {
  const apart = BigInt(a) - BigInt(b);
  return apart < 2000n && apart > -2000n;
}

function look(stat: () => BigIntStats | undefined): Standing | undefined {
  try {
    const stats = stat();
    return stats === undefined ? undefined : standingOf(stats);
  } catch (error) {
    if (isSystemError(error, 'ENOTDIR', 'ELOOP')) return undefined;
    throw error;
  }
}

function standingOf(stats: BigIntStats): Standing {
  const kind = stats.isFile()
    ? 'file'
    : stats.isDirectory()
      ? 'folder'
      : stats.isSymbolicLink()
        ? 'link'
        : 'other';
  return {
    kind,
    size: Number(stats.size),
    mtimeNs: stats.mtimeNs.toString(),
    ctimeNs: stats.ctimeNs.toString(),
    device: stats.dev.toString(),
    inode: stats.ino.toString(),
  };
}
