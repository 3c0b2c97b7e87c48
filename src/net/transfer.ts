import { createHash } from 'node:crypto';
import type { Sha256 } from '../base/ids.ts';
import { IntegrityError } from '../base/errors.ts';
import { discard, eachChunk, isHtml, readReason } from './body.ts';
import { challengeError, failureOfError } from './failure.ts';
import { refusalOf } from './refusal.ts';
import { BadAnswer, type Request, type Response, type Send } from './send.ts';

/** Where bytes go, in order. */
export interface Sink {
  write(chunk: Uint8Array): Promise<void> | void;
  /** Forgets what was written, before the body is asked for again. Without it a cut body is final. */
  restart?(): Promise<void> | void;
}

/** What must be true of the bytes. */
export interface Checks {
  readonly sha256?: Sha256;
  /** Bytes; one more or less is forgiven, the API gives sizes as rounded kilobytes. */
  readonly size?: number;
  readonly maxBytes?: number;
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
/** Wrong bytes are mostly wrong for good; a broken edge cache is the exception. */
const TRIES_FOR_WRONG_BYTES = 3;

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

async function assertFile(response: Response, checks: Checks): Promise<void> {
  const { status, headers } = response;
  if (status < 200 || status >= 300) throw refusalOf(response, await readReason(response.body));
  if (isHtml(headers)) throw new BadAnswer(challengeError(response));
  const isJson = /^\s*application\/(?:problem\+)?json/i.test(headers['content-type'] ?? '');
  if (isJson && !/attachment/i.test(headers['content-disposition'] ?? '')) {
    throw new BadAnswer(
      integrity('not-a-file', 'The host sent a message instead of the file.'),
      TRIES_FOR_WRONG_BYTES,
    );
  }
  if (Number(headers['content-length'] ?? 0) > (checks.maxBytes ?? Infinity)) throw tooLarge(checks);
}

async function pour(
  response: Response,
  sink: Sink,
  checks: Checks,
  onWrite: () => void,
): Promise<Transferred> {
  const { headers, body } = response;
  const hash = createHash('sha256');
  const head = new Uint8Array(HEAD_BYTES);
  let bytes = 0;
  await eachChunk(body, (chunk) => {
    if (bytes < HEAD_BYTES) head.set(chunk.subarray(0, HEAD_BYTES - bytes), bytes);
    bytes += chunk.byteLength;
    if (bytes > (checks.maxBytes ?? Infinity)) throw tooLarge(checks);
    hash.update(chunk);
    onWrite();
    return sink.write(chunk) ?? undefined;
  });
  const sha256 = hash.digest('hex') as Sha256;
  assertWhole(bytes, sha256, response, checks);
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

function assertWhole(bytes: number, sha256: Sha256, response: Response, checks: Checks): void {
  const { headers } = response;
  const announced = headers['content-length'];
  const isPlain = (headers['content-encoding'] ?? 'identity') === 'identity';
  if (isPlain && announced !== undefined && Number(announced) !== bytes) {
    throw new BadAnswer(integrity('wrong-length', `${announced} bytes were announced, ${bytes} came.`));
  }
  if (bytes === 0)
    throw new BadAnswer(integrity('empty-file', 'The host sent no bytes.'), TRIES_FOR_WRONG_BYTES);
  if (checks.size !== undefined && Math.abs(checks.size - bytes) > 1) {
    throw new BadAnswer(
      integrity('wrong-length', `${checks.size} bytes were expected, ${bytes} came.`),
      TRIES_FOR_WRONG_BYTES,
    );
  }
  if (checks.sha256 !== undefined && checks.sha256 !== sha256) {
    throw new BadAnswer(
      integrity('wrong-hash', `The bytes have another SHA-256 (${sha256}) than promised.`),
      TRIES_FOR_WRONG_BYTES,
    );
  }
}

function tooLarge(checks: Checks): IntegrityError {
  return integrity('too-large', `The file is larger than the ${checks.maxBytes ?? 0} bytes allowed.`);
}

function integrity(code: string, message: string): IntegrityError {
  return new IntegrityError(message, {
    code,
    next: 'Nothing was kept; run the same command again to try once more.',
  });
}
