import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { blake3 } from '@napi-rs/blake-hash';
import { dataStart } from './safetensors.ts';
import type { HashType } from './types.ts';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** SHA-256 of the whole file, 64 upper-case digits. */
export function sha256Upper(bytes: Buffer): string {
  return sha256(bytes).toUpperCase();
}

/**
 * The six hashes as the site stores them, upper case: AutoV1 is a window of 64 KiB at 1 MiB and only of files from
 * 2 MiB on; AutoV3 leaves the safetensors header out; CRC32 is printed with its bytes turned round.
 */
export function siteHashes(bytes: Buffer, autoV3Digits: 12 | 64): Partial<Record<HashType, string>> {
  const whole = sha256Upper(bytes);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(bytes));
  const data = bytes.subarray(dataStart(bytes) ?? 8);
  return {
    ...(bytes.length >= 0x20_0000
      ? { AutoV1: sha256(bytes.subarray(0x10_0000, 0x11_0000)).slice(0, 8).toUpperCase() }
      : {}),
    AutoV2: whole.slice(0, 10),
    AutoV3: sha256(data).slice(0, autoV3Digits).toUpperCase(),
    SHA256: whole,
    CRC32: checksum.toString('hex').toUpperCase(),
    BLAKE3: blake3(bytes).toString('hex').toUpperCase(),
  };
}
