import { crc32, deflateSync } from 'node:zlib';

/** Small images with texts in them, made for tests. */

/** A chunk of a PNG: four letters and its content. */
export type Chunk = readonly [type: string, data: Uint8Array];

/** A PNG of 2 by 3 pixels' header with these chunks; it has no picture. */
export function pngWith(chunks: readonly Chunk[]): Uint8Array {
  const header = Buffer.from([0, 0, 0, 2, 0, 0, 0, 3, 8, 2, 0, 0, 0]);
  const all: Chunk[] = [['IHDR', header], ...chunks, ['IEND', new Uint8Array()]];
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, ...all.map(([type, data]) => pngChunk(type, data))]);
}

function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A text chunk in one of the three forms; `tEXt` in the encoding named. */
export function textChunk(
  form: 'tEXt' | 'zTXt' | 'iTXt' | 'iTXt-deflated',
  keyword: string,
  text: string,
  encoding: 'latin1' | 'utf8' = 'utf8',
): Chunk {
  const content = Buffer.from(text, encoding);
  const key = Buffer.from(`${keyword}\0`, 'latin1');
  if (form === 'tEXt') return ['tEXt', Buffer.concat([key, content])];
  if (form === 'zTXt') return ['zTXt', Buffer.concat([key, Buffer.from([0]), deflateSync(content)])];
  const deflated = form === 'iTXt-deflated';
  const flags = Buffer.from([deflated ? 1 : 0, 0, 0, 0]);
  return ['iTXt', Buffer.concat([key, flags, deflated ? deflateSync(content) : content])];
}

/** Tags of the main directory by number; `0x9286` goes to the EXIF directory, where it belongs. */
export type Tags = Readonly<Record<number, Uint8Array>>;

/** A TIFF block with these tags, all of type UNDEFINED. */
export function tiffWith(order: 'II' | 'MM', tags: Tags): Uint8Array {
  const main = Object.entries(tags).filter(([tag]) => Number(tag) !== 0x9286);
  const inner = Object.entries(tags).filter(([tag]) => Number(tag) === 0x9286);
  const mainSize = 2 + (main.length + 1) * 12 + 4;
  const writer = new TiffWriter(order, 8 + mainSize + 2 + inner.length * 12 + 4);
  writer.directory(8, [...main.map(([tag, data]) => [Number(tag), data] as const), [0x8769, 8 + mainSize]]);
  writer.directory(
    8 + mainSize,
    inner.map(([tag, data]) => [Number(tag), data] as const),
  );
  return writer.bytes();
}

class TiffWriter {
  readonly #head: Buffer;
  readonly #little: boolean;
  readonly #bodies: Uint8Array[] = [];
  #end: number;

  constructor(order: 'II' | 'MM', headSize: number) {
    this.#head = Buffer.alloc(headSize);
    this.#little = order === 'II';
    this.#end = headSize;
    this.#head.write(order, 'latin1');
    this.#put16(2, 42);
    this.#put32(4, 8);
  }

  directory(at: number, entries: readonly (readonly [number, Uint8Array | number])[]): void {
    this.#put16(at, entries.length);
    for (const [index, [tag, data]] of entries.entries()) {
      const entry = at + 2 + index * 12;
      this.#put16(entry, tag);
      this.#put16(entry + 2, typeof data === 'number' ? 4 : 7);
      this.#put32(entry + 4, typeof data === 'number' ? 1 : data.length);
      if (typeof data === 'number') this.#put32(entry + 8, data);
      else if (data.length <= 4) this.#head.set(data, entry + 8);
      else this.#put32(entry + 8, this.#append(data));
    }
  }

  bytes(): Uint8Array {
    return Buffer.concat([this.#head, ...this.#bodies]);
  }

  #append(data: Uint8Array): number {
    const at = this.#end;
    this.#bodies.push(data);
    this.#end += data.length;
    return at;
  }

  #put16(at: number, value: number): void {
    if (this.#little) this.#head.writeUInt16LE(value, at);
    else this.#head.writeUInt16BE(value, at);
  }

  #put32(at: number, value: number): void {
    if (this.#little) this.#head.writeUInt32LE(value, at);
    else this.#head.writeUInt32BE(value, at);
  }
}

/** A JPEG of 5 by 4 pixels' header around an EXIF block and comments; it has no picture. */
export function jpegWith(exif: Uint8Array | undefined, comments: readonly string[] = []): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from([0xff, 0xd8])];
  if (exif !== undefined) parts.push(jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exif])));
  for (const comment of comments) parts.push(jpegSegment(0xfe, Buffer.from(comment)));
  parts.push(jpegSegment(0xc0, Buffer.from([8, 0, 4, 0, 5, 3])), Buffer.from([0xff, 0xda, 0, 2, 0xff, 0xd9]));
  return Buffer.concat(parts);
}

function jpegSegment(marker: number, data: Uint8Array): Uint8Array {
  const length = data.length + 2;
  return Buffer.concat([Buffer.from([0xff, marker, length >> 8, length & 0xff]), data]);
}

/** A WebP of 7 by 6 pixels' header with an EXIF chunk; it has no picture. */
export function webpWith(exif: Uint8Array, flags = 0x08): Uint8Array {
  const canvas = riffChunk('VP8X', Buffer.from([flags, 0, 0, 0, 6, 0, 0, 5, 0, 0]));
  const body = Buffer.concat([Buffer.from('WEBP'), canvas, riffChunk('EXIF', exif)]);
  return riffChunk('RIFF', body);
}

function riffChunk(type: string, data: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  return Buffer.concat([Buffer.from(type), length, data, Buffer.alloc(data.length & 1)]);
}

/** A UserComment in the form named, as bytes. */
export function userComment(
  form: 'unicode-be' | 'unicode-le' | 'unicode-bom' | 'ascii' | 'nuls' | 'bare' | 'swapped',
  text: string,
): Uint8Array {
  const little = Buffer.from(text, 'utf16le');
  const big = Buffer.from(little).swap16();
  const unicode = Buffer.from('UNICODE\0');
  if (form === 'unicode-be') return Buffer.concat([unicode, big]);
  if (form === 'unicode-le') return Buffer.concat([unicode, little]);
  if (form === 'unicode-bom') return Buffer.concat([unicode, Buffer.from([0xff, 0xfe]), little]);
  if (form === 'ascii') return Buffer.concat([Buffer.from('ASCII\0\0\0'), Buffer.from(text)]);
  if (form === 'nuls') return Buffer.concat([Buffer.alloc(8), Buffer.from(text)]);
  if (form === 'bare') return Buffer.from(text);
  return Buffer.concat([Buffer.alloc(8), Buffer.from(big.toString('utf16le'))]);
}
