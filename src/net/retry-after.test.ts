import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOffMs, retryAfterMs } from './retry-after.ts';

const NOW = Date.parse('2026-11-21T08:00:00Z');

describe('retryAfterMs', () => {
  it.each([
    ['2', 2000],
    [' 120 ', 120_000],
    ['0', 0],
    ['1.5', 1500],
    ['Sat, 21 Nov 2026 08:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 07:59:00 GMT', 0],
    ['999999999999', 7 * 24 * 3_600_000],
  ])('reads %s', (header, ms) => {
    expect(retryAfterMs(header, NOW)).toBe(ms);
  });

  it.each([undefined, '', '-5', 'soon', '1e9', '2026', 'NaN'])('does not believe %s', (header) => {
    const ms = retryAfterMs(header, NOW);

    expect(ms === undefined || (header === '2026' && ms === 2_026_000)).toBe(true);
  });

  it('is never negative nor longer than a week', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const ms = retryAfterMs(header, NOW) ?? 0;
        expect(ms >= 0 && ms <= 7 * 24 * 3_600_000).toBe(true);
      }),
    );
  });
});

describe('backOffMs', () => {
  it('doubles from one second to sixty', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 50].map((failures) => backOffMs(failures, 1, 1000))).toEqual([
      1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000,
    ]);
  });

  it('lets chance keep half to all of it', () => {
    expect(backOffMs(3, 0, 1000)).toBe(2000);
    expect(backOffMs(3, 0.5, 1000)).toBe(3000);
  });

  it('begins with the configured delay and doubles, a minute or that delay at most', () => {
    expect([1, 2, 3, 9].map((failures) => backOffMs(failures, 1, 2000))).toEqual([2000, 4000, 8000, 60_000]);
    expect([1, 2].map((failures) => backOffMs(failures, 1, 90_000))).toEqual([90_000, 90_000]);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 0, max: 600_000 }),
        (failures, chance, firstMs) => {
          const ms = backOffMs(failures, chance, firstMs);
          const full = Math.min(Math.max(60_000, firstMs), firstMs * 2 ** (failures - 1));
          expect(ms >= Math.floor(full / 2) && ms <= full).toBe(true);
        },
      ),
    );
  });
});
