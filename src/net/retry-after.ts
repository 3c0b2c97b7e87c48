/** Longer than any honest pause: a clock gone wrong, or a trap. */
const ABSURD_MS = 7 * 24 * 3_600_000;

/**
 * The pause a `Retry-After` asks for, in ms from `now` (epoch ms): seconds or an HTTP date. `undefined` when the header
 * is missing or not one of the two; never negative, at most a week.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,12}(?:\.\d{1,6})?$/.test(text)) return Math.min(ABSURD_MS, Math.ceil(Number(text) * 1000));
  if (!/^[A-Za-z]{3}/.test(text)) return undefined;
  const until = Date.parse(text);
  return Number.isNaN(until) ? undefined : Math.min(ABSURD_MS, Math.max(0, until - now));
}

/** The longest wait of our own will, unless the first one is longer. */
const LONGEST_MS = 60_000;

/**
 * Without a Retry-After: `firstMs` doubling to a minute by the number of failed tries, of which chance keeps half to all.
 */
export function backOffMs(failures: number, chance: number, firstMs: number): number {
  const full = Math.min(Math.max(LONGEST_MS, firstMs), firstMs * 2 ** Math.max(0, failures - 1));
  return Math.round(full * (0.5 + chance / 2));
}
