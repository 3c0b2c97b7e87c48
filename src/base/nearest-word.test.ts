import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestWord } from './nearest-word.ts';

const KEYS = [
  'catalog',
  'api',
  'media',
  'hosts',
  'hashing',
  'logging',
  'roots',
  'scan',
  'max_age',
  'skip_missing',
];

describe('the nearest word', () => {
  it.each([
    ['catlog', 'catalog'],
    ['maxAge', 'max_age'],
    ['max-age', 'max_age'],
    ['root', 'roots'],
    ['sacn', 'scan'],
    ['skipmissing', 'skip_missing'],
  ])('takes %s for %s', (given, meant) => {
    expect(nearestWord(given, KEYS)).toBe(meant);
  });

  it('guesses nothing when nothing is near', () => {
    expect(nearestWord('download_directory', KEYS)).toBeUndefined();
    expect(nearestWord('x', [])).toBeUndefined();
  });

  it('knows every word as itself', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 30 }),
        fc.array(fc.string(), { maxLength: 5 }),
        (word, others) => {
          const found = nearestWord(word, [word, ...others]);
          expect(found).toBe(word);
        },
      ),
    );
  });
});
