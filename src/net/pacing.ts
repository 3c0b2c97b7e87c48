import type { Clock } from '../base/clock.ts';
import { SourceError } from '../base/errors.ts';
import { formatSpan } from '../base/dates.ts';
import type { Allowance } from './limits.ts';
import type { Send } from './send.ts';
import { openSlots, type Slots } from './slots.ts';
import type { Booking, Hold, NetState } from './state.ts';
import type { Wait } from './wait.ts';

export interface PacingParts {
  readonly state: NetState;
  readonly limitsFor: (host: string, endpoint: string) => Allowance;
  readonly clock: Clock;
  readonly wait: Wait;
  /** A hold that ends later than this from now is an error, not a nap. */
  readonly patienceMs: number;
}

/** How long a look at another process's holds is good for. */
const HOLD_LOOK_MS = 1000;

export interface Pacing {
  readonly send: Send;
  /** Asks everybody, in every process, to leave the host alone until a time (epoch ms). */
  hold(host: string, until: number, reason: string): Promise<void>;
}

/**
 * Lets requests through at the host's pace: a slot, a booked start, no hold. Without a rate and a hold it costs no
 * look into the store but one a second. Throws SourceError `rate-limited` when a hold outlasts the patience.
 */
export function pacing(send: Send, parts: PacingParts): Pacing {
  const { state, clock, wait, patienceMs } = parts;
  const slots = new Map<string, Slots>();
  const looks = new Map<string, { hold: Hold | undefined; at: number }>();

  const holdOf = async (host: string): Promise<Hold | undefined> => {
    const look = looks.get(host);
    if (look !== undefined && clock.now() - look.at < HOLD_LOOK_MS) return look.hold;
    const hold = await state.holdOf(host);
    looks.set(host, { hold, at: clock.now() });
    return hold;
  };
  const waitForHold = async (host: string, signal: AbortSignal | undefined): Promise<void> => {
    for (;;) {
      const hold = await holdOf(host);
      const left = (hold?.until ?? 0) - clock.now();
      if (hold === undefined || left <= 0) return;
      if (left > patienceMs) throw holdTooLong(host, left);
      await wait(left, hold.reason, signal);
    }
  };
  const slotsOf = (key: string, size: number): Slots => {
    const known = slots.get(key) ?? openSlots(size);
    slots.set(key, known);
    return known;
  };

  return {
    async hold(host, until, reason) {
      await state.hold(host, { until, reason });
      looks.delete(host);
    },
    async send(request) {
      const { host } = new URL(request.url);
      const { limit, shared } = parts.limitsFor(host, request.endpoint);
      const release = await slotsOf(`${host} ${limit.name}`, limit.concurrency).take(request.signal);
      try {
        await waitForHold(host, request.signal);
        const bookings = [bookingOf(host, limit), bookingOf(host, shared)].filter(
          (entry) => entry !== undefined,
        );
        if (bookings.length > 0) {
          const startAt = await state.reserve(bookings, clock.now());
          await wait(startAt - clock.now(), `keeping to the pace of ${host}`, request.signal);
          await waitForHold(host, request.signal);
        }
        const response = await send(request);
        // The slot is free when the body is: a download takes its place until its last byte.
        response.body.once('close', release);
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
