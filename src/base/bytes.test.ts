import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount } from './bytes.ts';

const SIZE: Readonly<Record<string, number>> = {
  bytes: 1,
  byte: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  PiB: 2 ** 50,
};

describe('formatBytes', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [1023, '1023 bytes'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [218 * 2 ** 20, '218 MiB'],
    [48.3 * 2 ** 30, '48.3 GiB'],
    // Rounding must not show 1024 of a unit.
    [2 ** 20 - 1, '1 MiB'],
    [2 ** 30 - 1, '1 GiB'],
  ])('shows %d as %j', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('is never further off than half of its last digit, and never shows 1024 of a unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (bytes) => {
        const [number = '', unit = ''] = formatBytes(bytes).split(' ');
        const shown = Number(number) * (SIZE[unit] ?? NaN);
        expect(Math.abs(shown - bytes)).toBeLessThanOrEqual(bytes * 0.051 + 1);
        expect(Number(number)).toBeLessThan(1024);
      }),
    );
  });
});

describe('formatCount', () => {
  it('separates thousands', () => {
    expect([0, 999, 9873, 1_000_000].map(formatCount)).toEqual(['0', '999', '9,873', '1,000,000']);
  });

  it('writes whole numbers as the language itself would', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (count) => {
        expect(formatCount(count)).toBe(count.toLocaleString('en-US'));
      }),
    );
  });
});
