import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, type BigIntStats } from 'node:fs';
import { InterruptedError, isSystemError, LibraryError } from '../base/errors.ts';
import { crc32Text, type HashType } from '../formats/hashes.ts';
import { diskError } from './disk-error.ts';

/** Hashes that cost something and are made only when asked for; the others come with the SHA-256. */
export type HashKind = Extract<HashType, 'AutoV3' | 'CRC32' | 'BLAKE3'>;

/** What one reading of a file gave. All hashes lower-case hex. */
export interface HashedFile {
  readonly sha256: string;
  readonly size: number;
  /** Absent below 2 MiB. */
  readonly autoV1?: string;
  readonly autoV2: string;
  /** All 64 digits; absent when there is nothing behind the header. */
  readonly autoV3?: string;
  /** In Civitai's order, lowest byte first. */
  readonly crc32?: string;
  readonly blake3?: string;
  /** Of the open file after its last byte was read. */
  readonly mtimeNs: string;
  readonly ctimeNs: string;
  readonly inode: string;
  readonly device: string;
  /** The first bytes: a safetensors header whole when it is not longer than `HEAD_MAX`, else a little. */
  readonly head: Uint8Array;
}

/** The streaming hashes that are no part of Node. */
export interface HashTools {
  /** Goes on from `before`, 0 to begin. */
  readonly crc32?: (bytes: Buffer, before: number) => number;
  readonly blake3?: () => { update(bytes: Buffer): unknown; digest(encoding: 'hex'): string };
}

export interface ReadHashesOptions {
  readonly kinds: ReadonlySet<HashKind>;
  readonly tools: HashTools;
  /** Reused from file to file; 256 KiB is best. */
  readonly buffer: Buffer;
  /** Told after each chunk how many bytes are read so far. */
  readonly onBytes: (done: number) => void;
  /** Asked before each chunk; true ends the reading with InterruptedError. */
  readonly stopped: () => boolean;
}

/** At most this much of a file travels with its hashes, in bytes. */
export const HEAD_MAX = 256 * 1024;
const HEAD_OTHER = 4 * 1024;

/** AutoV1 is the SHA-256 of these bytes, unless the file is shorter than twice the offset. */
const AUTO_V1 = { from: 0x100000, to: 0x110000, minSize: 0x200000 } as const;
/** From this declared length on, the site's scanner takes a file as no safetensors. */
const AUTO_V3_MAX_HEADER = 16n * 1024n * 1024n;

/**
 * Reads a file once, from its first byte to its last, and makes all hashes on the way; synchronous, for a worker
 * thread. Throws LibraryError (`file-changed` when it changed meanwhile, `file-vanished`, `not-a-file`,
 * `not-readable`, `disk-failed`) or InterruptedError.
 */
export function readHashes(path: string | Buffer, options: ReadHashesOptions): HashedFile {
  const shown = path.toString();
  let fd: number;
  try {
    // Without O_NONBLOCK a pipe that took the file's place would hold this thread for ever.
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    throw readError(shown, cause);
  }
  try {
    return readOpen(fd, shown, options);
  } catch (cause) {
    throw cause instanceof InterruptedError ? cause : readError(shown, cause);
  } finally {
    closeSync(fd);
  }
}

function readOpen(fd: number, shown: string, options: ReadHashesOptions): HashedFile {
  const before = fstatSync(fd, { bigint: true });
  if (!before.isFile()) {
    throw new LibraryError(`It is no regular file: ${shown}`, { code: 'not-a-file' });
  }
  const sums = openSums(Number(before.size), options);
  let done = 0;
  for (;;) {
    if (options.stopped()) throw new InterruptedError();
    const count = readSync(fd, options.buffer, 0, options.buffer.length, null);
    if (count === 0) break;
    sums.update(options.buffer.subarray(0, count), done);
    done += count;
    options.onBytes(done);
  }
  const after = fstatSync(fd, { bigint: true });
  if (BigInt(done) !== after.size || !isSameState(before, after)) {
    throw new LibraryError(`It changed while it was read: ${shown}`, {
      code: 'file-changed',
      next: 'Run the same command again when nothing writes to it any more.',
    });
  }
  return {
    ...sums.digest(),
    size: done,
    mtimeNs: after.mtimeNs.toString(),
    ctimeNs: after.ctimeNs.toString(),
    inode: after.ino.toString(),
    device: after.dev.toString(),
  };
}

