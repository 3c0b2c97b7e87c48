/** A calendar day in UTC, `2026-11-21`, from epoch milliseconds. */
export function formatDay(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/**
 * Epoch milliseconds of a date as Civitai writes it: ISO 8601, sometimes without a zone (then UTC), sometimes
 * with more than three fraction digits. `undefined` for anything else.
 */
export function parseDate(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
  const withZone = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text) || text.length === 10 ? text : `${text}Z`;
  const epochMs = Date.parse(withZone);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

/** A span for people: `0.4 s`, `31 s`, `2 min 21 s`, `3 h 5 min`. A negative one, of a clock set back, counts as none. */
export function formatSpan(ms: number): string {
  if (ms < 9950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
