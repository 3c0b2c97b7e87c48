import { parseSha256 } from '../base/ids.ts';

/** A hash as a person or a file gives it, and what it may be by its length. */
export interface HashText {
  /** Lower-case hex. */
  readonly hash: string;
  readonly types: readonly string[];
}

/** What the site stores, by number of digits [notes: hash text]. 12 digits are also A1111's short hash. */
const TYPES: Readonly<Record<number, readonly string[]>> = {
  8: ['AutoV1', 'CRC32'],
  10: ['AutoV2'],
  12: ['AutoV3'],
  64: ['SHA256', 'BLAKE3', 'AutoV3'],
};

const HEX = /^(0x)?([0-9a-f]{8}|[0-9a-f]{10}|[0-9a-f]{12}|[0-9a-f]{64})$/i;

/** Reads a hash of 8, 10, 12 or 64 hex digits in either case, with or without `0x`; `undefined` for anything else. */
export function parseHashText(text: string): HashText | undefined {
  const digits = HEX.exec(text.trim())?.[2]?.toLowerCase();
  const types = digits === undefined ? undefined : TYPES[digits.length];
  return digits === undefined || types === undefined
    ? undefined
    : { hash: parseSha256(digits) ?? digits, types };
}
