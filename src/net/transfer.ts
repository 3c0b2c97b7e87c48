import { createHash } from 'node:crypto';
import type { Sha256 } from '../base/ids.ts';
import { discard, eachChunk } from './body.ts';
import { assertAnnounced, assertFile, assertPromised, tooLarge, type Checks } from './body-checks.ts';
import { failureOfError } from './failure.ts';
import type { Request, Response, Send } from './send.ts';

/** Where bytes go, in order. */
export interface Sink {
  write(chunk: Uint8Array): Promise<void> | void;
  /** Forgets what was written, before the body is asked for again. Without it a cut body is final. */
  restart?(): Promise<void> | void;
  /** The hash of all that was written, of a sink that takes it cheaper than piece by piece. */
  sha256?(): Sha256;
}

export interface Transferred {
  readonly bytes: number;
  readonly sha256: Sha256;
  /** The first 64 bytes, for the true file type. */
  readonly head: Uint8Array;
  readonly contentType?: string;
  /** The file name the host proposes, as it stands in `content-disposition`. */
  readonly disposition?: string;
}

const HEAD_BYTES = 64;

/**
 * One body into one sink, hashed as it passes. Throws SourceError when the host refuses or fails, IntegrityError when
 * the bytes are not what they should be (`wrong-length`, `wrong-hash`, `not-a-file`, `empty-file`, `too-large`), and
 * what the sink throws. A sink that can restart gets the body anew after a cut.
 */
export async function transfer(
  send: Send,
  request: Omit<Request, 'read'>,
  sink: Sink,
  checks: Checks = {},
): Promise<Transferred> {
  let result: Transferred | undefined;
  let isDirty = false;
  const read = async (response: Response): Promise<Response> => {
    if (isDirty) await sink.restart?.();
    isDirty = false;
    try {
      await assertFile(response, checks);
      result = await pour(response, sink, checks, () => (isDirty = true));
    } catch (error) {
      discard(response.body);
      throw isDirty && sink.restart === undefined ? finalError(error, response.url) : error;
    }
    return response;
  };
  await send({ ...request, read });
  if (result === undefined)
    throw new Error('The transfer was not read: the request was not sent through a retrying stack.');
  return result;
}

/** A half-filled sink that can't start over makes any failure the last one. */
function finalError(error: unknown, url: string): unknown {
  return failureOfError(error, url)?.error ?? error;
}

async function pour(
  response: Response,
  sink: Sink,
  checks: Checks,
  onWrite: () => void,
): Promise<Transferred> {
  const { headers, body } = response;
  const hash = sink.sha256 === undefined ? createHash('sha256') : undefined;
  const head = new Uint8Array(HEAD_BYTES);
  let bytes = 0;
  await eachChunk(body, (chunk) => {
    if (bytes < HEAD_BYTES) head.set(chunk.subarray(0, HEAD_BYTES - bytes), bytes);
    bytes += chunk.byteLength;
    if (bytes > (checks.maxBytes ?? Infinity)) throw tooLarge(checks);
    hash?.update(chunk);
    onWrite();
    return sink.write(chunk) ?? undefined;
  });
  assertAnnounced(bytes, response);
  const sha256 = sink.sha256?.() ?? (hash?.digest('hex') as Sha256);
  assertPromised(bytes, sha256, checks);
  const contentType = headers['content-type'];
  const disposition = headers['content-disposition'];
  return {
    bytes,
    sha256,
    head: head.subarray(0, Math.min(bytes, HEAD_BYTES)),
    ...(contentType === undefined ? {} : { contentType }),
    ...(disposition === undefined ? {} : { disposition }),
  };
}
