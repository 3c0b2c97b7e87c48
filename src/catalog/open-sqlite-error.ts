import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError, CatalogError, EXIT, isSystemError, messageOf } from '../base/errors.ts';

/** SQLite's primary result codes (https://sqlite.org/rescode.html). */
const BUSY = 5;
const LOCKED = 6;
const IO_ERROR = 10;
const FULL = 13;
const CANT_OPEN = 14;

/** SQLite grows its files by up to so much at once. */
const NO_ROOM_BYTES = 64 * 1024;

/** True when another connection holds what we want. */
export function isBusy(error: unknown): boolean {
  return [BUSY, LOCKED].includes(resultCode(error) ?? 0);
}

/** The primary result code of an error of SQLite. */
function resultCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
}

/** What a person can do something about, as a CatalogError: a full disk. Anything else stays as it is. */
export function explainWrite(location: string, error: unknown): unknown {
  if (!isFull(location, error)) return error;
  return new CatalogError(`The disk that holds the catalog ${location} is full.`, {
    code: 'disk-full',
    next: 'Make room and run the same command again: it goes on where it stopped.',
    exitCode: EXIT.outside,
    cause: error,
  });
}

/** SQLite says full only where it writes rows; making folder, file or shared memory fails in other words. */
function isFull(location: string, error: unknown): boolean {
  if (isSystemError(error, 'ENOSPC', 'EDQUOT')) return true;
  const code = resultCode(error);
  return code === FULL || ((code === IO_ERROR || code === CANT_OPEN) && !hasRoom(dirname(location)));
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize, files, ffree } = statfsSync(folder);
    return bavail * bsize > NO_ROOM_BYTES && (files === 0 || ffree > 0);
  } catch {
    return true;
  }
}

/** Why a catalog file can't be opened, as a CatalogError. */
export function explainOpen(location: string, error: unknown): unknown {
  if (error instanceof AppError) return error;
  const explained = explainWrite(location, error);
  if (explained !== error) return explained;
  return new CatalogError(`The catalog ${location} can't be opened: ${messageOf(error)}.`, {
    code: 'catalog-unreadable',
    next: 'Check that it is a Civitarium catalog and that you may write there, or name another with --catalog.',
    cause: error,
  });
}
