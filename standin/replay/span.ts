import { open } from 'node:fs/promises';

/** Where some JSON lies: bytes of a file, or of a JSON text that is itself a string at `inside`. */
export interface Span {
  /** Absolute path; of the outermost file also for nested spans. */
  readonly file: string;
  readonly start: number;
  readonly length: number;
  readonly inside?: Span;
}

/** No recorded answer is larger; the largest known has 0.7 MB. */
export const MAX_ITEM_BYTES = 64 * 1024 * 1024;

/** Reads the bytes of a span. Throws when the file has changed under us. */
export async function readSpan(span: Span): Promise<Buffer> {
  if (span.inside !== undefined) {
    const text = unwrap(await readSpan(span.inside));
    return text.subarray(span.start, span.start + span.length);
  }
  const handle = await open(span.file, 'r');
  try {
    const bytes = Buffer.alloc(span.length);
    const { bytesRead } = await handle.read(bytes, 0, span.length, span.start);
    if (bytesRead !== span.length) throw new Error(`${span.file} has become shorter.`);
    return bytes;
  } finally {
    await handle.close();
  }
}

/** The text inside a JSON string, as bytes. */
export function unwrap(literal: Buffer): Buffer {
  const text = JSON.parse(literal.toString('utf8')) as unknown;
  return Buffer.from(typeof text === 'string' ? text : '');
}
