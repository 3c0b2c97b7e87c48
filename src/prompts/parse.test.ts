import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePrompt } from './parse.ts';
import { keysIn } from './terms.ts';
import { printPrompt } from './token.ts';

/** Text made of what means something, so that marks meet each other. */
const PIECES =
  '( ) [ ] { } , ， 、 | : :1.2 :0.5 \\ \\( < > <lora:a:1> BREAK AND \n \r\n \0 . 。 __ __a__ embedding:b 2$$ :: a hat'.split(
    ' ',
  );
const marked = fc.array(fc.constantFrom(' ', '. ', ...PIECES)).map((parts) => parts.join(''));

describe('a prompt taken apart', () => {
  it('prints back what was read, whatever it was', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), marked), (text) => {
        expect(printPrompt(parsePrompt(text))).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('is read at great length: open brackets, tags, colons, blanks, NUL', () => {
    for (const piece of [
      '(',
      '[a:',
      '<lora:a',
      '__',
      ' ',
      ':',
      '\0',
      '{a|',
      '([{',
      '\\',
      'a.',
      'BREAK ',
      ')',
      '\n, ',
    ])
      for (const text of [
        piece.repeat(400_000 / piece.length),
        `${piece.repeat(40_000)}${')]}'.repeat(40_000)}`,
      ])
        expect(printPrompt(parsePrompt(text)) === text, piece).toBe(true);
  });

  it.each([
    ['1girl, Red  Hat, (smile:1.3)', ['1girl', 'red hat', 'smile']],
    ['((a, [b])), {c}', ['a', 'b', 'c']],
    ['a (red:1.2) hat', ['a red hat']],
    ['(one:1.2) (two), (three)', ['one', 'two', 'three']],
    ['name \\(series\\), name (series), name_(series)', ['name series', 'name series', 'name series']],
    ['tree BREAK sky, BREAKFAST', ['tree', 'sky', 'breakfast']],
    ['a cat :1.2 AND a dog AND SAND :0.5', ['a cat', 'a dog', 'sand']],
    ['[day:night:0.5], [tree:10], [a|b]', ['day', 'night', 'tree', 'a', 'b']],
    ['{2$$red|0.5::blue} hat', ['red', 'blue', 'hat']],
    ['__color__ hair, long_hair', ['__color__ hair', 'long hair']],
    ['(embedding:easy_neg:1.2)', ['embedding:easy_neg']],
    ['<LORA:x:1>smile<lyco:y>tree<HyperNet:z:0.5>', ['smile', 'tree']],
    ['a，b、c\nd\r\ne', ['a', 'b', 'c', 'd', 'e']],
    ['A girl stands here. She smiles, v1.5', ['a girl stands here', 'she smiles', 'v1.5']],
    ['((smile, tree', ['smile', 'tree']],
    ['smile), ]tree', ['smile', 'tree']],
    ['( [ a ) ] b', ['a b']],
    [', ,\n()', []],
  ])('%j holds %j', (text, keys) => {
    expect(keysIn(parsePrompt(text))).toEqual(keys);
  });
});
