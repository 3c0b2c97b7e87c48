import {
  chmodSync,
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  openSync,
  closeSync,
  fsync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { faultPoint } from '../base/fault-point.ts';
import { IntegrityError, InterruptedError, isSystemError, LibraryError } from '../base/errors.ts';
import { diskError } from './disk-error.ts';
import { onDisk, shownPath, type PathText } from './disk-path.ts';
import { chunksOf, sha256Of } from './sha256-of.ts';
import { openTemp } from './temp-file.ts';
import { tempName } from './temp-name.ts';

const fsyncAsync = promisify(fsync);

/** File systems that know no hard links, or will not make this one. */
export const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'] as const;

export interface CopyOptions {
  /** Of the source, as known; it must have it. Undefined when it is not known. */
  readonly sha256: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies a file so that its name appears only when all of it is there and was read back from the disk with the right
 * hash; times and permissions are kept. The folder's fsync is the caller's. Throws LibraryError (`in-the-way` when the
 * target exists), IntegrityError `bytes-differ`, InterruptedError; leaves no temp file.
 */
export async function copyFile(source: PathText, target: PathText, options: CopyOptions): Promise<void> {
  const shown = shownPath(target);
  const temp = openTemp(dirname(shown), { name: basename(shown) });
  try {
    for await (const chunk of chunksOf(onDisk(source), options.signal)) temp.write(chunk);
    const { sha256 } = temp.finish();
    if (options.sha256 !== undefined && sha256 !== options.sha256) throw differs(source);
    await temp.sync();
    faultPoint('move.copied');
    if ((await sha256Of(temp.path, options.signal)) !== sha256) throw differs(target);
    keepTimes(source, temp.path);
    settle(temp.path, target);
  } catch (cause) {
    temp.discard();
    throw explained(target, cause, options.signal);
  }
}

/** The same by sharing the blocks on the disk: at once, and without room. Throws LibraryError `no-reflink` where that can't be. */
export async function cloneFile(source: PathText, target: PathText): Promise<void> {
  const shown = shownPath(target);
  const temp = join(dirname(shown), tempName(basename(shown)));
  try {
    copyFileSync(onDisk(source), temp, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
    const fd = openSync(temp, 'r');
    try {
      await fsyncAsync(fd);
    } finally {
      closeSync(fd);
    }
    keepTimes(source, temp);
    settle(temp, target);
  } catch (cause) {
    removeQuietly(temp);
    if (isSystemError(cause, 'ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EINVAL', 'ENOSYS', 'ENOTTY'))
      throw noReflink(shown, cause);
    throw diskError(shown, cause);
  }
}

/** Gives a temp file its name, unless something has that name: nothing is ever replaced. */
function settle(temp: string, target: PathText): void {
  nameWithoutClobber(temp, onDisk(target));
  faultPoint('move.placed');
}

/** A rename that never replaces. On a file system without hard links a moment remains between the look and the rename. */
export function nameWithoutClobber(from: string | Buffer, to: string | Buffer): void {
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

function keepTimes(source: PathText, copy: string): void {
  const stats = statSync(onDisk(source));
  chmodSync(copy, stats.mode & 0o777);
  utimesSync(copy, stats.atimeMs / 1000, stats.mtimeMs / 1000);
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

function explained(target: PathText, cause: unknown, signal: AbortSignal | undefined): Error {
  if (signal?.aborted === true) return new InterruptedError();
  return cause instanceof IntegrityError ? cause : diskError(shownPath(target), cause);
}

function differs(path: PathText): IntegrityError {
  return new IntegrityError(`The bytes read are not those on record: ${shownPath(path)}`, {
    code: 'bytes-differ',
    next: 'civitarium verify tells which file is damaged; nothing was removed.',
  });
}

function noReflink(path: string, cause: unknown): LibraryError {
  return new LibraryError(`This file system can't share blocks between files: ${path}`, {
    code: 'no-reflink',
    next: 'Use --mode hardlink, copy or move.',
    cause,
  });
}
