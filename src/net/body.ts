import type { Readable } from 'node:stream';
import { IntegrityError } from '../base/errors.ts';

/** Throws a body away without minding how it ends. */
export function discard(body: Readable): void {
  body.on('error', () => undefined).destroy();
}

/**
 * The body as UTF-8 text, a byte order mark left out. Throws IntegrityError `body-too-large` above `maxBytes`, and what
 * the stream throws when it is cut.
 */
export async function readText(body: Readable, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      discard(body);
      throw new IntegrityError(`An answer is larger than ${maxBytes} bytes.`, { code: 'body-too-large' });
    }
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** The beginning of an error's body, for its reason; empty when it can't be read. */
export async function readReason(body: Readable): Promise<string> {
  try {
    return await readText(body, 65_536);
  } catch {
    return '';
  }
}

/** True when the headers say HTML: an error page or a challenge, never what we ask for. */
export function isHtml(headers: Readonly<Record<string, string>>): boolean {
  return /^\s*(?:text\/html|application\/xhtml)/i.test(headers['content-type'] ?? '');
}
