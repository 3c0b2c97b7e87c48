import { isRecord, scrubText } from '../../base/json.ts';

/** Characters kept of any one text; Civitai's longest description has 50,353. */
const MAX_TEXT = 500_000;
const MAX_LIST = 1000;
/** Digits of each hash type Civitai names. */
const HASH_DIGITS: Readonly<Record<string, readonly number[]>> = {
  SHA256: [64],
  AutoV1: [8],
  AutoV2: [10],
  AutoV3: [12, 64],
  BLAKE3: [64],
  CRC32: [8],
};
/** SHA-256 of nothing: written by tools that hashed no data. */
const EMPTY_HASH = 'e3b0c44298fc';

/** A text without blanks at its ends; `undefined` when it is empty or no text. */
export function textIn(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = scrubText(value.slice(0, MAX_TEXT)).trim();
  return text === '' ? undefined : text;
}

/** Texts of a list, or of one text that lists them with commas; empty ones and repetitions left out. */
export function textsIn(value: unknown): string[] {
  const items: unknown[] = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [];
  const texts = items.slice(0, MAX_LIST).map((item) => textIn(isRecord(item) ? item['name'] : item));
  return [...new Set(texts.filter((text) => text !== undefined))];
}

/** A finite number, or the text of one. */
export function numberIn(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** An id as the site gives them: a whole number from 1 to 2147483647. */
export function idIn(value: unknown): number | undefined {
  const number = numberIn(value);
  return number !== undefined && Number.isInteger(number) && number >= 1 && number <= 2147483647
    ? number
    : undefined;
}

/** The hashes of a map that have the right number of hex digits, lower case, under the site's own names. */
export function hashesIn(value: unknown): Record<string, string> {
  const found: Record<string, string> = {};
  if (!isRecord(value)) return found;
  for (const [type, digits] of Object.entries(HASH_DIGITS)) {
    const key = Object.keys(value).find((name) => name.toLowerCase() === type.toLowerCase());
    const hash = key === undefined ? undefined : hashIn(value[key]);
    if (hash !== undefined && digits.includes(hash.length)) found[type] = hash;
  }
  return found;
}

/** Lower-case hex without `0x`; `undefined` for anything else and for the hash of nothing. */
export function hashIn(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const hash = /^(?:0x)?([0-9a-f]{8,64})$/i.exec(value.trim())?.[1]?.toLowerCase();
  return hash === undefined || hash.startsWith(EMPTY_HASH) ? undefined : hash;
}
