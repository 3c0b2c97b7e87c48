import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCompatFilter } from './compat.ts';
import { openFilter } from './filter.ts';
import type { MatchMode } from './term-list.ts';
import type { KeptTags } from './without-terms.ts';

const TERMS = ['red hat', 'smile', 'blue_sky', '(vest)', 'coat:1.2'];

function filtered(text: string, terms = TERMS, mode: MatchMode = 'exact', tags: KeptTags = 'all'): string {
  const filter = openFilter({
    lists: [{ name: 'Sex', mode, terms }],
    variants: [{ name: 'prompt', without: ['Sex'] }],
    tags,
  });
  return filter(text).get('prompt')?.text ?? '';
}

describe('a prompt filtered', () => {
  it.each([
    ['1girl, Red  Hat, (smile:1.3), [smile], tree', '1girl, tree'],
    ['(red hat, tree:1.2), sky', '(tree:1.2), sky'],
    ['(tree, red hat:1.2), sky', '(tree:1.2), sky'],
    ['((red hat, tree)), sky', '((tree)), sky'],
    ['((smile), tree)', '(tree)'],
    ['(name (series), smile), tree', '(name (series)), tree'],
    ['(smile:1.2) tree', '(smile:1.2) tree'],
    ['a red hat, red hats', 'a red hat, red hats'],
    ['tree BREAK smile BREAK sky', 'tree BREAK sky'],
    ['tree, smile BREAK sky', 'tree BREAK sky'],
    ['BREAKFAST, smile', 'BREAKFAST'],
    ['vest, coat', ''],
    ['(((smile))), <LORA:x:1>', '<LORA:x:1>'],
    ['<lora:a:0.5>, smile, <lora:b>', '<lora:a:0.5>, <lora:b>'],
    ['a,\nsmile,\nb', 'a,\nb'],
    ['tree\n\nsmile\n\nsky', 'tree\n\nsky'],
    ['x, smile,', 'x,'],
    ['a，smile，b', 'a，b'],
    ['blue sky, BLUE__SKY', ''],
    ['[smile|tree], [tree:smile:0.5], [smile:0.5]', '[|tree], [tree::0.5]'],
    ['{smile|0.5::tree} x', '{|0.5::tree} x'],
    ['a AND smile :0.5 AND b :0.7', 'a AND b :0.7'],
    ['A tree. Red hat. The sky.', 'A tree. The sky.'],
    ['(tree:1.2) (smile:1.3) (sky)', '(tree:1.2) (sky)'],
    ['(smile, tree', '(tree'],
    ['smile), tree', 'tree'],
  ])('%j becomes %j', (text, left) => {
    expect(filtered(text)).toBe(left);
  });

  it('stays as it is, to the letter, when no list means a part of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(filtered(text, ['no such term'])).toBe(text);
      }),
    );
  });

  it('holds no term of a list any more, wherever it stood among commas, brackets and lines', () => {
    const word = fc.constantFrom('smile', 'tree', 'Red_Hat', 'sky', '<lora:smile:1>');
    const { prompt } = fc.letrec<{ prompt: string; part: string }>((tie) => ({
      part: fc.oneof(
        { weight: 4, arbitrary: word },
        tie('prompt').map((inner) => `(${inner}:1.2)`),
        tie('prompt').map((inner) => `[${inner}]`),
      ),
      prompt: fc
        .array(fc.tuple(tie('part'), fc.constantFrom(', ', ',', '\n', ' BREAK ', ' AND ', ',\n')), {
          minLength: 1,
          maxLength: 4,
        })
        .map((parts) => parts.flat().slice(0, -1).join('')),
    }));
    fc.assert(
      fc.property(prompt, (text) => {
        const left = filtered(text);
        expect(left.replace(/<[^>]*>/g, '')).not.toMatch(/smile|red_hat/i);
        expect(left.match(/<[^>]*>/g) ?? []).toEqual(text.match(/<[^>]*>/g) ?? []);
        expect(left.match(/tree|sky/g) ?? []).toEqual(text.match(/tree|sky/g) ?? []);
        expect(left.split('(').length).toBe(left.split(')').length);
      }),
      { numRuns: 1000 },
    );
  });

  it('never fails, and keeps no more than there was, whatever the prompt', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'smile',
            'a',
            ',',
            '(',
            ')',
            '[',
            ']',
            '|',
            ':0.5',
            ':',
            '{',
            '}',
            ' ',
            '\n',
            ' AND ',
            ' BREAK ',
            '. ',
            '<lora:x>',
          ),
        ),
        (parts) => {
          const text = parts.join('');
          expect(filtered(text).length).toBeLessThanOrEqual(text.length + parts.length);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('says what was taken out, and by which list; a variant leaves the lists out that it does not name', () => {
    const filter = openFilter({
      lists: [
        { name: 'Sex', mode: 'exact', terms: ['smile'] },
        { name: 'Clothes', mode: 'exact', terms: ['red hat', 'smile'] },
      ],
      variants: [
        { name: 'prompt', without: ['Sex', 'Clothes'] },
        { name: 'prompt_with_clothes', without: ['Sex'] },
      ],
    });
    const made = filter('(Red_Hat:1.2), smile, tree');

    expect(made.get('prompt')).toEqual({
      text: 'tree',
      removed: [
        { term: 'Red_Hat', list: 'Clothes' },
        { term: 'smile', list: 'Sex' },
      ],
    });
    expect(made.get('prompt_with_clothes')?.text).toBe('(Red_Hat:1.2), tree');
  });

  it('matches whole words, or patterns, when asked to', () => {
    expect(filtered('a red hat, red hats, hat', ['red hat'], 'word')).toBe('red hats, hat');
    expect(filtered('a red hat, red hats, hat', ['red*'], 'pattern')).toBe('a red hat, hat');
    expect(filtered('hat, h?t, heat', ['h?t'], 'pattern')).toBe('heat');
  });

  it('is not held up by a pattern made to be slow', () => {
    const text = 'a'.repeat(3000);
    expect(filtered(text, [`${'*a'.repeat(500)}b`, `${'a*'.repeat(500)}c`], 'pattern')).toBe(text);
  });

  it('is not held up by a million figures, brackets or emptied groups', () => {
    const many = 1_000_000;
    const figures = `hat:${'1'.repeat(many)}-`;
    expect(filtered(figures) === figures).toBe(true);
    const open = '([{<'.repeat(many / 4);
    expect(filtered(open) === open).toBe(true);
    expect(filtered(`${'('.repeat(many)}smile${')'.repeat(many)}, tree`)).toBe('tree');
  });

  it('has forgotten the prompt before', () => {
    const options = {
      lists: [{ name: 'Sex', mode: 'exact', terms: TERMS }],
      variants: [{ name: 'prompt', without: ['Sex'] }],
    } as const;
    const filter = openFilter(options);
    const text = fc.array(fc.constantFrom(...'([{)]}|:, '.split(''), 'smile', 'AND', ':1.2', 'tree'), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(text, (parts) => {
        expect(filter(parts.join(''))).toEqual(openFilter(options)(parts.join('')));
      }),
    );
  });

  it('keeps the last tag, or none, when asked to', () => {
    const text = '<lora:a:0.5>, x, <lyco:b>, <random:c>';
    expect(filtered(text, [], 'exact', 'last')).toBe('x, <lyco:b>, <random:c>');
    expect(filtered(text, [], 'exact', 'none')).toBe('x, <random:c>');
  });
});

