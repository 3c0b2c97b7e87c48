import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementsOf, membersOf, sliceItems, sliceMember, sliceWhole } from './slice.ts';

/** JSON values as text, in every spelling: spaces, escapes, large numbers, doubled keys. */
const blank = fc.constantFrom('', ' ', '\n\t', '\r\n  ');
const scalar = fc.oneof(
  fc.string().map((text) => JSON.stringify(text)),
  fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    'null',
    'true',
    'false',
    '-0',
    '1e400',
    '18446744073709551615',
    '"\\u0022\\\\"',
    '"\\\\\\""',
    '"]},["',
    '""',
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
);
const { value: json } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, tie('list'), tie('object')),
  list: fc
    .tuple(blank, fc.array(fc.tuple(tie('value'), blank), { maxLength: 4 }))
    .map(([space, parts]) => `[${space}${parts.map(([value, after]) => value + after).join(`,${space}`)}]`),
  object: fc
    .tuple(blank, fc.array(fc.tuple(fc.string(), blank, tie('value'), blank), { maxLength: 4 }))
    .map(
      ([space, parts]) =>
        `{${space}${parts.map(([key, a, value, b]) => `${JSON.stringify(key)}${a}:${a}${value}${b}`).join(`,${space}`)}}`,
    ),
}));

describe('sliceItems', () => {
  it('cuts every list as JSON.parse sees it, and each cut stands in the text as it is', () => {
    fc.assert(
      fc.property(fc.array(json, { maxLength: 6 }), blank, fc.boolean(), (values, space, isWrapped) => {
        const list = `${space}[${space}${values.join(`${space},${space}`)}${space}]${space}`;
        const text = isWrapped ? `{"metadata":{"items":[1]},"a":"]","items":${list},"z":{}}` : list;

        expect(sliceItems(text)).toEqual(values);
      }),
    );
  });

  it('takes the last of doubled keys and sees through escapes in keys, as JSON.parse does', () => {
    expect(sliceItems('{"items":[1],"\\u0069tems":[2,3]}')).toEqual(['2', '3']);
  });

  it('keeps digits a double would lose', () => {
    expect(sliceItems('[{"seed":18446744073709551615}]')).toEqual(['{"seed":18446744073709551615}']);
  });

  it('throws SyntaxError for every text that JSON.parse refuses or that holds no items', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          json,
          json.map((text) => text.slice(0, -1)),
        ),
        (text) => {
          let parsed: unknown;
          try {
            parsed = JSON.parse(text);
          } catch {
            parsed = undefined;
          }
          const items = Array.isArray(parsed)
            ? parsed
            : (parsed as { items?: unknown } | null | undefined)?.items;

          if (Array.isArray(items)) expect(sliceItems(text).map((item) => JSON.parse(item))).toEqual(items);
          else expect(() => sliceItems(text)).toThrow(SyntaxError);
        },
      ),
    );
  });

  it.each([
    '{"error":"x"}',
    '{"items":null}',
    '{"items":{"0":1}}',
    '"[1]"',
    'null',
    '<html>',
    '[1,2',
    '[1,,2]',
    '',
  ])('takes %s for no answer', (text) => {
    expect(() => sliceItems(text)).toThrow(SyntaxError);
  });

  it('refuses nesting that would break readers', () => {
    expect(() => sliceItems('['.repeat(100_000) + ']'.repeat(100_000))).toThrow(SyntaxError);
  });
});

describe('sliceWhole and sliceMember', () => {
  it('give the value without the blanks around it', () => {
    fc.assert(
      fc.property(json, blank, (text, space) => {
        expect(sliceWhole(`${space}${text}${space}`)).toBe(text);
        expect(sliceMember(`{"a":1,"b":${space}${text}${space},"c":[]}`, 'b')).toBe(text);
      }),
    );
  });

  it('say nothing where there is nothing', () => {
    expect(sliceMember('{"a":1}', 'b')).toBeUndefined();
    expect(sliceMember('[1]', 'b')).toBeUndefined();
    expect(membersOf('[1]')).toEqual([]);
    expect(elementsOf('{"a":1}')).toEqual([]);
  });
});
