/** What a WebP says beside its pixels. */
export interface WebpReading {
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly animated: boolean;
  /** The EXIF chunk, with or without `Exif\0\0`. */
  readonly exif: Uint8Array | undefined;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Reads the chunks of a WebP; `undefined` when the bytes are none. Never throws. */
export function readWebp(bytes: Uint8Array): WebpReading | undefined {
  if (latin(bytes, 0, 4) !== 'RIFF' || latin(bytes, 8, 12) !== 'WEBP') return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let size: Size | undefined;
  let animated = false;
  let exif: Uint8Array | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const type = latin(bytes, at, at + 4);
    const length = view.getUint32(at + 4, true);
    const data = bytes.subarray(at + 8, at + 8 + length);
    size ??= sizeIn(type, data);
    if (type === 'VP8X') animated = ((data[0] ?? 0) & 0x02) !== 0;
    if (type === 'EXIF') exif ??= data;
    at += 8 + length + (length & 1);
  }
  return { width: size?.width, height: size?.height, animated, exif };
}

function sizeIn(type: string, data: Uint8Array): Size | undefined {
  if (data.length < 10) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (type === 'VP8X') return { width: 1 + uint24(view, 4), height: 1 + uint24(view, 7) };
  if (type === 'VP8 ')
    return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
  if (type !== 'VP8L') return undefined;
  const bits = view.getUint32(1, true);
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
}

function uint24(view: DataView, at: number): number {
  return view.getUint8(at) | (view.getUint8(at + 1) << 8) | (view.getUint8(at + 2) << 16);
}

function latin(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
