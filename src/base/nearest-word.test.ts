import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longerNames, nearestWord, shorterName } from './nearest-word.ts';

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

describe('names that share words', () => {
  const names = ['enabled', 'operation_mode', 'output_dir', 'on_collision', 'custom_template', 'template'];

  it.each([
    ['mode', ['operation_mode']],
    ['dir', ['output_dir']],
    ['modeOperation', ['operation_mode']],
    ['custom', ['custom_template']],
    ['on', []],
    ['od', []],
    ['code', []],
  ])('takes %s to be short for %s', (given, meant) => {
    expect(longerNames(given, names)).toEqual(meant);
  });

  it('names none when many hold the word', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((one) => `gallery_${one}`);

    expect(longerNames('gallery', many.slice(1))).toEqual(many.slice(1));
    expect(longerNames('gallery', many)).toEqual([]);
  });

  it.each([
    ['path_template', 'template'],
    ['custom_path_template', 'custom_template'],
    ['html_enabled', 'enabled'],
    ['a_path_template', undefined],
    ['enabled_template', undefined],
    ['move', undefined],
  ])('takes %s to be one word too long for %s', (given, meant) => {
    expect(shorterName(given, names)).toBe(meant);
  });
});
