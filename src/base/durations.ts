/** A map, not an object: `5 constructor` is no span. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['min', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
  ['y', 31_557_600_000],
]);

/**
 * Milliseconds of a span as people write it: `90s`, `12h`, `30d`, `8w`; a bare number is days. `undefined` for anything
 * else, and for spans too long to count in milliseconds.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,15})?)\s{0,9}([a-z]{0,9})$/i.exec(text.trim());
  if (match === null) return undefined;
  const unit = UNITS.get((match[2] ?? '').toLowerCase() || 'd');
  const ms = unit === undefined ? NaN : Math.round(Number(match[1]) * unit);
  return Number.isSafeInteger(ms) ? ms : undefined;
}
