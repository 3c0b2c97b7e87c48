import { SourceError } from '../base/errors.ts';
import { isRecord } from '../base/json.ts';
import { discard, isHtml, readReason } from './body.ts';
import { redact } from './redact.ts';
import { retryAfterMs } from './retry-after.ts';
import { BadAnswer, type Response } from './send.ts';

/** A try that gave nothing useful but may do so later. */
export interface Failure {
  /** What to say when it stays so. */
  readonly error: Error;
  /** The pause the host asked for. */
  readonly retryAfterMs: number | undefined;
  /** True when the whole host wants silence, not just this request. A named time is held by the pacing already. */
  readonly holdsHost: boolean;
  /** Tries in all for this kind of fault. */
  readonly attempts: number | undefined;
}

const SYSTEM_CODES = new Set(
  (
    'ECONNRESET ECONNREFUSED ECONNABORTED EPIPE ETIMEDOUT ENOTFOUND EAI_AGAIN EAI_NODATA EHOSTUNREACH ENETUNREACH ' +
    'ENETDOWN EPROTO ERR_STREAM_PREMATURE_CLOSE ABORT_ERR'
  ).split(' '),
);

/** undici, its HTTP parser, TLS, zlib and brotli, by how their codes begin. */
const LIBRARY_CODE = /^(?:UND_ERR_|HPE_|ERR_TLS_|ERR_SSL_|CERT_|Z_|ERR__ERROR_|ERR_BROTLI)/;

/** True for errors of the wire: no connection, a timeout, a cut or garbled body. */
export function isNetworkError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return code !== 'UND_ERR_INVALID_ARG' && (SYSTEM_CODES.has(code) || LIBRARY_CODE.test(code));
}

/**
 * What is wrong with an answer before its body is read; `undefined` when it says something (2xx and most 4xx). Throws
 * SourceError for what no further try can mend: the page-limit 429 and what is refused by law.
 */
export async function failureOf(response: Response, now: number): Promise<Failure | undefined> {
  const { status, headers } = response;
  if (status === 451) throw await legally(response);
  if (status === 429) return tooMany(response, now);
  if (status === 403 && isHtml(headers)) return challenge(response, now);
  if (status !== 408 && status !== 425 && status < 500) return undefined;
  if (isHtml(headers) && status === 503) return challenge(response, now);
  const reason = await readReason(response.body);
  const error = new SourceError(`The site answered ${status}${says(reason)}.`, {
    code: 'server-error',
    next: 'Run the same command again later; what is known so far is saved.',
    status,
    url: response.url,
  });
  const pause = retryAfterMs(headers['retry-after'], now);
  return { error, retryAfterMs: pause, holdsHost: status === 503, attempts: undefined };
}

/**
 * How long the whole host wants silence, in ms from `now` (epoch ms), as the head of an answer says: a 429 or 503 with a
 * `Retry-After`, unless it is a page of whoever stands in front of the site. `undefined` when it names no time to come.
 */
export function hostPauseMs(
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  now: number,
): number | undefined {
  if (status !== 429 && (status !== 503 || isHtml(headers))) return undefined;
  const asked = retryAfterMs(headers['retry-after'], now) ?? 0;
  return asked > 0 ? asked : undefined;
}

/** A region is refused by the site in its own words; anything else is about the one thing that was asked for. */
async function legally(response: Response): Promise<SourceError> {
  const reason = await readReason(response.body);
  const next = 'It is a decision of the site; nothing here can change it.';
  return /region/i.test(reason)
    ? outside(response, 'region-blocked', 'Civitai refuses to answer in your region (451).', next)
    : outside(response, 'legally-blocked', 'It is held back for legal reasons (451).', next);
}

async function tooMany(response: Response, now: number): Promise<Failure> {
  const reason = await readReason(response.body);
  if (/too many pages/i.test(reason)) {
    throw outside(
      response,
      'page-limit',
      'The site gives no more pages by number here (429).',
      'Walk by cursor instead.',
    );
  }
  const error = new SourceError(`The site asks for a pause (429)${says(reason)}.`, {
    code: 'rate-limited',
    next: 'Wait a while, or ask more slowly with --rate.',
    status: 429,
    url: response.url,
  });
  return {
    error,
    retryAfterMs: retryAfterMs(response.headers['retry-after'], now),
    holdsHost: true,
    attempts: undefined,
  };
}

/** The failure of an HTML page where data was asked for. The body is thrown away. */
function challenge(response: Response, now: number): Failure {
  discard(response.body);
  const pause = retryAfterMs(response.headers['retry-after'], now);
  return { error: challengeError(response), retryAfterMs: pause, holdsHost: false, attempts: undefined };
}

/** A web page came where data was asked for. */
export function challengeError(response: Response): SourceError {
  return new SourceError(
    `The site answered with a web page (${response.status}) instead of data: a challenge or an error page.`,
    {
      code: 'site-challenge',
      next: 'Wait a while and run the same command again; if it lasts, open civitai.com in a browser on this line.',
      status: response.status,
      url: response.url,
    },
  );
}

/** The failure behind a thrown error; `undefined` when it is none of the host's and must go up as it is. */
export function failureOfError(error: unknown, url: string): Failure | undefined {
  if (error instanceof BadAnswer) {
    return { error: error.error, retryAfterMs: undefined, holdsHost: false, attempts: error.attempts };
  }
  if (!isNetworkError(error)) return undefined;
  const said = new SourceError(
    `${new URL(url).host} could not be asked: ${error.message || 'no connection'}.`,
    {
      code: 'no-connection',
      next: 'Check the network; then run the same command again.',
      cause: error,
      url,
    },
  );
  return { error: said, retryAfterMs: undefined, holdsHost: false, attempts: undefined };
}

function outside(response: Response, code: string, message: string, next: string): SourceError {
  return new SourceError(message, {
    code,
    next,
    status: response.status,
    permanent: true,
    url: response.url,
  });
}

/** The site's own words out of an error body of any of its shapes, for a sentence: `: "…"`, or nothing. */
export function says(body: string): string {
  const text = reasonIn(body);
  return text === undefined
    ? ''
    : `: "${redact(
        text
          .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
          .trim()
          .slice(0, 200),
      )}"`;
}

function reasonIn(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (!isRecord(value)) return undefined;
    const reason = value['message'] ?? value['error'];
    if (typeof reason === 'string') return reason;
    return isRecord(reason) && typeof reason['message'] === 'string' ? reason['message'] : undefined;
  } catch {
    return undefined;
  }
}

/** True when the whole host is out of reach, not one thing on it: a run may stop asking. */
export function isHostGone(error: unknown): error is SourceError {
  return (
    error instanceof SourceError &&
    ['site-down', 'site-challenge', 'rate-limited', 'region-blocked'].includes(error.code)
  );
}
