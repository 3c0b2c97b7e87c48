import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf, cutMiddle, padColumns } from './columns.ts';

describe('columns of a terminal', () => {
  it.each([
    ['plain', 5],
    ['漢字', 4],
    ['한국어', 6],
    ['ｱ', 1],
    ['👩‍👩‍👧', 2],
    ['e\u0301', 1],
    ['a 漢', 4],
  ])('counts %s as %i', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
    expect(columnsOf(padColumns(text, 9))).toBe(9);
  });

  it('cuts in the middle, between whole letters', () => {
    expect(cutMiddle('abcdefghij', 7)).toBe('abc…hij');
    expect(cutMiddle('漢字漢字漢字', 7)).toBe('漢…漢字');
    expect(cutMiddle('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 6)).toBe('👩‍👩‍👧…👩‍👩‍👧');
    expect(cutMiddle('漢字', 4)).toBe('漢字');
  });

  it('never gives more columns than there are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 5, max: 40 }), (text, most) => {
        expect(columnsOf(cutMiddle(text, most))).toBeLessThanOrEqual(most);
      }),
    );
  });
});
