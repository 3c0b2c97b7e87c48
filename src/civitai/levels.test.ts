import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelOf, namesOfLevels, parseLevels, strongestLevel } from './levels.ts';

describe('levelOf', () => {
  it.each<[unknown, number | undefined]>([
    [1, 1],
    [16, 16],
    [60, 60],
    ['None', 1],
    ['Soft', 2],
    ['Mature', 4],
    ['X', 8],
    ['Blocked', 32],
    ['XXX', 16],
    ['PG-13', 2],
    ['31', 31],
    [true, 4],
    [false, 1],
    [0, 0],
    [64, undefined],
    [-1, undefined],
    [1.5, undefined],
    [null, undefined],
    ['constructor', undefined],
    ['', undefined],
  ])('reads %s', (value, bits) => {
    expect(levelOf(value)).toBe(bits);
  });

  it('says nothing to what it does not know, and never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const bits = levelOf(value);
        expect(bits === undefined || (bits >= 0 && bits <= 63)).toBe(true);
      }),
    );
  });
});

describe('level names', () => {
  it('come back as the same bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 31 }), (bits) => {
        expect(parseLevels(namesOfLevels(bits).join(','))).toBe(bits);
        expect((strongestLevel(bits) & bits) > 0 && strongestLevel(bits) * 2 > bits).toBe(true);
      }),
    );
  });

  it('never ask for what is blocked', () => {
    expect(parseLevels('63')).toBe(31);
    expect(parseLevels('Blocked')).toBeUndefined();
    expect(parseLevels('PG,what')).toBeUndefined();
    expect(parseLevels('sfw X')).toBe(11);
    expect(strongestLevel(0)).toBe(0);
  });
});
