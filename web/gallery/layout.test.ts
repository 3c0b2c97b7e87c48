import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBlurhash } from '../browse/blurhash.ts';
import { shortCount } from '../browse/figures.ts';
import { columnsIn } from './grid.tsx';
import { rowsInWindow } from '../browse/window-rows.ts';

describe('the rows near the window', () => {
  it('hold every row that can be seen, and few more', () => {
    const size = fc.integer({ min: 40, max: 700 });
    fc.assert(
      fc.property(
        fc.integer({ min: -2000, max: 6_000_000 }),
        fc.integer({ min: 300, max: 2000 }),
        size,
        fc.nat(20_000),
        (top, height, row, rows) => {
          const { first, last } = rowsInWindow(top, height, row, rows);

          expect(first).toBeGreaterThanOrEqual(0);
          expect(last).toBeLessThanOrEqual(rows);
          const seenFirst = Math.max(0, Math.floor(top / row));
          const seenLast = Math.min(rows, Math.ceil((top + height) / row));
          if (seenFirst < seenLast) {
            expect(first).toBeLessThanOrEqual(seenFirst);
            expect(last).toBeGreaterThanOrEqual(seenLast);
          }
          expect(last - first).toBeLessThanOrEqual(Math.ceil((height * 2.2) / row) + 2);
        },
      ),
    );
  });

  it('stand in as many columns as fit, two on a phone', () => {
    expect(columnsIn(374, 208, 16)).toBe(2);
    expect(columnsIn(1000, 208, 16)).toBe(4);
    expect(columnsIn(100, 360, 16)).toBe(1);
  });
});

describe('a blurhash', () => {
  it('becomes opaque pixels whose average is its first colour', () => {
    const pixels = decodeBlurhash('00TSUA', 2, 2);

    expect(pixels?.length).toBe(16);
    expect([...(pixels ?? [])].filter((_, at) => at % 4 === 3)).toEqual([255, 255, 255, 255]);
    expect(new Set([pixels?.[0], pixels?.[4], pixels?.[8]]).size).toBe(1);
    expect(decodeBlurhash('LEHV6nWB2yk8pyo0adR*.7kCMdnj', 16, 24)?.length).toBe(16 * 24 * 4);
  });

  it('is nothing when it is none, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const pixels = decodeBlurhash(text, 2, 2);
        if (pixels !== undefined) expect(text).toMatch(/^[\w#$%*+,\-.:;=?@[\]^{|}~]+$/);
      }),
    );
    expect(decodeBlurhash('', 2, 2)).toBeUndefined();
    expect(decodeBlurhash('LEHV6n', 2, 2)).toBeUndefined();
  });
});

describe('a counter in few characters', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1k'],
    [12_431, '12.4k'],
    [999_400, '999k'],
    [999_600, '1M'],
    [1_250_000, '1.3M'],
    [-1, ''],
    [undefined, ''],
  ])('is %s as %s', (count, text) => {
    expect(shortCount(count)).toBe(text);
  });
});
