/** The kinds of hash Civitai knows a file by, spelled as it spells them. */
export const HASH_TYPES = ['SHA256', 'AutoV1', 'AutoV2', 'AutoV3', 'CRC32', 'BLAKE3'] as const;

export type HashType = (typeof HASH_TYPES)[number];

/** A hash given as text, and what it may be by its length alone. */
export interface HashText {
  /** Lower-case hex without `0x`. */
  readonly value: string;
  /** The likeliest first. */
  readonly types: readonly HashType[];
  /** True for 12 digits: then it may also be the beginning of a SHA-256, as A1111 shortens those of embeddings. */
  readonly maybeShortSha256: boolean;
}

const TYPES_BY_LENGTH: ReadonlyMap<number, readonly HashType[]> = new Map([
  [8, ['AutoV1', 'CRC32']],
  [10, ['AutoV2']],
  [12, ['AutoV3']],
  [64, ['SHA256', 'BLAKE3', 'AutoV3']],
]);

const HEX = /^[0-9a-f]+$/;

/** Reads a hash in either letter case, with or without `0x`; `undefined` when its form is none of Civitai's. */
export function parseHash(text: unknown): HashText | undefined {
  if (typeof text !== 'string' || text.length > 100) return undefined;
  const value = text.trim().toLowerCase().replace(/^0x/, '');
  const types = TYPES_BY_LENGTH.get(value.length);
  if (types === undefined || !HEX.test(value)) return undefined;
  return { value, types, maybeShortSha256: value.length === 12 };
}

const TYPES_BY_NAME = new Map<string, HashType>(HASH_TYPES.map((type) => [type.toLowerCase(), type]));

/** The type behind a name in any spelling (`sha256`, `SHA-256`, `auto_v2`); `undefined` when it is none of them. */
export function hashType(name: string): HashType | undefined {
  if (name.length > 20) return undefined;
  return TYPES_BY_NAME.get(name.toLowerCase().replaceAll(/[-_ ]/g, ''));
}

/**
 * True for the SHA-256 of no bytes at all, whole or shortened: broken trainers wrote it, and it names no file.
 */
export function isHashOfNothing(value: string): boolean {
  const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  return value.length >= 8 && nothing.startsWith(value.toLowerCase());
}

/** True when two texts of one type say the same: case apart, and AutoV3 written with 12 or 64 digits. */
export function sameHash(type: HashType, one: string, other: string): boolean {
  const a = one.toLowerCase();
  const b = other.toLowerCase();
  if (a === b) return a !== '';
  if (type !== 'AutoV3' || Math.min(a.length, b.length) !== 12) return false;
  return a.startsWith(b) || b.startsWith(a);
}

/** CRC-32 as Civitai prints it: lower-case hex of its four bytes, lowest first. */
export function crc32Text(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(crc >>> 0);
  return bytes.toString('hex');
}
