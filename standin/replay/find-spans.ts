import { closeSync, openSync, readSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cut, makeCutter } from './cut.ts';
import type { Piece } from './cut.ts';
import { MAX_ITEM_BYTES, unwrap } from './span.ts';
import type { Span } from './span.ts';

/** A model or version found in a folder, with its text. */
export interface Finding {
  readonly kind: 'model' | 'version';
  readonly span: Span;
  readonly bytes: Buffer;
}

/** Most recordings fit into one, and are then read once only. */
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

/** The buffer that files are read through; one serves any number of files, one after the other. */
export function chunkBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(CHUNK_BYTES);
}

/** The models and versions of one file, one at a time. A file that is no JSON has none; a broken end loses only itself. */
export function* findSpans(file: string, chunk: Buffer = chunkBuffer()): Generator<Finding> {
  // Synchronous: nothing is served before the index stands, and 18,000 files take a third of the time so.
  const opened = openSync(file, 'r');
  try {
    const { pieces, whole } = cutFile(opened, chunk);
    for (const piece of pieces) {
      const span: Span = { file, start: piece.start, length: piece.end - piece.start };
      if (span.length > MAX_ITEM_BYTES) continue;
      yield* findingsOf(piece, span, whole === undefined ? bytesAt(opened, span) : copyOf(whole, piece), 0);
    }
  } finally {
    closeSync(opened);
  }
}

function bytesAt(opened: number, span: Span): Buffer {
  const bytes = Buffer.alloc(span.length);
  readSync(opened, bytes, 0, span.length, span.start);
  return bytes;
}

/** A copy: the buffer is used again while the finding may still be looked at. */
function copyOf(text: Buffer, piece: Piece): Buffer {
  return Buffer.from(text.subarray(piece.start, piece.end));
}

function* findingsOf(piece: Piece, span: Span, bytes: Buffer, nesting: number): Generator<Finding> {
  if (piece.kind !== 'text') {
    yield { kind: piece.kind, span, bytes };
    return;
  }
  if (nesting >= MAX_NESTING) return;
  const { text, pieces } = cutLiteral(bytes);
  for (const inner of pieces) {
    const place: Span = {
      file: span.file,
      start: inner.start,
      length: inner.end - inner.start,
      inside: span,
    };
    yield* findingsOf(inner, place, text.subarray(inner.start, inner.end), nesting + 1);
  }
}

function cutLiteral(literal: Buffer): { readonly text: Buffer; readonly pieces: readonly Piece[] } {
  try {
    const text = unwrap(literal);
    return { text, pieces: cut(text) };
  } catch {
    return { text: literal, pieces: [] };
  }
}

/** The pieces of a file; its whole text too when that fits into the chunk. */
function cutFile(
  opened: number,
  chunk: Buffer,
): { readonly pieces: readonly Piece[]; readonly whole: Buffer | undefined } {
  const cutter = makeCutter();
  let position = 0;
  let last = 0;
  for (;;) {
    const bytesRead = readSync(opened, chunk, 0, chunk.length, position);
    if (bytesRead === 0) break;
    if (position === 0 && !looksLikeJson(chunk.subarray(0, bytesRead)))
      return { pieces: [], whole: undefined };
    cutter.push(chunk.subarray(0, bytesRead));
    position += bytesRead;
    last = bytesRead;
  }
  return { pieces: cutter.pieces(), whole: position === last ? chunk.subarray(0, last) : undefined };
}

function looksLikeJson(start: Buffer): boolean {
  return /^\uFEFF?\s*[[{"]/.test(start.toString('utf8', 0, 64));
}
