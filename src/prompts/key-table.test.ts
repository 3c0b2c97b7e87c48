import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, keyOfTerm } from './key.ts';
import { KeyTable } from './key-table.ts';
import { parsePrompt } from './parse.ts';

/** What terms are made of, where ways to write them differ. */
const PIECES = [
  'a',
  'B',
  'hat',
  '1',
  '0.5',
  '.',
  ' ',
  '  ',
  '_',
  '\\(',
  '\\)',
  '\\',
  '\\_',
  '(',
  ')',
  '[',
  ']',
];
const MORE = [':', ':1.2', ', ', '<lora:a:1>', '\t', 'é', "'", '-', '{', '}', '|', 'BREAK', '\n', 'ß'];
const term = fc
  .array(fc.constantFrom(...PIECES, ...MORE), { minLength: 1, maxLength: 7 })
  .map((all) => all.join(''));

describe('a table of keys', () => {
  it('finds for any tokens what their key says, however the term is written', () => {
    fc.assert(
      fc.property(fc.array(term, { maxLength: 8 }), term, (terms, text) => {
        const keys = [...terms, text].map((one) => keyOfTerm(one)).filter((key) => key !== '');
        const held = keys.filter((_, at) => at % 2 === 0);
        const table = new KeyTable(new Map(held.map((key, at) => [key, at + 1])));
        const prompt = parsePrompt(text);
        for (let from = 0; from < prompt.count; from += 1)
          for (let to = from + 1; to <= prompt.count; to += 1) {
            const key = keyOf(prompt, from, to);
            expect([key, table.find(prompt, from, to)]).toEqual([key, table.get(key)]);
          }
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['smile', 'Smile.', 'smile:1.2', '(smile:1.2)', '_smile', 'smile_', '\\(smile\\)', 'smile '])(
    'finds smile in %j',
    (text) => {
      const table = new KeyTable(new Map([['smile', 4]]));
      const prompt = parsePrompt(`${text}, tree`);
      const found = Array.from({ length: prompt.count }, (_, at) => table.find(prompt, at, at + 1));
      expect(Math.max(...found)).toBe(4);
    },
  );
});
