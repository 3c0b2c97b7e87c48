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

/**
 * Calls `take` for each piece of a body, in order, holding the stream while a promise it gave is open. Resolves at the
 * body's end; rejects with what the stream or `take` throws. Events, not iteration: this is the path of every preview.
 */
export function eachChunk(
  body: Readable,
  take: (chunk: Uint8Array) => Promise<void> | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const early = (): Error =>
      Object.assign(new Error('the body ended early'), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
    // Whoever awaited something before may come when all is over: no event would tell of it any more.
    if (body.destroyed) {
      reject(body.errored ?? early());
      return;
    }
    let pending: Promise<void> | undefined;
    body.on('data', (chunk: Uint8Array) => {
      try {
        pending = take(chunk);
      } catch (error) {
        reject(error);
        discard(body);
        return;
      }
      if (pending === undefined) return;
      body.pause();
      pending.then(() => body.resume(), reject);
    });
    body.once('end', () => {
      if (pending === undefined) resolve();
      else pending.then(resolve, reject);
    });
    body.once('error', reject);
    // Only told when neither an end nor an error came before.
    body.once('close', () => reject(early()));
  });
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
