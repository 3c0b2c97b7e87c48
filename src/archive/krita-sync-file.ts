import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSystemError, LibraryError, UserError } from '../base/errors.ts';
import { faultPoint } from '../base/fault-point.ts';
import { KritaLorasError, NO_LORAS, parseLoras } from '../formats/krita-loras.ts';
import type { KritaLoras } from '../formats/krita-loras.ts';
import { boundsOf } from '../library/inside.ts';
import { placeAll } from '../library/place.ts';

/** A list as it was read. */
export interface ReadLoras {
  /** Absolute, links resolved: a link stays a link when the list is written. */
  readonly path: string;
  /** `undefined` when there is no file yet. */
  readonly bytes: Buffer | undefined;
  readonly loras: KritaLoras;
}

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Reads the list. `mayLack`: a file that is not there is an empty list. Throws UserError: `krita-not-found`,
 * `krita-unreadable` (and nothing was changed).
 */
export function readLoras(path: string, options: { readonly mayLack: boolean }): ReadLoras {
  let real: string;
  let bytes: Buffer;
  try {
    real = realpathSync(path);
    const stats = statSync(real);
    if (!stats.isFile()) throw unreadable(path, 'it is no file');
    if (stats.size > MOST_BYTES) throw unreadable(path, 'it is too large to be a list of LoRAs');
    bytes = readFileSync(real);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (!isSystemError(error, 'ENOENT'))
      throw unreadable(path, error instanceof Error ? error.message : String(error));
    if (options.mayLack) return { path, bytes: undefined, loras: NO_LORAS };
    throw new UserError(`There is no list of LoRAs at ${path}.`, {
      code: 'krita-not-found',
      next: 'Name it with --loras-file, or as loras_file of the job; krita sync --add makes one.',
      cause: error,
    });
  }
  return { path: real, bytes, loras: parse(path, bytes) };
}

function parse(path: string, bytes: Buffer): KritaLoras {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unreadable(path, 'its text is not UTF-8');
  }
  try {
    return parseLoras(text);
  } catch (error) {
    if (error instanceof KritaLorasError) throw unreadable(path, error.message);
    throw error;
  }
}

function unreadable(path: string, why: string): UserError {
  return new UserError(`${path} can't be kept as it is while it is changed, so it was left alone: ${why}.`, {
    code: 'krita-unreadable',
    next: 'Put it right by hand, or start Krita and let its plug-in write it anew.',
  });
}

/**
 * Writes the list: a copy of the old one beside it, then the new one in its place, whole or not at all. Returns the path
 * of the copy. Throws LibraryError, `krita-changed` among them when somebody wrote the file since it was read.
 */
export async function writeLoras(read: ReadLoras, text: string, at: number): Promise<string | undefined> {
  const { path, bytes } = read;
  const bounds = boundsOf(dirname(path));
  const backup = bytes === undefined ? undefined : await keepCopy(path, bytes, at);
  faultPoint('krita.copied');
  assertUnchanged(read);
  const [placed] = await placeAll([{ path, bytes: text, replace: bytes !== undefined }], { bounds });
  if (placed?.error !== undefined) throw placed.error;
  faultPoint('krita.placed');
  return backup;
}

/** Copies made within one second get a number. */
const MOST_COPIES = 100;

async function keepCopy(path: string, bytes: Buffer, at: number): Promise<string> {
  const stamp = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
  for (let number = 1; number <= MOST_COPIES; number += 1) {
    const copy = `${path}.bak-${stamp}${number === 1 ? '' : `-${number}`}`;
    const [placed] = await placeAll([{ path: copy, bytes, replace: false }], {
      bounds: boundsOf(dirname(path)),
    });
    if (placed?.error === undefined) return copy;
    if (placed.error.code !== 'in-the-way') throw placed.error;
  }
  throw new LibraryError(`There are too many copies of ${path}.`, {
    code: 'in-the-way',
    next: 'Remove some of them.',
  });
}

function assertUnchanged({ path, bytes }: ReadLoras): void {
  if (bytes === undefined) return;
  let now: Buffer | undefined;
  try {
    now = readFileSync(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
  if (now?.equals(bytes) === true) return;
  throw new LibraryError(
    `${path} was changed by another program while it was read, and was left as that left it.`,
    {
      code: 'krita-changed',
      next: 'Close Krita, then run the same command again.',
    },
  );
}
