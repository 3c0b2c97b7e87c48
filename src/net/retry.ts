import type { Chance, Clock } from '../base/clock.ts';
import { AppError, InterruptedError, SourceError } from '../base/errors.ts';
import { formatSpan } from '../base/dates.ts';
import type { Log } from '../base/log.ts';
import { failureOf, failureOfError, type Failure } from './failure.ts';
import type { Health } from './health.ts';
import { holdTooLong } from './pacing.ts';
import { redactUrl } from './redact.ts';
import { backOffMs } from './retry-after.ts';
import type { Request, Response, Send } from './send.ts';
import { throwIfAborted, type Wait } from './wait.ts';

export interface RetryParts {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly wait: Wait;
  readonly health: Health;
  /** Asks every worker and process to leave the host alone until a time (epoch ms). */
  readonly hold: (host: string, until: number, reason: string) => Promise<void>;
  /** Without one useful answer from the host for so long, it is given up. */
  readonly patienceMs: number;
}

/** Tries of one request while the host answers others: with every second one failing by chance, 1 in 1000 is lost. */
const MOST_ATTEMPTS = 10;

/**
 * The one retry engine. Asks again after errors of the wire, 408, 425, 429, 5xx, challenge pages and unusable bodies,
 * backing off 1 s doubling to 60 s or as long as `Retry-After` says. Throws SourceError: `site-down`, `site-challenge`
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
    const response = await send(request);
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
  if (asked !== undefined && asked > patienceMs) {
    if (failure.holdsHost) await parts.hold(host, clock.now() + asked, `${host} asked for a pause`);
    throw holdTooLong(host, asked);
  }
  const left = health.left(host, clock.now());
  if (left <= 0) throw givenUp(failure, host, patienceMs, request);
  if (attempt >= (failure.attempts ?? MOST_ATTEMPTS)) throw failure.error;
  // Cut to what patience leaves, so that the last try comes at its end and not long before.
  const ms = asked ?? Math.min(left, backOffMs(attempt, parts.chance()));
  parts.log.debug('asking again', { endpoint: request.endpoint, attempt, ms, why: failure.error.message });
  const reason = asked === undefined ? `${failure.error.message} Trying again.` : `${host} asks for a pause.`;
  if (failure.holdsHost) await parts.hold(host, clock.now() + ms, reason);
  await parts.wait(ms, reason, request.signal);
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
