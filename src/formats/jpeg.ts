import { decodeBytes, trimNuls } from './user-comment.ts';

/** What a JPEG says beside its pixels. */
export interface JpegReading {
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** The first EXIF block, `Exif\0\0` included. */
  readonly exif: Uint8Array | undefined;
  /** COM segments, in order. */
  readonly comments: readonly string[];
}

const MAX_COMMENTS = 64;

/** Reads the segments before the picture; `undefined` when the bytes are no JPEG. Never throws. */
export function readJpeg(bytes: Uint8Array): JpegReading | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  let width: number | undefined;
  let height: number | undefined;
  let exif: Uint8Array | undefined;
  const comments: string[] = [];
  for (const { marker, data } of segments(bytes)) {
    if (marker === 0xe1 && String.fromCharCode(...data.subarray(0, 6)) === 'Exif\0\0') exif ??= data;
    if (marker === 0xfe && comments.length < MAX_COMMENTS) comments.push(trimNuls(decodeBytes(data)));
    if (isFrame(marker) && data.length >= 5) {
      height ??= ((data[1] ?? 0) << 8) | (data[2] ?? 0);
      width ??= ((data[3] ?? 0) << 8) | (data[4] ?? 0);
    }
  }
  return { width, height, exif, comments };
}

/** Start-of-frame markers; C4, C8 and CC are tables. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function* segments(bytes: Uint8Array): Generator<{ marker: number; data: Uint8Array }> {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    // 0xFF may be repeated as padding; D0-D7 and 01 stand alone.
    if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker === 0xda || marker === 0xd9) return;
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    if (length < 2) return;
    yield { marker, data: bytes.subarray(at + 4, at + 2 + length) };
    at += 2 + length;
  }
}
