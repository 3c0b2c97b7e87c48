import { describe, expect, it } from 'vitest';
import { madeCards } from './made-cards.ts';
import { sortCards, type SortName } from './sort.ts';

const cards = madeCards([
  { name: 'a', downloads: 5, creator: 'zoe' },
  { name: 'b', creator: 'amy 10' },
  { name: 'c', downloads: 70, creator: 'amy 9' },
  { name: 'd', downloads: 5 },
]);

describe('sorting', () => {
  it.each<[SortName, boolean, string]>([
    ['name', false, 'abcd'],
    ['name', true, 'dcba'],
    ['downloads', true, 'cadb'],
    ['downloads', false, 'adcb'],
    ['creator', false, 'cbad'],
    ['creator', true, 'abcd'],
  ])('by %s, falling %s, gives %s: unknown ones last, equal ones by name', (sort, falling, expected) => {
    expect([...sortCards(cards, sort, falling)].map((card) => cards.name[card]).join('')).toBe(expected);
  });
});
