import type { Clock } from '../base/clock.ts';
import { SourceError } from '../base/errors.ts';
import { formatSpan } from '../base/dates.ts';
import { hostPauseMs } from './failure.ts';
import type { Allowance, Limit } from './limits.ts';
import type { Ledger } from './ledger.ts';
import type { Request, Response, Send } from './send.ts';
import { openSlots, type Slots } from './slots.ts';
import type { Booking, Hold, NetState } from './state.ts';
import type { Wait } from './wait.ts';

export interface PacingParts {
  readonly state: NetState;
  readonly limitsFor: (host: string, endpoint: string) => Allowance;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly ledger: Ledger;
  /** A hold that ends later than this from now is an error, not a nap. */
  readonly patienceMs: number;
}

/** How long a look at another process's holds is good for. */
const HOLD_LOOK_MS = 1000;

export interface Pacing {
  readonly send: Send;
  /** Asks everybody, in every process, to leave the host alone until a time (epoch ms). */
  hold(host: string, hold: Hold): Promise<void>;
}

/**
 * Lets requests through at the host's pace: a slot, a booked start, no hold. Without a rate and a hold it costs no
 * look into the store but one a second. A pause the host names counts from the head of the answer. Throws SourceError `rate-limited` when a hold outlasts the patience.
 */
export function pacing(send: Send, parts: PacingParts): Pacing {
  const { state, clock, wait, ledger, patienceMs } = parts;
  const slots = new Map<string, Slots>();
  const looks = new Map<string, { hold: Hold | undefined; at: number }>();

  const holdOf = async (host: string): Promise<Hold | undefined> => {
    const look = looks.get(host);
    if (look !== undefined && clock.now() - look.at < HOLD_LOOK_MS) return look.hold;
    const hold = await state.holdOf(host);
    looks.set(host, { hold, at: clock.now() });
    return hold;
  };
  const waitForHold = async (host: string, request: Request): Promise<void> => {
    for (;;) {
      const hold = await holdOf(host);
      const left = (hold?.until ?? 0) - clock.now();
      if (hold === undefined || left <= 0) return;
      if (left > patienceMs) throw holdTooLong(host, left);
      await wait({ kind: hold.kind, ms: left, reason: hold.reason }, request);
    }
  };
  const slotsOf = (key: string, size: number): Slots => {
    const known = slots.get(key) ?? openSlots(size);
    slots.set(key, known);
    return known;
  };
  /** A slot of each limit that has them, in one order for all, so that nobody holds what another waits for. */
  const takeSlots = async (request: Request, host: string, limits: readonly Limit[]): Promise<() => void> => {
    const begun = clock.now();
    const taken: (() => void)[] = [];
    const giveBack = (): void => taken.forEach((release) => release());
    try {
      for (const { name, concurrency } of limits) {
        if (concurrency !== Infinity)
          taken.push(await slotsOf(`${host} ${name}`, concurrency).take(request.signal));
      }
    } catch (error) {
      giveBack();
      throw error;
    }
    ledger.waited(request, 'slot', clock.now() - begun, 'as many requests as may be are under way');
    return giveBack;
  };

  const hold = async (host: string, held: Hold): Promise<void> => {
    await state.hold(host, held);
    looks.delete(host);
  };
  /** Before the slot is free: whoever waits for it must hear of the pause first. */
  const heed = async (host: string, response: Response): Promise<void> => {
    const now = clock.now();
    const ms = hostPauseMs(response, now);
    if (ms === undefined) return;
    await hold(host, { until: now + ms, reason: `${host} asks for a pause`, kind: 'retry_after' });
  };

  return {
    hold,
    async send(request) {
      const { host } = new URL(request.url);
      const { limit, shared } = parts.limitsFor(host, request.endpoint);
      const release = await takeSlots(request, host, shared === undefined ? [limit] : [limit, shared]);
      try {
        await waitForHold(host, request);
        const bookings = [bookingOf(host, limit), bookingOf(host, shared)].filter(
          (entry) => entry !== undefined,
        );
        if (bookings.length > 0) {
          const startAt = await state.reserve(bookings, clock.now());
          const ms = startAt - clock.now();
          await wait({ kind: 'pace', ms, reason: `keeping to the pace of ${host}` }, request);
          await waitForHold(host, request);
        }
        const response = await send(request);
        await heed(host, response);
        // The slot is free when the body is: a download takes its place until its last byte.
        if (response.body.closed) release();
        else response.body.once('close', release);
        return response;
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

function bookingOf(host: string, limit: Allowance['shared']): Booking | undefined {
  if (limit === undefined || (limit.perMinute === undefined && limit.minSpacingMs === 0)) return undefined;
  return { key: `${host} ${limit.name}`, limit };
}

/** The error for a pause longer than the patience. */
export function holdTooLong(host: string, leftMs: number): SourceError {
  return new SourceError(
    `${host} asks for a pause of ${formatSpan(leftMs)}, longer than the patience of this run.`,
    {
      code: 'rate-limited',
      next: `Run the same command again in ${formatSpan(leftMs)}, or allow more with --patience.`,
      status: 429,
    },
  );
}
