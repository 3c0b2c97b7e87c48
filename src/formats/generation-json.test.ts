import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseJson } from '../base/json.ts';
import { numberOf, parseLooseJson, seedText } from './generation-json.ts';

describe('parseLooseJson', () => {
  it('reads whole JSON as it is, large integers as text', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        expect(parseLooseJson(text)).toEqual(parseJson(text));
      }),
    );
    expect(parseLooseJson('{"seed": 18446744073709551615}')).toEqual({ seed: '18446744073709551615' });
  });

  it('reads bare words as null, but leaves them in strings', () => {
    expect(parseLooseJson('{"a": NaN, "b": [-Infinity, undefined], "c": "NaN \\" undefined"}')).toEqual({
      a: null,
      b: [null, null],
      c: 'NaN " undefined',
    });
  });

  it('refuses what is no JSON, and what is nested deeper than any tool goes', () => {
    expect(parseLooseJson('{"a": ')).toBeUndefined();
    expect(parseLooseJson(`${'['.repeat(100)}${']'.repeat(100)}`)).toBeDefined();
    expect(parseLooseJson(`${'['.repeat(101)}${']'.repeat(101)}`)).toBeUndefined();
    expect(parseLooseJson('"'.repeat(1_000_001))).toBeUndefined();
  });
});

describe('seedText', () => {
  it.each([
    [12, '12'],
    [-1, '-1'],
    [1e21, '1000000000000000000000'],
    [' 42 ', '42'],
    ['18446744073709551615', '18446744073709551615'],
    ['0xABCDEF12', '2882400018'],
    ['random', undefined],
    [Number.NaN, undefined],
    [null, undefined],
  ])('reads %j as %j', (value, text) => {
    expect(seedText(value)).toBe(text);
  });
});

describe('numberOf', () => {
  it.each([
    ['7.5', 7.5],
    ['-0.35', -0.35],
    [' 1e3 ', 1000],
    [20, 20],
    ['', undefined],
    ['inf', undefined],
    ['7 steps', undefined],
    [Infinity, undefined],
  ])('reads %j as %j', (value, number) => {
    expect(numberOf(value)).toBe(number);
  });
});
