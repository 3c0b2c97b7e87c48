import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsync,
  ftruncateSync,
  openSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { faultPoint } from '../base/fault-point.ts';
import { isSystemError, LibraryError } from '../base/errors.ts';
import { diskError } from './disk-error.ts';
import { followHash, type FollowHash } from './follow-hash.ts';
import { chunksOf } from './sha256-of.ts';
import type { Fillable, Written } from './temp-file.ts';

const fsyncAsync = promisify(fsync);
const fdatasyncAsync = promisify(fdatasync);

/** Bytes that may wait for the disk before it is asked to write them. */
const ASK_EVERY = 32 * 1024 * 1024;

const { O_RDWR, O_CREAT, O_NOFOLLOW = 0 } = constants;
/** Names hold at most 255 bytes on most file systems. */
const MAX_NAME = 255;

/** Files larger than this are worth a thread of their own for their hash. */
const FOLLOW_FROM = 32 * 1024 * 1024;

/** How much of a part was proven once, and the SHA-256 of that much. */
export interface Proven {
  readonly bytes: number;
  readonly sha256: string;
}

/** Where the part of a file to come lies (absolute): beside it, hidden, and the same in every run. */
export function partPath(target: string): string {
  const tail = `.civitarium-${createHash('sha256').update(basename(target)).digest('hex').slice(0, 12)}.part`;
  let name = basename(target);
  while (Buffer.byteLength(name) > MAX_NAME - tail.length - 1) name = name.slice(0, -1).toWellFormed();
  return join(dirname(target), `.${name}${tail}`);
}

/** Takes away what is left of a part when its file is there, and what aria2 noted beside it. */
export function removePart(target: string): void {
  removeQuietly(partPath(target));
  removeQuietly(`${partPath(target)}.aria2`);
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/**
 * The beginning of a file that is still coming. Unlike a temp file it survives: a later run finds it by the target's
 * name and goes on. One process at a time may have it open; the caller sees to that, and has proven its folder.
 */
export class PartFile implements Fillable {
  readonly path: string;
  #fd: number | undefined;
  #hash: Hash = createHash('sha256');
  /** Takes the hash of a large file aside, so that the thread that receives it has its hands free. */
  #follower: FollowHash | undefined;
  #size = 0;
  /** How far the disk was asked to have the bytes, and the asking that is under way. */
  #askedAt = 0;
  #asking: Promise<void> | undefined;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Opens the part of `target` (absolute) and hashes what is there. `proven`: what a former run knew of it; bytes that
   * do not bear it out are dropped, and with `onlyProven` those behind it too. Throws LibraryError.
   */
  static async open(target: string, proven: Proven | undefined, onlyProven: boolean): Promise<PartFile> {
    const part = new PartFile(partPath(target));
    try {
      part.#fd = openSync(part.path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o666);
      const stats = fstatSync(part.#fd);
      if (!stats.isFile()) throw Object.assign(new Error('no file'), { code: 'EEXIST' });
      if (stats.size > 0) await part.#hashKept(proven, onlyProven);
      faultPoint('part.opened');
      return part;
    } catch (cause) {
      part.discard();
      throw diskError(part.path, cause);
    }
  }

  async #hashKept(proven: Proven | undefined, onlyProven: boolean): Promise<void> {
    if (onlyProven && proven === undefined) return this.restart();
    const end = onlyProven ? (proven?.bytes ?? 0) : Infinity;
    let at = 0;
    const hash = createHash('sha256');
    for await (const chunk of chunksOf(this.path)) {
      // Cut where the proof ends, so that the hash can be looked at there.
      const before =
        proven === undefined ? chunk.length : Math.max(0, Math.min(chunk.length, proven.bytes - at));
      hash.update(chunk.subarray(0, before));
      at += before;
      if (at === proven?.bytes && hash.copy().digest('hex') !== proven.sha256) return this.restart();
      const rest = chunk.subarray(before, Math.max(before, Math.min(chunk.length, end - at + before)));
      hash.update(rest);
      at += rest.length;
      if (at >= end) break;
    }
    if (proven !== undefined && at < proven.bytes) return this.restart();
    ftruncateSync(this.#open(), at);
    this.#hash = hash;
    this.#size = at;
  }

  get size(): number {
    return this.#size;
  }

  /** SHA-256 of what is there. */
  async digest(): Promise<string> {
    if (this.#follower === undefined) return this.#hash.copy().digest('hex');
    return await this.#follower.digest(this.#size);
  }

  write(chunk: Uint8Array): void {
    try {
      for (let done = 0; done < chunk.length;)
        done += writeSync(this.#open(), chunk, done, chunk.length - done, this.#size + done);
      faultPoint('part.grown');
    } catch (cause) {
      throw diskError(this.path, cause);
    }
    this.#size += chunk.length;
    if (this.#follower === undefined) this.#hash.update(chunk);
    else this.#follower.grown(this.#size);
    // Where a great deal was kept, reading it once more would cost more than it brings.
    if (this.#follower === undefined && this.#size >= FOLLOW_FROM && this.#size < 2 * FOLLOW_FROM)
      this.#follower = followHash(this.path);
    if (this.#asking === undefined && this.#size - this.#askedAt >= ASK_EVERY) this.#askDisk();
  }

  /** Has the disk write while more comes, so that the sync at the end has little left to wait for. */
  #askDisk(): void {
    this.#askedAt = this.#size;
    this.#asking = fdatasyncAsync(this.#open())
      // What fails here fails again in the sync that counts.
      .catch(() => undefined)
      .finally(() => (this.#asking = undefined));
  }

  /** Forgets what is there. */
  restart(): void {
    try {
      ftruncateSync(this.#open(), 0);
    } catch (cause) {
      throw diskError(this.path, cause);
    }
    this.#endFollowing();
    this.#hash = createHash('sha256');
    this.#size = 0;
    this.#askedAt = 0;
  }

  #endFollowing(): void {
    this.#follower?.end();
    this.#follower = undefined;
  }

  /** Proves the length; the hash is `digest`'s to give. */
  finish(): Written {
    const size = this.#fd === undefined ? this.#size : fstatSync(this.#fd).size;
    if (size !== this.#size) {
      throw new LibraryError(`The disk kept ${size} of ${this.#size} bytes: ${this.path}`, {
        code: 'disk-failed',
      });
    }
    return { size, sha256: '' };
  }

  async sync(): Promise<string> {
    try {
      const fd = this.#open();
      this.finish();
      await this.#asking;
      await fsyncAsync(fd);
      faultPoint('part.synced');
      const { mtimeNs } = fstatSync(fd, { bigint: true });
      this.#close();
      return mtimeNs.toString();
    } catch (cause) {
      this.#close();
      throw diskError(this.path, cause);
    }
  }

  /** Lets go of it; what is there stays for another time, unless it is nothing. */
  discard(): void {
    const isEmpty = this.#fd !== undefined && this.#size === 0;
    this.#close();
    if (isEmpty) removeQuietly(this.path);
  }

  #open(): number {
    if (this.#fd === undefined) throw new Error(`The part is closed: ${this.path}`);
    return this.#fd;
  }

  #close(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    this.#endFollowing();
    if (fd === undefined) return;
    // The number must not become another file's while the disk is asked about it.
    if (this.#asking === undefined) closeSync(fd);
    else void this.#asking.then(() => closeSync(fd));
  }
}
