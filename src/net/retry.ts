import type { Chance, Clock } from '../base/clock.ts';
import { AppError, InterruptedError, SourceError } from '../base/errors.ts';
import { formatSpan } from '../base/dates.ts';
import type { Log } from '../base/log.ts';
import { failureOf, failureOfError, type Failure } from './failure.ts';
import type { Health } from './health.ts';
import type { Ledger } from './ledger.ts';
import { holdTooLong } from './pacing.ts';
import { redactUrl } from './redact.ts';
import { backOffMs } from './retry-after.ts';
import type { Request, Response, Send } from './send.ts';
import type { Hold } from './state.ts';
import { throwIfAborted, type Pause, type Wait } from './wait.ts';

export interface RetryParts {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly wait: Wait;
  readonly health: Health;
  /** Asks every worker and process to leave the host alone until a time (epoch ms), where the host named none. */
  readonly hold: (host: string, hold: Hold) => Promise<void>;
  readonly ledger: Ledger;
  /** Tries of one request after the first, while the host answers others. */
  readonly retries: number;
  /** The first back-off. */
  readonly retryDelayMs: number;
  /** Without one useful answer from the host for so long, it is given up. */
  readonly patienceMs: number;
}

/**
 * The one retry engine. Asks again after errors of the wire, 408, 425, 429, 5xx, challenge pages and unusable bodies,
 * backing off `retryDelayMs` doubling to a minute or as long as `Retry-After` says. Throws SourceError: `site-down`, `site-challenge`
 * or `rate-limited` when patience with the host ends, the last failure's own when this request alone keeps failing.
 */
export function retrying(send: Send, parts: RetryParts): Send {
  const { clock, health } = parts;
  return async (request) => {
    const { host } = new URL(request.url);
    for (let attempt = 1; ; attempt += 1) {
      const startedAt = clock.now();
      const outcome = await tryOnce(send, request, clock);
      if (!('error' in outcome)) {
        health.useful(host, clock.now());
        return outcome;
      }
      health.failed(host, startedAt, clock.now());
      await beforeNext(outcome, request, host, attempt, parts);
    }
  };
}

async function tryOnce(send: Send, request: Request, clock: Clock): Promise<Response | Failure> {
  throwIfAborted(request.signal);
  try {
    const response = await send(forThisTry(request));
    const failure = await failureOf(response, clock.now());
    if (failure !== undefined) return failure;
    return request.read === undefined ? response : await request.read(response);
  } catch (error) {
    if (request.signal?.aborted === true) throw new InterruptedError();
    if (error instanceof AppError) throw error;
    const failure = failureOfError(error, redactUrl(request.url));
    if (failure === undefined) throw error;
    return failure;
  }
}

function forThisTry(request: Request): Request {
  const { perTry, ...rest } = request;
  return perTry === undefined ? request : { ...rest, headers: { ...request.headers, ...perTry() } };
}

/** Waits for the next try, or throws when there is none. */
async function beforeNext(
  failure: Failure,
  request: Request,
  host: string,
  attempt: number,
  parts: RetryParts,
): Promise<void> {
  const { clock, health, patienceMs } = parts;
  const asked = failure.retryAfterMs;
  if (asked !== undefined && asked > patienceMs) throw holdTooLong(host, asked);
  if (attempt >= (request.attempts ?? Infinity)) throw failure.error;
  const left = health.left(host, clock.now());
  if (left <= 0) throw givenUp(failure, host, patienceMs, request);
  if (attempt >= Math.min(failure.attempts ?? Infinity, parts.retries + 1)) throw failure.error;
  const pause = pauseBefore(failure, host, attempt, left, parts);
  const { kind, ms, reason } = pause;
  const why = failure.error.message;
  parts.log.debug('asking again', { endpoint: request.endpoint, attempt, ms, kind, why });
  if (failure.holdsHost && kind === 'back_off')
    await parts.hold(host, { until: clock.now() + ms, reason, kind });
  parts.ledger.retried(request);
  await parts.wait(pause, request);
}

/** As long as the host asked for; else, or when it named no time to come, as long as the tries so far deserve. */
function pauseBefore(
  failure: Failure,
  host: string,
  attempt: number,
  left: number,
  { chance, retryDelayMs }: RetryParts,
): Pause & Pick<Hold, 'kind'> {
  const asked = failure.retryAfterMs ?? 0;
  if (asked > 0) return { kind: 'retry_after', ms: asked, reason: `${host} asks for a pause` };
  // Cut to what patience leaves, so that the last try comes at its end and not long before.
  const ms = Math.min(left, backOffMs(attempt, chance(), retryDelayMs));
  return { kind: 'back_off', ms, reason: failure.error.message };
}

function givenUp(failure: Failure, host: string, patienceMs: number, request: Request): SourceError {
  const last = failure.error;
  const code =
    last instanceof SourceError && (last.code === 'rate-limited' || last.code === 'site-challenge')
      ? last.code
      : 'site-down';
  return new SourceError(
    `${host} gave no useful answer for ${formatSpan(patienceMs)}. Last: ${last.message}`,
    {
      code,
      next: 'Run the same command again later; what is known so far is saved.',
      cause: last,
      url: redactUrl(request.url),
      ...(last instanceof SourceError && last.status !== undefined ? { status: last.status } : {}),
    },
  );
}
