import { scrubText } from '../base/json.ts';

/** What an answer says as a column value: texts scrubbed, numbers whole; silence and nonsense become null. */

/** A text, fit for both engines. */
export function textOrNull(value: string | null | undefined): string | null {
  return value === null || value === undefined ? null : scrubText(value);
}

/** A whole number that both engines can hold; null for anything else. */
export function wholeOrNull(value: number | null | undefined): number | null {
  if (value === null || value === undefined) return null;
  const whole = Math.round(value);
  return Number.isSafeInteger(whole) ? whole : null;
}

/** Epoch milliseconds that a Date can hold (ECMA-262, 21.4.1.1). */
export function dateOrNull(value: number | null | undefined): number | null {
  const whole = wholeOrNull(value);
  return whole !== null && Math.abs(whole) <= 8.64e15 ? whole : null;
}

/** A finite number. */
export function realOrNull(value: number | null | undefined): number | null {
  return value === null || value === undefined || !Number.isFinite(value) ? null : value;
}

/** A flag as 0 or 1. */
export function flagOrNull(value: boolean | undefined): number | null {
  return value === undefined ? null : value ? 1 : 0;
}

/** A list of texts as JSON. */
export function listOrNull(values: readonly string[] | undefined): string | null {
  return values === undefined ? null : JSON.stringify(values.map(scrubText));
}

/** The texts of a JSON list column; empty for null and for anything else. */
export function listOf(text: string | null): string[] {
  if (text === null) return [];
  const value: unknown = JSON.parse(text);
  return Array.isArray(value) ? value.map(String) : [];
}

/**
 * A counter after an answer: silence and nonsense keep the stored one, `null` (hidden by the creator) clears it, and 0 never
 * replaces a larger one: the site answers 0 when its metrics store times out (civitai-api notes, quirk 5).
 */
export function counterAfter(stored: number | null, told: number | null | undefined): number | null {
  if (told === null) return null;
  const value = wholeOrNull(told);
  return value === null || (value === 0 && stored !== null && stored > 0) ? stored : value;
}
