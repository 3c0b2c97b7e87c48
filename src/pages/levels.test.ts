import { describe, expect, it } from 'vitest';
import { LEVELS, levelIndex, levelText } from './levels.ts';

describe('rating levels', () => {
  it.each([
    [0, 'unrated'],
    [1, 'PG'],
    [2, 'PG-13'],
    [4, 'R'],
    [8, 'X'],
    [16, 'XXX'],
    [32, 'blocked'],
    [31, 'XXX'],
    [-3, 'unrated'],
    [1.5, 'unrated'],
    [64, 'unrated'],
  ])('reads the highest level of mask %i as %s', (mask, name) => {
    expect(LEVELS[levelIndex(mask)]).toBe(name);
  });

  it('names a span when a model has several', () => {
    expect(levelText(1 | 8)).toBe('PG to X');
    expect(levelText(4)).toBe('R');
    expect(levelText(0)).toBe('unrated');
  });
});
