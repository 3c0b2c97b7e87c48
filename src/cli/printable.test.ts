import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from './printable.ts';

describe('printable', () => {
  it('leaves no way to steer the terminal', () => {
    expect(printable('a\u001B[2Jb\u001B]0;owned\u0007c\u009B31md\re\u202Ef')).toBe(
      'a�[2Jb�]0;owned�c�31md�e�f',
    );
  });

  it('keeps lines, tabs, and every letter', () => {
    expect(printable('one\r\ntwo\tthree ä 水墨 😀')).toBe('one\ntwo\tthree ä 水墨 😀');
  });

  it('shows nothing but what can be shown, and changes it once only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(/(?![\t\n])[\p{Cc}]/u);
        expect(printable(shown)).toBe(shown);
      }),
    );
  });
});
