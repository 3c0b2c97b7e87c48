import { describe, expect, it } from 'vitest';
import { htmlWords, wordDiff } from './word-diff.ts';

describe('wordDiff', () => {
  it('leaves out what both texts begin and end with, but for a few words', () => {
    expect(wordDiff('a b c d old e f g h', 'a b c d very new e f g h')).toEqual({
      before: '… b c d old e f g …',
      after: '… b c d very new e f g …',
    });
  });

  it('shows whole texts that are short, and says nothing where there is nothing', () => {
    expect(wordDiff('one two', 'one three')).toEqual({ before: 'one two', after: 'one three' });
    expect(wordDiff('', 'one')).toEqual({ before: '', after: 'one' });
    expect(wordDiff('a a a', 'a a')).toEqual({ before: 'a a a', after: 'a a' });
  });

  it('cuts what differs at length', () => {
    const { before, after } = wordDiff('x '.repeat(500), `x ${'y '.repeat(500)}`);
    expect(before.length).toBeLessThan(60);
    expect(after).toMatch(/^x y .* …$/);
    expect(after.length).toBeLessThan(60);
  });

  it('compares long texts, and hostile ones, at once', () => {
    const long = '<p>word</p> '.repeat(10_000);
    expect(wordDiff(htmlWords(long), htmlWords(`${long}<<<<`))).toEqual({
      before: '… word word word',
      after: '… word word word <<<<',
    });
    expect(htmlWords('<'.repeat(200_000)).length).toBe(200_000);
  });
});

describe('htmlWords', () => {
  it('makes tags blanks and entities characters', () => {
    expect(htmlWords('<p>Tom &amp; <b>Jerry</b>&#39;s</p>').replace(/\s+/g, ' ').trim()).toBe(
      "Tom & Jerry 's",
    );
  });
});