function isSameState(before: BigIntStats, after: BigIntStats): boolean {
  return before.size === after.size && before.mtimeNs === after.mtimeNs && before.ctimeNs === after.ctimeNs;
}

type Sums = Pick<HashedFile, 'sha256' | 'autoV1' | 'autoV2' | 'autoV3' | 'crc32' | 'blake3' | 'head'>;

function openSums(size: number, { kinds, tools }: ReadHashesOptions) {
  const whole = createHash('sha256');
  const v1 = size >= AUTO_V1.minSize ? createHash('sha256') : undefined;
  const blake3 = kinds.has('BLAKE3') ? tools.blake3?.() : undefined;
  const crc = kinds.has('CRC32') ? tools.crc32 : undefined;
  let crcSoFar = 0;
  let head: Uint8Array = new Uint8Array(0);
  let v3From = Infinity;
  let v3: Hash | undefined;

  const begin = (chunk: Buffer): void => {
    head = Uint8Array.from(chunk.subarray(0, headLength(chunk)));
    if (!kinds.has('AutoV3')) return;
    v3From = dataStart(chunk);
    if (v3From < size) v3 = createHash('sha256');
  };
  const update = (chunk: Buffer, offset: number): void => {
    // The first read of a regular file gives all of the first chunk, so the length and the brace are in it.
    if (offset === 0) begin(chunk);
    const end = offset + chunk.length;
    whole.update(chunk);
    if (v1 !== undefined && offset < AUTO_V1.to && end > AUTO_V1.from) {
      v1.update(chunk.subarray(Math.max(AUTO_V1.from - offset, 0), AUTO_V1.to - offset));
    }
    if (v3 !== undefined && end > v3From) v3.update(chunk.subarray(Math.max(v3From - offset, 0)));
    blake3?.update(chunk);
    if (crc !== undefined) crcSoFar = crc(chunk, crcSoFar);
  };
  const digest = (): Sums => {
    const sha256 = whole.digest('hex');
    return {
      sha256,
      autoV2: sha256.slice(0, 10),
      ...(v1 === undefined ? {} : { autoV1: v1.digest('hex').slice(0, 8) }),
      ...(v3 === undefined ? {} : { autoV3: v3.digest('hex') }),
      ...(crc === undefined ? {} : { crc32: crc32Text(crcSoFar) }),
      ...(blake3 === undefined ? {} : { blake3: blake3.digest('hex') }),
      head,
    };
  };
  return { update, digest };
}

/** The declared length of a safetensors header, or `undefined` when the file begins like something else. */
function declaredHeader(first: Buffer): bigint | undefined {
  if (first.length < 9 || first[8] !== 0x7b) return undefined;
  const length = first.readBigUInt64LE(0);
  return length < AUTO_V3_MAX_HEADER ? length : undefined;
}

/** Where the bytes begin that AutoV3 counts. */
function dataStart(first: Buffer): number {
  return 8 + Number(declaredHeader(first) ?? 0n);
}

function headLength(first: Buffer): number {
  const whole = dataStart(first);
  return whole > 8 && whole <= HEAD_MAX ? whole : HEAD_OTHER;
}

function readError(shown: string, cause: unknown): Error {
  if (isSystemError(cause, 'EACCES', 'EPERM')) {
    return new LibraryError(`It can't be read: permission denied: ${shown}`, {
      code: 'not-readable',
      next: 'Give your user the right to read it.',
      cause,
    });
  }
  return diskError(shown, cause);
}
