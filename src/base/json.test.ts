import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, isRecord, parseJson, scrubText } from './json.ts';

describe('parseJson', () => {
  it.each([
    ['18446744073709551615', '18446744073709551615'],
    ['-9007199254740993', '-9007199254740993'],
    ['9007199254740991', 9_007_199_254_740_991],
    ['0.1234567890123450', 0.123456789012345],
  ])('keeps every digit of %s', (text, value) => {
    expect(parseJson(`{"seed":${text}}`)).toEqual({ seed: value });
  });

  it('reads every value like JSON.parse where all numbers fit', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/\d{16}/.test(text));
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('keeps every whole number of up to 30 digits, as number or text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (number) => {
        expect(String(parseJson(`[${number}]`))).toBe(String(number));
      }),
    );
  });

  it('refuses what is no JSON', () => {
    expect(() => parseJson('{"a":')).toThrow(SyntaxError);
  });

  it('lets no key reach the prototype', () => {
    const value = parseJson('{"__proto__":{"polluted":12345678901234567890}}');

    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('isRecord', () => {
  it('takes objects, not null, lists or plain values', () => {
    expect([{}, { a: 1 }].map(isRecord)).toEqual([true, true]);
    expect([null, [], 'a', 1, undefined].map(isRecord)).toEqual([false, false, false, false, false]);
  });
});

describe('scrubText', () => {
  it('replaces NUL and lone surrogates, and nothing else', () => {
    expect(scrubText('a\0b\uD800c\uDC00')).toBe('a\uFFFDb\uFFFDc\uFFFD');
    expect(scrubText('smile 😀 ok')).toBe('smile 😀 ok');
  });

  it('gives text that any store can hold, and scrubs it once only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const scrubbed = scrubText(text);
        expect(scrubbed.isWellFormed()).toBe(true);
        expect(scrubbed).not.toContain('\0');
        expect(scrubText(scrubbed)).toBe(scrubbed);
        expect(scrubbed).toHaveLength(text.length);
      }),
    );
  });
});

describe('canonicalJson', () => {
  it('gives equal text for equal values, in whatever order their keys came', () => {
    expect(canonicalJson({ b: { d: 1, c: [2, { z: 0, y: 0 }] }, a: null })).toBe(
      '{"a":null,"b":{"c":[2,{"y":0,"z":0}],"d":1}}',
    );
  });

  it('loses nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
