import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { crc32Text, HASH_TYPES, hashType, isHashOfNothing, parseHash, sameHash } from './hashes.ts';

const SHA = createHash('sha256').update('x').digest('hex');

describe('parseHash', () => {
  it.each([
    ['85114A0D', ['AutoV1', 'CRC32']],
    ['0x85114a0d', ['AutoV1', 'CRC32']],
    [' A1B2C3D4E5 ', ['AutoV2']],
    ['a1b2c3d4e5f6', ['AutoV3']],
    [SHA.toUpperCase(), ['SHA256', 'BLAKE3', 'AutoV3']],
    [`0X${SHA}`, ['SHA256', 'BLAKE3', 'AutoV3']],
  ])('reads %s by its length', (text, types) => {
    const found = parseHash(text);
    expect(found?.types).toEqual(types);
    expect(found?.value).toMatch(/^[0-9a-f]+$/);
  });

  it.each(['', '0x', 'g'.repeat(64), 'abc', SHA.slice(1), `${SHA}00`, 5, null])('refuses %s', (text) => {
    expect(parseHash(text)).toBeUndefined();
  });

  it('says when a hash may be a shortened SHA-256', () => {
    expect(parseHash(SHA.slice(0, 12))?.maybeShortSha256).toBe(true);
    expect(parseHash(SHA)?.maybeShortSha256).toBe(false);
  });

  it('never throws and gives back only hex of a known length', () => {
    const property = fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^(0x)?[0-9a-fA-F]{0,70}$/)),
      (text) => {
        const found = parseHash(text);
        expect(found === undefined || [8, 10, 12, 64].includes(found.value.length)).toBe(true);
        if (found !== undefined) expect(parseHash(`0x${found.value.toUpperCase()}`)).toEqual(found);
      },
    );
    fc.assert(property);
  });
});

describe('hashType', () => {
  it('knows every type in any spelling and nothing else', () => {
    for (const type of HASH_TYPES) expect(hashType(type.toUpperCase())).toBe(type);
    expect(hashType('SHA-256')).toBe('SHA256');
    expect(hashType('auto_v2')).toBe('AutoV2');
    expect(hashType('constructor')).toBeUndefined();
    expect(hashType('md5')).toBeUndefined();
  });
});

describe('isHashOfNothing', () => {
  it('knows the hash of no bytes at every length in use', () => {
    const nothing = createHash('sha256').digest('hex');
    for (const length of [8, 10, 12, 64])
      expect(isHashOfNothing(nothing.slice(0, length).toUpperCase())).toBe(true);
    expect(isHashOfNothing(SHA)).toBe(false);
    expect(isHashOfNothing('')).toBe(false);
  });
});

describe('sameHash', () => {
  it('ignores case, and the two lengths of AutoV3 only', () => {
    expect(sameHash('CRC32', '85114A0D', '85114a0d')).toBe(true);
    expect(sameHash('AutoV3', SHA.slice(0, 12), SHA.toUpperCase())).toBe(true);
    expect(sameHash('AutoV3', SHA.slice(0, 10), SHA)).toBe(false);
    expect(sameHash('SHA256', SHA.slice(0, 12), SHA)).toBe(false);
    expect(sameHash('SHA256', '', '')).toBe(false);
  });
});

describe('crc32Text', () => {
  it('prints the bytes lowest first, as the site does', () => {
    expect(crc32Text(crc32('hello world'))).toBe('85114a0d');
    expect(crc32Text(-1)).toBe('ffffffff');
  });
});
