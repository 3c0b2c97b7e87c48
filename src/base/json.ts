/** A JSON value whose large numbers were kept as text. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A run of 16 or more digits may be a number that a double can't hold. */
const MAYBE_LARGE = /\d{16}/;

/**
 * Parses JSON without losing digits: an integer beyond 2^53 becomes the text of the number as it stood (ComfyUI seeds
 * reach 2^64 - 1). Throws SyntaxError like JSON.parse.
 */
export function parseJson(text: string): Json {
  if (!MAYBE_LARGE.test(text)) return JSON.parse(text) as Json;
  return JSON.parse(text, keepLargeIntegers) as Json;
}

function keepLargeIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? source : value;
}

/** True for a plain object, not null, not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Text that any store can hold: NUL and lone surrogates become U+FFFD. SQLite would keep them, PostgreSQL refuses them,
 * and both must hold the same.
 */
export function scrubText(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD').toWellFormed() : text.toWellFormed();
}

/** Stable text of a value: object keys sorted, so that equal values give equal bytes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (!isRecord(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}
