import { failure } from '../route.ts';
import type { Answer, Ask } from '../route.ts';

/** Refuses who asks too often; `undefined` lets the request through. */
export type RateGate = (ask: Ask) => Answer | undefined;

const WINDOW_MS = 60_000;
const ANONYMOUS_PER_MINUTE = 60;
const USER_PER_MINUTE = 120;

/** 60 requests a minute without a key and 120 with one, in real time, counted for all gated endpoints together. */
export function rateGate(now: () => number): RateGate {
  const begun = new Map<string, { since: number; count: number }>();
  return (ask) => {
    const who = ask.session === undefined ? 'anonymous' : String(ask.session.userId);
    const limit = ask.session === undefined ? ANONYMOUS_PER_MINUTE : USER_PER_MINUTE;
    const at = now();
    const known = begun.get(who);
    const window = known === undefined || at - known.since >= WINDOW_MS ? { since: at, count: 0 } : known;
    begun.set(who, window);
    window.count += 1;
    if (window.count <= limit) return undefined;
    const seconds = Math.max(1, Math.ceil((window.since + WINDOW_MS - at) / 1000));
    return failure(429, 'Rate limit exceeded, please retry shortly.', { 'retry-after': String(seconds) });
  };
}
