import { describe, expect, it } from 'vitest';
import { madeCards } from '../gallery/made-cards.ts';
import { searchIndex } from '../gallery/card-search.ts';
import { parseQuery } from './search.ts';

const cards = madeCards([
  { name: 'Ink Wash XL', tags: ['style'], creator: 'Ærø', path: 'lora/ink_wash_xl.safetensors' },
  { name: '水墨画', tags: ['墨'], path: 'b.safetensors' },
  { name: 'Photo', tags: ['portrait'], path: 'c.safetensors' },
]);

function find(query: string): string {
  const index = searchIndex(cards, (card) => (card === 2 ? 'With studio light.' : ''));
  index.readOn(1000);
  return index.find(query)?.join('') ?? 'all';
}

describe('search', () => {
  it.each([
    ['', 'all'],
    ['   - ', 'all'],
    ['ink', '100'],
    ['INK was', '100'],
    ['ink photo', '000'],
    ['ink_wash', '100'],
    ['aero', '100'],
    ['styl', '100'],
    ['墨', '010'],
    ['水墨', '010'],
    ['studio li', '001'],
    ['-ink', '011'],
    ['-ink -墨', '001'],
    ['safetensors -photo', '110'],
    ['nk', '000'],
  ])('for "%s" finds %s', (query, expected) => {
    expect(find(query)).toBe(expected);
  });

  it('answers from what it has read so far, and says when it has read all', () => {
    const index = searchIndex(cards, () => '');

    expect(index.complete).toBe(false);
    expect(index.find('ink')?.join('')).toBe('000');
    index.readOn(1000);
    expect(index.complete).toBe(true);
  });

  it('asks whole words but the last one, which may go on', () => {
    expect(parseQuery('ink wash -blue')).toEqual({ needles: [' wash', ' ink '], refused: [' blue'] });
  });

  it('takes what stands between commas as several words of which all must be there, each of them perhaps begun', () => {
    const index = searchIndex(
      madeCards([
        { name: 'Ink wash', tags: ['style'], path: 'lora/ink.safetensors' },
        { name: 'Ink line', tags: ['character'], path: 'lora/line.safetensors' },
      ]),
      () => '',
    );
    index.readOn(1000);
    expect([...(index.find('ink, sty') ?? [])]).toEqual([1, 0]);
    expect([...(index.find('lin,char') ?? [])]).toEqual([0, 1]);
    expect([...(index.find('ink,-line,') ?? [])]).toEqual([1, 0]);
    expect(index.find(' , ,')).toBeUndefined();
  });
});
