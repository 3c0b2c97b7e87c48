import type { ByteSource } from './model-file-header.ts';

/** What the table of contents of a zip file says; nothing is ever unpacked. */
export interface ZipListing {
  /** Names as they stand, `/` between folders, hostile. At most `MAX_NAMES`. */
  readonly names: readonly string[];
  /** How many entries the table claims. */
  readonly entries: number;
}

const MAX_NAMES = 10_000;
/** A table of contents longer than this is read to here only. */
const MAX_TABLE = 8 * 1024 * 1024;
/** The end record has 22 bytes and a comment of at most 65,535. */
const END_SPAN = 22 + 65_535;

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const ENTRY = 0x02014b50;

/** True for the first bytes of a zip file, an empty one included. */
export function looksLikeZip(first: Uint8Array): boolean {
  if (first[0] !== 0x50 || first[1] !== 0x4b) return false;
  return (first[2] === 3 && first[3] === 4) || (first[2] === 5 && first[3] === 6);
}

/** Reads the names in a zip file from its central directory, zip64 too; a sentence when it can't be read. */
export async function readZipNames(source: ByteSource): Promise<ZipListing | string> {
  const table = await findTable(source);
  if (table === undefined) return 'The file has no table of contents: it is cut off.';
  const { offset, length, entries } = table;
  if (offset + length > source.size) return 'The table of contents lies beyond the end of the file.';
  const bytes = await source.read(offset, Math.min(length, MAX_TABLE));
  const names = namesIn(bytes);
  if (names.length < Math.min(entries, MAX_NAMES) && length <= MAX_TABLE)
    return 'The table of contents is damaged.';
  return { names, entries };
}

interface Table {
  readonly offset: number;
  readonly length: number;
  readonly entries: number;
}

async function findTable(source: ByteSource): Promise<Table | undefined> {
  const span = Math.min(END_SPAN, source.size);
  const tail = viewOf(await source.read(source.size - span, span));
  for (let at = tail.byteLength - 22; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END || tail.getUint16(at + 20, true) !== tail.byteLength - at - 22)
      continue;
    const entries = tail.getUint16(at + 10, true);
    const length = tail.getUint32(at + 12, true);
    const offset = tail.getUint32(at + 16, true);
    if (entries !== 0xffff && length !== 0xffffffff && offset !== 0xffffffff)
      return { entries, length, offset };
    return (await findTable64(source, tail, at)) ?? { entries, length, offset };
  }
  return undefined;
}

async function findTable64(source: ByteSource, tail: DataView, end: number): Promise<Table | undefined> {
  const locator = end - 20;
  if (locator < 0 || tail.getUint32(locator, true) !== LOCATOR_64) return undefined;
  const place = tail.getBigUint64(locator + 8, true);
  if (place + 56n > BigInt(source.size)) return undefined;
  const record = viewOf(await source.read(Number(place), 56));
  if (record.byteLength < 56 || record.getUint32(0, true) !== END_64) return undefined;
  const [entries, length, offset] = [32, 40, 48].map((at) => Number(record.getBigUint64(at, true)));
  return { entries: entries ?? 0, length: length ?? 0, offset: offset ?? 0 };
}

function namesIn(bytes: Uint8Array): string[] {
  const view = viewOf(bytes);
  const names: string[] = [];
  let at = 0;
  while (names.length < MAX_NAMES && at + 46 <= view.byteLength && view.getUint32(at, true) === ENTRY) {
    const nameEnd = at + 46 + view.getUint16(at + 28, true);
    if (nameEnd > view.byteLength) break;
    names.push(new TextDecoder().decode(bytes.subarray(at + 46, nameEnd)));
    at = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return names;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
