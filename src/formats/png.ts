import { inflateSync } from 'node:zlib';

import { decodeBytes, trimNuls } from './user-comment.ts';

/** One text chunk: `tEXt`, `zTXt` and `iTXt` look alike to a reader. */
export interface PngText {
  readonly keyword: string;
  readonly text: string;
}

/** What a PNG says beside its pixels. */
export interface PngReading {
  readonly width: number;
  readonly height: number;
  readonly texts: readonly PngText[];
  /** The TIFF block of an `eXIf` chunk. */
  readonly exif: Uint8Array | undefined;
}

/** Together, inflated. The largest ComfyUI workflow seen is 1.6 MB; a zip bomb stops here. */
const MAX_TEXT_BYTES = 32 * 1024 * 1024;
const MAX_TEXTS = 256;
const TEXT_TYPES: ReadonlySet<string> = new Set(['tEXt', 'zTXt', 'iTXt']);

/** Reads the chunks of a PNG; `undefined` when it is none. A damaged rest is left out. Never throws. */
export function readPng(bytes: Uint8Array): PngReading | undefined {
  if (
    bytes.length < 33 ||
    latin(bytes.subarray(1, 4)) !== 'PNG' ||
    latin(bytes.subarray(12, 16)) !== 'IHDR'
  ) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: PngText[] = [];
  let exif: Uint8Array | undefined;
  let budget = MAX_TEXT_BYTES;
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = latin(bytes.subarray(at + 4, at + 8));
    if (type === 'IEND' || at + 8 + length > bytes.length) break;
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (type === 'eXIf') exif ??= data;
    if (TEXT_TYPES.has(type) && budget > 0 && texts.length < MAX_TEXTS) {
      const text = readText(type, data, budget);
      if (text !== undefined) texts.push(text);
      // A chunk that can't be inflated is charged too, or a file of a thousand bombs would cost a thousand budgets.
      budget -= text?.text.length ?? (type === 'tEXt' ? 0 : MAX_TEXT_BYTES / 4);
    }
    at += 12 + length;
  }
  return { width: view.getUint32(16), height: view.getUint32(20), texts, exif };
}

function readText(type: string, data: Uint8Array, budget: number): PngText | undefined {
  const nul = data.subarray(0, 80).indexOf(0);
  if (nul < 1) return undefined;
  const keyword = latin(data.subarray(0, nul));
  const content = textBytes(type, data.subarray(nul + 1), budget);
  if (content === undefined || content.length > budget) return undefined;
  // tEXt is Latin-1 by its standard and UTF-8 by the habit of several generators.
  return { keyword, text: trimNuls(decodeBytes(content)) };
}

function textBytes(type: string, rest: Uint8Array, budget: number): Uint8Array | undefined {
  if (type === 'tEXt') return rest;
  if (type === 'zTXt') return inflate(rest.subarray(1), budget);
  const language = rest.indexOf(0, 2);
  const translated = language < 0 ? -1 : rest.indexOf(0, language + 1);
  if (translated < 0) return undefined;
  const content = rest.subarray(translated + 1);
  return rest[0] === 1 ? inflate(content, budget) : content;
}

function inflate(bytes: Uint8Array, budget: number): Uint8Array | undefined {
  try {
    return inflateSync(bytes, { maxOutputLength: Math.max(1, budget) });
  } catch {
    return undefined;
  }
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
