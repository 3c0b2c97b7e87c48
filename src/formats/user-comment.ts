/** The order of bytes in a TIFF block: `II` little-endian, `MM` big-endian. */
export type ByteOrder = 'II' | 'MM';

type Utf16 = 'utf-16le' | 'utf-16be';

/** Bytes looked at to tell one UTF-16 from the other. */
const SAMPLE_BYTES = 4096;

/**
 * The text of an EXIF UserComment (tag 0x9286), in every form that occurs: eight bytes naming the character set, then
 * text in it; eight NULs; or no such header at all. UTF-16 comes in either order whatever the TIFF block says. Without
 * header and padding NULs. Never throws.
 */
export function decodeUserComment(bytes: Uint8Array, order: ByteOrder): string {
  const header = String.fromCharCode(...bytes.subarray(0, 8));
  const body = bytes.subarray(8);
  if (/^unicode[\0 ]?$/i.test(header)) return trimNuls(decodeUnicode(body, order));
  if (/^ascii[\0 ]{3}$/i.test(header)) return trimNuls(decodeBytes(body));
  if (header === 'JIS\0\0\0\0\0') return trimNuls(decodeWith('iso-2022-jp', body));
  if (header === '\0\0\0\0\0\0\0\0') return trimNuls(unswap(decodeUnlabelled(body)));
  return trimNuls(unswap(decodeUnlabelled(bytes)));
}

/** Text of bytes that should be UTF-8 and are sometimes Latin-1. */
export function decodeBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  }
}

/** Drops the NULs with which texts are padded at either end. */
export function trimNuls(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) === 0) start += 1;
  while (end > start && text.charCodeAt(end - 1) === 0) end -= 1;
  return text.slice(start, end);
}

function decodeUnicode(bytes: Uint8Array, order: ByteOrder): string {
  const utf16 = guessUtf16(bytes);
  if (utf16 !== undefined) return decodeWith(utf16, bytes);
  // No zero byte at all: text without a Latin letter, or UTF-8 under a wrong label.
  const asUtf8 = decodeBytes(bytes);
  if (/[ -~]{8}/.test(asUtf8.slice(0, SAMPLE_BYTES))) return asUtf8;
  return decodeWith(order === 'II' ? 'utf-16le' : 'utf-16be', bytes);
}

function decodeUnlabelled(bytes: Uint8Array): string {
  const utf16 = guessUtf16(bytes);
  return utf16 === undefined ? decodeBytes(bytes) : decodeWith(utf16, bytes);
}

/** By the byte-order mark, else by the side on which the zero bytes of Latin letters stand. */
function guessUtf16(bytes: Uint8Array): Utf16 | undefined {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  const length = Math.min(bytes.length, SAMPLE_BYTES) & ~1;
  let zeroFirst = 0;
  let zeroSecond = 0;
  for (let at = 0; at < length; at += 2) {
    if (bytes[at] === 0 && bytes[at + 1] !== 0) zeroFirst += 1;
    if (bytes[at] !== 0 && bytes[at + 1] === 0) zeroSecond += 1;
  }
  const most = Math.max(zeroFirst, zeroSecond);
  if (most * 20 < length / 2 || most === 0) return undefined;
  return zeroFirst > zeroSecond ? 'utf-16be' : 'utf-16le';
}

function decodeWith(label: string, bytes: Uint8Array): string {
  return new TextDecoder(label).decode(bytes);
}

/** Undoes UTF-16 that was read in the wrong order before it was stored: every letter's byte stands in the high half. */
function unswap(text: string): string {
  if (text.length === 0) return text;
  const sample = Math.min(text.length, SAMPLE_BYTES);
  let swapped = 0;
  for (let at = 0; at < sample; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 0xff && (unit & 0xff) === 0) swapped += 1;
  }
  if (swapped * 2 < sample) return text;
  const bytes = Buffer.from(text, 'utf16le');
  return bytes
    .subarray(0, bytes.length & ~1)
    .swap16()
    .toString('utf16le');
}
