import { readFile, stat } from 'node:fs/promises';

import { isSystemError, messageOf } from '../base/errors.ts';
import { KIND_BYTES, kindOf, mediaOf } from '../formats/image-kind.ts';

/** Width of the cards in the gallery, in pixels. */
const MAX_WIDTH = 450;
/** A page-long picture must not become a page-long card. */
const MAX_HEIGHT = 1350;
const QUALITY = 75;
/** Pixels of the largest picture that is decoded; one of 100 megapixels takes 400 MB. */
const MAX_PIXELS = 100_000_000;
/** Bytes of the largest file that is read. */
const MAX_BYTES = 100 * 1024 * 1024;
/** Seconds after which a picture is given up. */
const TIMEOUT_SECONDS = 30;

type Sharp = typeof import('sharp').default;

/** The end of a thumbnail's path, from the hash of its picture. */
export function thumbName(sha256: string): string {
  return `${sha256.slice(0, 2)}/${sha256.slice(2, 18)}.webp`;
}

/**
 * A small WebP of a picture, at most 450 pixels wide, upright; of a moving one its first frame. `source`: bytes, or an
 * absolute path. `undefined` when there can be none (a film, a broken or huge file, a file that is gone); `report` is
 * told why in one sentence. Never throws.
 */
export async function makeThumbnail(
  source: string | Uint8Array,
  report: (reason: string) => void = () => undefined,
): Promise<Uint8Array | undefined> {
  try {
    const bytes = typeof source === 'string' ? await readBounded(source) : source;
    const problem = bytes === undefined ? 'the file is too large' : problemOf(bytes);
    if (bytes !== undefined && problem === undefined) return await shrink(await loadSharp(), bytes);
    report(`No thumbnail: ${problem}.`);
  } catch (error) {
    report(`No thumbnail: ${isSystemError(error) ? error.code : firstLine(messageOf(error))}.`);
  }
  return undefined;
}

function problemOf(bytes: Uint8Array): string | undefined {
  if (bytes.length > MAX_BYTES) return 'the file is too large';
  const kind = kindOf(bytes.subarray(0, KIND_BYTES));
  return mediaOf(kind) === 'image' ? undefined : `a file of kind ${kind} is no picture`;
}

async function readBounded(path: string): Promise<Uint8Array | undefined> {
  const { size } = await stat(path);
  return size > MAX_BYTES ? undefined : await readFile(path);
}

/** Loaded when first needed: most commands make no thumbnails, and the library is large. */
async function loadSharp(): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  // Several pictures at once, one thread each, is faster than one picture on all threads.
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}

async function shrink(sharp: Sharp, bytes: Uint8Array): Promise<Uint8Array> {
  const image = sharp(bytes, {
    limitInputPixels: MAX_PIXELS,
    failOn: 'error',
    pages: 1,
    sequentialRead: true,
  });
  return await image
    .timeout({ seconds: TIMEOUT_SECONDS })
    .autoOrient()
    .resize({ width: MAX_WIDTH, height: MAX_HEIGHT, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: QUALITY, effort: 2 })
    .toBuffer();
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 200).replace(/\.$/, '');
}
