import type { Sent } from './route.ts';

/** A pause that an answer asked for. Real epoch ms. */
export interface Hold {
  readonly spokenAt: number;
  readonly until: number;
}

/** Requests that were already on their way when the pause was spoken: a busy machine hears late, on either side. */
const ON_ITS_WAY_MS = 300;
/** Timers that fire a little early, and dates that have whole seconds only. */
const ROUNDING_MS = 50;

/** The pause an answer asks for in ms from its head; `undefined` when it asks for none. */
export function retryAfterMs(sent: Sent): number | undefined {
  if (sent.status !== 429 && sent.status !== 503) return undefined;
  const text = sent.headers['retry-after'];
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - sent.headAt);
}

/** True for a request begun at `at` while a pause was on. */
export function sentTooEarly(hold: Hold | undefined, at: number): boolean {
  if (hold === undefined) return false;
  return at > hold.spokenAt + ON_ITS_WAY_MS && at < hold.until - ROUNDING_MS;
}
