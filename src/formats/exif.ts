import { decodeBytes, decodeUserComment, trimNuls } from './user-comment.ts';
import type { ByteOrder } from './user-comment.ts';

/** The texts of an EXIF block in which generators keep prompts. */
export interface ExifReading {
  readonly byteOrder: ByteOrder;
  readonly description: string | undefined;
  readonly make: string | undefined;
  readonly model: string | undefined;
  readonly software: string | undefined;
  readonly artist: string | undefined;
  readonly userComment: string | undefined;
}

interface Entry {
  readonly tag: number;
  readonly bytes: Uint8Array;
}

/** A directory of a camera has some fifty entries; more than this is hostile. */
const MAX_ENTRIES = 512;
const EXIF_IFD = 0x8769;
/** Sizes in bytes of the TIFF field types 1 to 13. */
const TYPE_SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

/**
 * Reads a TIFF block, with or without the six bytes `Exif\0\0` before it. `undefined` when it is none. Damaged entries
 * are left out; never throws, reads each directory once.
 */
export function readExif(bytes: Uint8Array): ExifReading | undefined {
  const tiff = withoutPrefix(bytes);
  if (tiff.length < 8) return undefined;
  const mark = String.fromCharCode(tiff[0] ?? 0, tiff[1] ?? 0);
  if (mark !== 'II' && mark !== 'MM') return undefined;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = mark === 'II';
  if (view.getUint16(2, little) !== 42) return undefined;
  const main = readDirectory(view, view.getUint32(4, little), little);
  const pointer = main.find((entry) => entry.tag === EXIF_IFD);
  const inner = pointer === undefined ? [] : readDirectory(view, offsetIn(pointer.bytes, little), little);
  return summarise([...main, ...inner], mark);
}

function withoutPrefix(bytes: Uint8Array): Uint8Array {
  const prefix = String.fromCharCode(...bytes.subarray(0, 4));
  return prefix === 'Exif' ? bytes.subarray(6) : bytes;
}

function offsetIn(bytes: Uint8Array, little: boolean): number {
  if (bytes.length < 4) return -1;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, little);
}

function readDirectory(view: DataView, offset: number, little: boolean): Entry[] {
  if (offset < 0 || offset + 2 > view.byteLength) return [];
  const count = Math.min(view.getUint16(offset, little), MAX_ENTRIES);
  const entries: Entry[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = offset + 2 + index * 12;
    if (at + 12 > view.byteLength) break;
    const entry = readEntry(view, at, little);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

function readEntry(view: DataView, at: number, little: boolean): Entry | undefined {
  const size = TYPE_SIZES[view.getUint16(at + 2, little)];
  if (size === undefined || size === 0) return undefined;
  const length = size * view.getUint32(at + 4, little);
  const start = length <= 4 ? at + 8 : view.getUint32(at + 8, little);
  if (start >= view.byteLength) return undefined;
  // A file cut short still gives the beginning of its text.
  const end = Math.min(start + length, view.byteLength);
  return {
    tag: view.getUint16(at, little),
    bytes: new Uint8Array(view.buffer, view.byteOffset + start, end - start),
  };
}

function summarise(entries: readonly Entry[], byteOrder: ByteOrder): ExifReading {
  function text(tag: number): string | undefined {
    const entry = entries.find((candidate) => candidate.tag === tag);
    return entry === undefined ? undefined : trimNuls(decodeBytes(entry.bytes));
  }
  const comment = entries.find((candidate) => candidate.tag === 0x9286);
  return {
    byteOrder,
    description: text(0x010e),
    make: text(0x010f),
    model: text(0x0110),
    software: text(0x0131),
    artist: text(0x013b),
    userComment: comment === undefined ? undefined : decodeUserComment(comment.bytes, byteOrder),
  };
}
