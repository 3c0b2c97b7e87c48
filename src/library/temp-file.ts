import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsync,
  open,
  openSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { faultPoint } from '../base/fault-point.ts';
import { isSystemError, LibraryError } from '../base/errors.ts';
import { diskError } from './disk-error.ts';
import { tempName } from './temp-name.ts';

const fsyncAsync = promisify(fsync);
const openAsync = promisify(open);
const writeAsync = promisify(write);

/** Where tests make the disk fail or the program die: see base/fault-point.ts. */
export type Fault = (point: string) => void;

export interface TempOptions {
  /** Of the file it will become; only to make the temp file's name readable. */
  readonly name?: string;
  readonly fault?: Fault;
  /** False spares the SHA-256 where the caller knows it. Default true. */
  readonly hashed?: boolean;
}

/** What was written to a temp file. */
export interface Written {
  readonly size: number;
  /** Empty when it was opened with `hashed: false`. */
  readonly sha256: string;
}

/** A file that has another name until all of it is there. */
export interface Fillable {
  /** Absolute. */
  readonly path: string;
  /** Waits until the bytes are safe on the disk, and closes. Returns the modification time, epoch ns. */
  sync(): Promise<string>;
  /** Proves the length. */
  finish(): Written;
  /** Lets go of it when it will not be placed. */
  discard(): void;
}

/**
 * Opens a temp file in the folder where the file shall stand, to be written chunk by chunk and put in place by
 * `commitTemps`. Throws LibraryError, `disk-full` among them. The caller has proven the folder inside its root.
 */
export function openTemp(targetFolder: string, options: TempOptions = {}): TempFile {
  const temp = new TempFile(targetFolder, options);
  temp.begin();
  return temp;
}

/** As openTemp; a disk that is busy syncing other files holds up this file alone. */
export async function openTempSoon(targetFolder: string, options: TempOptions = {}): Promise<TempFile> {
  const temp = new TempFile(targetFolder, options);
  await temp.beginSoon();
  return temp;
}

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;
const FLAGS = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
const MODE = 0o666;

/** A file that is not there yet: until it is committed it has a hidden name, and discarding it leaves nothing. */
export class TempFile implements Fillable {
  readonly path: string;
  readonly #fault: Fault;
  readonly #hash: Hash | undefined;
  #fd: number | undefined;
  #size = 0;
  #written: Written | undefined;
  #synced: Promise<string> | undefined;
  #isSyncing = false;

  constructor(folder: string, options: TempOptions) {
    this.path = join(folder, tempName(options.name ?? 'download'));
    this.#fault = options.fault ?? faultPoint;
    this.#hash = options.hashed === false ? undefined : createHash('sha256');
  }

  begin(): void {
    this.#try(() => {
      this.#fd = openSync(this.path, FLAGS, MODE);
      this.#fault('place.opened');
    });
  }

  async beginSoon(): Promise<void> {
    try {
      this.#fd = await openAsync(this.path, FLAGS, MODE);
      this.#fault('place.opened');
    } catch (cause) {
      this.discard();
      throw diskError(this.path, cause);
    }
  }

  write(chunk: Uint8Array): void {
    this.#try(() => {
      for (let done = 0; done < chunk.length;) done += writeSync(this.#open(), chunk, done);
      this.#hash?.update(chunk);
      this.#size += chunk.length;
    });
  }

  /** As `write`, without holding up others; the bytes must stay as they are until it resolves. */
  async writeSoon(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;)
        done += (await writeAsync(this.#open(), bytes, done, bytes.length - done, null)).bytesWritten;
    } catch (cause) {
      this.discard();
      throw diskError(this.path, cause);
    }
    this.#hash?.update(bytes);
    this.#size += bytes.length;
  }

  /** Ends the writing and proves the length. The bytes are on their way to the disk, not safe on it before commit. */
  finish(): Written {
    if (this.#written !== undefined) return this.#written;
    return this.#try(() => {
      this.#fault('place.written');
      const { size } = fstatSync(this.#open());
      if (size !== this.#size) {
        throw new LibraryError(`The disk kept ${size} of ${this.#size} bytes: ${this.path}`, {
          code: 'disk-failed',
        });
      }
      this.#written = { size, sha256: this.#hash?.digest('hex') ?? '' };
      return this.#written;
    });
  }

  /** Waits until the bytes are safe on the disk, and closes. Returns the modification time, epoch ns. */
  sync(): Promise<string> {
    this.#synced ??= this.#sync();
    return this.#synced;
  }

  /**
   * Has the disk begin before `sync` waits for it: many files that are synced at once hold up whoever opens the next
   * one. What goes wrong is told by `sync`.
   */
  syncAhead(): void {
    this.sync().catch(() => undefined);
  }

  async #sync(): Promise<string> {
    this.finish();
    try {
      const fd = this.#open();
      this.#isSyncing = true;
      await fsyncAsync(fd).finally(() => (this.#isSyncing = false));
      this.#fault('place.synced');
      const { mtimeNs } = fstatSync(fd, { bigint: true });
      return mtimeNs.toString();
    } catch (cause) {
      this.discard();
      throw diskError(this.path, cause);
    } finally {
      this.#close();
    }
  }

  /** Removes it; does nothing when it is gone or has become the file. */
  discard(): void {
    // The number of a file that is being synced may not be given to another one: `sync` closes it.
    if (!this.#isSyncing) this.#close();
    try {
      unlinkSync(this.path);
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }

  #open(): number {
    if (this.#fd === undefined) throw new Error(`The temp file is closed: ${this.path}`);
    return this.#fd;
  }

  #close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      this.discard();
      throw diskError(this.path, cause);
    }
  }
}
