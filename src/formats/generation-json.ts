import { parseJson } from '../base/json.ts';
import type { Json } from '../base/json.ts';

/** Keys that would reach into a prototype when assigned. */
const UNSAFE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Longest text taken for JSON, in characters; the largest workflow seen has 1.6 million. */
const MAX_JSON_CHARS = 16 * 1024 * 1024;
/** Nesting beyond which no tool goes; deeper values would overflow whoever walks them later. */
const MAX_DEPTH = 100;
const BARE_WORDS = ['NaN', 'Infinity', 'undefined'] as const;

/**
 * JSON as generators write it: large integers kept as text, and `NaN`, `Infinity` or `undefined` where a value should
 * stand read as null. `undefined` when it is no JSON. Never throws.
 */
export function parseLooseJson(text: string): Json | undefined {
  if (text.length > MAX_JSON_CHARS || depthOf(text) > MAX_DEPTH) return undefined;
  return tryParse(text) ?? tryParse(withoutBareWords(text));
}

/** Whether a key may be copied into a plain object. */
export function isSafeKey(key: string): boolean {
  return !UNSAFE_KEYS.has(key);
}

/** A whole or broken number from a number or its text; `undefined` when it is neither or not finite. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (
    typeof value !== 'string' ||
    value.length > 64 ||
    !/^\s*[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?\s*$/.test(value)
  ) {
    return undefined;
  }
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** A seed as decimal text, whatever form it came in: number, text, hexadecimal with `0x`. */
export function seedText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? integerText(value) : undefined;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^-?\d{1,40}$/.test(text)) return text;
  return /^0x[0-9a-f]{1,32}$/i.test(text) ? BigInt(text).toString() : undefined;
}

function integerText(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}

function tryParse(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** Replaces bare words outside of strings; one pass, because a regular expression over long strings may overflow. */
function withoutBareWords(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') at = stringEnd(text, at);
    if (letter !== 'N' && letter !== 'I' && letter !== 'u') continue;
    const word = BARE_WORDS.find((candidate) => text.startsWith(candidate, at));
    if (word === undefined) continue;
    parts.push(text.slice(from, text[at - 1] === '-' ? at - 1 : at), 'null');
    from = at + word.length;
    at = from - 1;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** The deepest nesting of brackets outside strings. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') at = stringEnd(text, at);
    else if (letter === '{' || letter === '[') deepest = Math.max(deepest, ++depth);
    else if (letter === '}' || letter === ']') depth -= 1;
  }
  return deepest;
}

/** The place of the closing quote of the string that opens at `at`; the end of the text when it never closes. */
function stringEnd(text: string, at: number): number {
  for (let index = at + 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '"') return index;
  }
  return text.length;
}
