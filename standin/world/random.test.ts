import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash32, mix32, random, unit, unmix32 } from './random.ts';

describe('random', () => {
  it('finds the way back from every scrambled number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (value: number) => {
        expect(unmix32(mix32(value))).toBe(value);
      }),
    );
  });

  it('gives the same row for the same keys and another for others', () => {
    const row = (...keys: (number | string)[]): number[] => {
      const chance = random(...keys);
      return Array.from({ length: 5 }, () => chance.int(0, 1_000_000));
    };
    expect(row(1, 'a')).toEqual(row(1, 'a'));
    expect(row(1, 'a')).not.toEqual(row(1, 'b'));
    expect(hash32('ab', 'c')).not.toBe(hash32('a', 'bc'));
  });

  it('spreads evenly enough', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (let key = 0; key < 10_000; key += 1) {
      const slot = Math.floor(unit(7, key, 3) * 10);
      counts[slot] = (counts[slot] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1150);
  });
});
