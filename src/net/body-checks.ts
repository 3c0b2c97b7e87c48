import type { Sha256 } from '../base/ids.ts';
import { IntegrityError } from '../base/errors.ts';
import { isHtml, readReason } from './body.ts';
import { challengeError } from './failure.ts';
import { refusalOf } from './refusal.ts';
import { BadAnswer, type Response } from './send.ts';

/** What must be true of the bytes. */
export interface Checks {
  readonly sha256?: Sha256;
  /** Bytes; one more or less is forgiven, the API gives sizes as rounded kilobytes. */
  readonly size?: number;
  readonly maxBytes?: number;
  /** Reads an answer that says no; ours, by status, when absent. What it gives is thrown. */
  readonly refusal?: (answer: Pick<Response, 'status' | 'url'>, body: string) => Error;
}

/** Wrong bytes are mostly wrong for good; a broken edge cache is the exception. */
export const TRIES_FOR_WRONG_BYTES = 3;

/** Throws what is to be said of an answer that brings no file; its body is read or left to the caller. */
export async function assertFile(response: Response, checks: Checks): Promise<void> {
  const { status, headers } = response;
  if (status < 200 || status >= 300)
    throw (checks.refusal ?? refusalOf)(response, await readReason(response.body));
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

/** Throws BadAnswer unless a body came as long as its answer announced. */
export function assertAnnounced(bytes: number, { headers }: Response): void {
  const announced = headers['content-length'];
  const isPlain = (headers['content-encoding'] ?? 'identity') === 'identity';
  if (isPlain && announced !== undefined && Number(announced) !== bytes)
    throw new BadAnswer(integrity('wrong-length', `${announced} bytes were announced, ${bytes} came.`));
}

/** Throws BadAnswer unless the whole is what was promised. */
export function assertPromised(bytes: number, sha256: Sha256, checks: Checks): void {
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

/** The error for a body that is longer than it may be. */
export function tooLarge(checks: Checks): IntegrityError {
  return integrity('too-large', `The file is larger than the ${checks.maxBytes ?? 0} bytes allowed.`);
}

/** Bytes that are not what they should be. */
export function integrity(code: string, message: string): IntegrityError {
  return new IntegrityError(message, {
    code,
    next: 'Nothing was kept; run the same command again to try once more.',
  });
}