describe('the filter of the older program', () => {
  const compat = openCompatFilter({
    lists: [{ name: 'Sex', mode: 'exact', terms: TERMS }],
    variants: [{ name: 'prompt', without: ['Sex'] }],
  });

  it.each([
    ['1girl, Red  Hat, (smile:1.3), [smile], tree', '1girl, [smile], tree,'],
    ['(red hat, tree:1.2), sky', '(tree:1.2), sky,'],
    ['(tree, red hat:1.2), sky', '(tree), sky,'],
    ['((red hat, tree)), sky', '((red hat, tree)), sky,'],
    ['((smile), tree)', '((smile), tree),'],
    ['(name (series), smile), tree', '(name (series), smile), tree,'],
    ['(smile:1.2) tree', '(smile:1.2) tree,'],
    ['tree BREAK smile BREAK sky', 'tree, sky,'],
    ['BREAKFAST', 'FAST,'],
    ['vest, coat', ''],
    ['vest, <lora:b:0.7>', '<lora:b:0.7>,'],
    ['<lora:a:0.5>, x, <lora:b>', '<lora:b:1>, x,'],
    ['blue sky, blue_sky', 'blue sky,'],
  ])('makes of %j %j, its quirks included', (text, left) => {
    expect(compat(text).get('prompt')?.text).toBe(left);
  });
});
