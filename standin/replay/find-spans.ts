import { open, readdir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { cut, makeCutter } from './cut.ts';
import type { Piece } from './cut.ts';
import { MAX_ITEM_BYTES, readSpan, unwrap } from './span.ts';
import type { Span } from './span.ts';

/** A model or version found in a folder, with its text. */
export interface Finding {
  readonly kind: 'model' | 'version';
  readonly span: Span;
  readonly bytes: Buffer;
}

const CHUNK_BYTES = 1024 * 1024;
/** A cached answer inside an answer inside a cache is the most that was seen. */
const MAX_NESTING = 3;

/** All regular files below a folder, in a stable order. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The models and versions of one file, one at a time. A file that is no JSON has none; a broken end loses only itself. */
export async function* findSpans(file: string): AsyncGenerator<Finding> {
  const handle = await open(file, 'r');
  try {
    const pieces = await cutFile(handle);
    for (const piece of pieces) {
      const span: Span = { file, start: piece.start, length: piece.end - piece.start };
      yield* findingsOf(piece, span, handle, 0);
    }
  } finally {
    await handle.close();
  }
}

async function* findingsOf(
  piece: Piece,
  span: Span,
  handle: FileHandle,
  nesting: number,
): AsyncGenerator<Finding> {
  if (span.length > MAX_ITEM_BYTES || nesting > MAX_NESTING) return;
  const bytes = await readSpan(span, handle);
  if (piece.kind !== 'text') {
    yield { kind: piece.kind, span, bytes };
    return;
  }
  for (const inner of innerPieces(bytes)) {
    const place: Span = {
      file: span.file,
      start: inner.start,
      length: inner.end - inner.start,
      inside: span,
    };
    yield* findingsOf(inner, place, handle, nesting + 1);
  }
}

function innerPieces(literal: Buffer): readonly Piece[] {
  try {
    return cut(unwrap(literal));
  } catch {
    return [];
  }
}

async function cutFile(handle: FileHandle): Promise<readonly Piece[]> {
  const cutter = makeCutter();
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) break;
    if (position === 0 && !looksLikeJson(chunk.subarray(0, bytesRead))) return [];
    cutter.push(chunk.subarray(0, bytesRead));
    position += bytesRead;
  }
  return cutter.pieces();
}

function looksLikeJson(start: Buffer): boolean {
  return /^\uFEFF?\s*[[{"]/.test(start.toString('utf8', 0, 64));
}
