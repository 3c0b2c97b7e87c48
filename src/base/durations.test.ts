import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from './durations.ts';

describe('parseDuration', () => {
  it.each([
    ['90s', 90_000],
    ['12h', 43_200_000],
    ['1.5 h', 5_400_000],
    ['30d', 2_592_000_000],
    ['30', 2_592_000_000],
    [' 8W ', 4_838_400_000],
    ['2min', 120_000],
    ['0', 0],
  ])('reads %j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', 'soon', '-1d', '1e3', '5 constructor', '1d2h', '3 months', '9'.repeat(15) + 'y', '٣d'])(
    'is silent about %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it('gives a whole number of milliseconds or nothing, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{0,20}\.?\d{0,3} ?[a-z]{0,12}$/)), (text) => {
        const ms = parseDuration(text);
        return ms === undefined || (Number.isSafeInteger(ms) && ms >= 0);
      }),
    );
  });
});
