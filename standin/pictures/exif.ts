const EXIF_POINTER = 0x8769;
const USER_COMMENT = 0x9286;
const UNDEFINED_TYPE = 7;
const LONG_TYPE = 4;

/**
 * A TIFF block with one UserComment, as UTF-16 in the byte order of the block. Layout: header (8), IFD0 with the pointer
 * (18), Exif IFD with the comment (18), the comment.
 */
export function userComment(text: string, order: 'big' | 'little'): Buffer {
  const big = order === 'big';
  const comment = Buffer.concat([Buffer.from('UNICODE\0', 'latin1'), utf16(text, big)]);
  const head = Buffer.alloc(44);
  const put16 = (value: number, at: number): number =>
    big ? head.writeUInt16BE(value, at) : head.writeUInt16LE(value, at);
  const put32 = (value: number, at: number): number =>
    big ? head.writeUInt32BE(value, at) : head.writeUInt32LE(value, at);
  const entry = (at: number, tag: number, type: number, count: number, value: number): void => {
    put16(1, at);
    put16(tag, at + 2);
    put16(type, at + 4);
    put32(count, at + 6);
    put32(value, at + 10);
    put32(0, at + 14);
  };
  head.write(big ? 'MM' : 'II', 0, 'latin1');
  put16(42, 2);
  put32(8, 4);
  entry(8, EXIF_POINTER, LONG_TYPE, 1, 26);
  entry(26, USER_COMMENT, UNDEFINED_TYPE, comment.length, 44);
  return Buffer.concat([head, comment]);
}

function utf16(text: string, big: boolean): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return big ? bytes.swap16() : bytes;
}

/** The JPEG with the TIFF block in an APP1 segment behind its first marker. */
export function withJpegExif(jpeg: Buffer, tiff: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const marker = Buffer.from([0xff, 0xe1, 0, 0]);
  marker.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), marker, body, jpeg.subarray(2)]);
}

/** The simple WebP (one VP8 chunk) in its extended form, with the TIFF block in an EXIF chunk. */
export function withWebpExif(webp: Buffer, tiff: Buffer, width: number, height: number): Buffer {
  const features = Buffer.alloc(10);
  features[0] = 0x08;
  features.writeUIntLE(width - 1, 4, 3);
  features.writeUIntLE(height - 1, 7, 3);
  const body = Buffer.concat([
    Buffer.from('WEBP', 'latin1'),
    riff('VP8X', features),
    webp.subarray(12),
    riff('EXIF', tiff),
  ]);
  return riff('RIFF', body);
}

function riff(name: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 0, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}
