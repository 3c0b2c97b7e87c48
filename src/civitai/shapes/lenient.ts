import { z } from 'zod';
import { parseDate } from '../../base/dates.ts';
import { isRecord } from '../../base/json.ts';

/**
 * Fields as the site gives them, brought to one form. None of these fails: what can't be read is `undefined`, so that a
 * bad field never loses its item.
 */

/** Any tells what a part was left out for; the sentence is for logs. */
export type Warn = (message: string) => void;

/** Anything, or nothing at all: an absent key is no fault. */
export const given = z.unknown().optional();

const DIGITS = /^\s*-?\d{1,15}\s*$/;
const NUMBER = /^\s*-?\d{1,20}(?:\.\d{1,20})?(?:e[+-]?\d{1,3})?\s*$/i;

function toNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && NUMBER.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function toInteger(value: unknown): number | undefined {
  const number = typeof value === 'string' && DIGITS.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/** A text; `undefined` for null and other types. */
export const text = given.transform((value) => (typeof value === 'string' ? value : undefined));

/** A text that says something: blank ones are `undefined`. */
export const word = given.transform((value) =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined,
);

/** A number, also when it came as text. */
export const number = given.transform(toNumber);

/** A whole number, also when it came as text. */
export const integer = given.transform(toInteger);

/** A whole number of zero or more: pixels, positions. */
export const natural = given.transform((value) => {
  const number_ = toInteger(value);
  return number_ !== undefined && number_ >= 0 ? number_ : undefined;
});

/** A counter: `null` when the creator hides it. */
export const counter = given.transform((value) => {
  if (value === null) return null;
  const count = toNumber(value);
  return count !== undefined && count >= 0 ? count : undefined;
});

/** A flag; also 0, 1 and the words. */
export const flag = given.transform((value) => {
  if (value === true || value === 1 || value === 'true') return true;
  return value === false || value === 0 || value === 'false' ? false : undefined;
});

/** A date of any form the site writes, epoch ms. */
export const date = given.transform((value) => parseDate(value));

/** An object; `undefined` for null, lists and other types. */
export const record = given.transform((value) => (isRecord(value) ? value : undefined));

/** A list; `undefined` when it is none, so that an absent key can be told from an empty list. */
export const list = given.transform((value): readonly unknown[] | undefined =>
  Array.isArray(value) ? value : undefined,
);

/** Largest number the site's ids can be (int4). */
const LARGEST_ID = 2_147_483_647;

/** An id of the site; the only kind of field whose absence loses the item. */
export function idOf<T extends number>(value: unknown): T | undefined {
  const id = toInteger(value);
  return id !== undefined && id >= 1 && id <= LARGEST_ID ? (id as T) : undefined;
}

/** Reads each part of a list by itself: one that can't be read is left out with a warning, its neighbours stay. */
export function readParts<T>(
  parts: readonly unknown[],
  what: string,
  read: (part: unknown, warn: Warn) => T | undefined,
  warn: Warn,
): T[] {
  const kept: T[] = [];
  for (const [index, part] of parts.entries()) {
    const value = part === null || part === undefined ? undefined : read(part, warn);
    if (value === undefined) warn(`${what} ${index} can't be read and is left out`);
    else kept.push(value);
  }
  return kept;
}
