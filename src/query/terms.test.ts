import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answers, queryTerms, termsOf } from './terms.ts';

function finds(typed: string, text: string): boolean {
  return answers(termsOf(text).join(' '), queryTerms(typed));
}

const anyText = fc.string({ unit: 'grapheme', maxLength: 40 });
const cjk = fc.string({
  unit: fc.constantFrom(...'水墨画風格の女の子カタカナー한국어漢𠮷々'),
  minLength: 1,
  maxLength: 12,
});
const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019éÖß'), minLength: 1, maxLength: 60 });

describe('termsOf', () => {
  it.each([
    ['Ink Wash', ['ink', 'wash']],
    ['ink_wash-XL.safetensors', ['ink', 'wash', 'xl', 'safetensors']],
    ['Crème BRÛLÉE', ['creme', 'brulee']],
    ['ＦＵＬＬ　width１', ['full', 'width1', 'width', '1']],
    ['Straße Ærø', ['strasse', 'aero']],
    ['ΟΔΟΣ οδος', ['οδοσ']],
    ['水墨画', ['水', '水墨', '墨', '墨画', '画']],
    ['水a', ['水', 'a']],
    ['😀 <b>', ['b']],
  ])('turns %j into %j', (text, terms) => {
    expect(termsOf(text)).toEqual(terms);
  });

  it('keeps camel case whole and also splits it', () => {
    expect(termsOf('InkWashXL2 SDXLStyle')).toEqual([
      'inkwashxl2',
      'inkwashxl',
      '2',
      'ink',
      'wash',
      'xl',
      'sdxlstyle',
      'sdxl',
      'style',
    ]);
  });

  it('gives only small ASCII letters, digits and letters of other scripts, bounded, each once', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: 'binary', maxLength: 60 }), word), (text) => {
        const terms = termsOf(text);
        for (const term of terms) {
          expect(term).toMatch(/^(?:[a-z0-9]|(?![A-Za-z])\p{L})+$/u);
          expect(term.length).toBeLessThanOrEqual(400);
        }
        expect(new Set(terms).size).toBe(terms.length);
      }),
    );
  });

  it('changes nothing in what it made itself', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const term of termsOf(text)) expect(termsOf(term)).toContain(term);
      }),
    );
  });

  it('reads a huge text in bounded length', () => {
    expect(termsOf('x'.repeat(1_000_000))).toEqual(['x'.repeat(48)]);
  });
});

describe('queryTerms', () => {
  it('asks for every word, the last as a beginning', () => {
    expect(queryTerms('"ink wash" sdx')).toEqual({ whole: ['ink', 'wash'], start: 'sdx' });
  });

  it('asks for nothing when nothing searchable was typed', () => {
    expect(queryTerms(' -- "" ')).toEqual({ whole: [], start: undefined });
    expect(answers('anything', queryTerms('!'))).toBe(true);
  });

  it.each([
    ['sd1.5', 'SD 1.5'],
    ['flux1d', 'Flux.1 D'],
    ['creme bru', 'Crème brûlée'],
    ['wash', 'InkWashXL'],
    ['inkwash2', 'InkWash2Style'],
    ['女の子', '可愛い女の子の絵'],
    ['墨 ink', 'Ink 水墨'],
    ['한국', '한국어'],
  ])('%j finds %j', (typed, text) => {
    expect(finds(typed, text)).toBe(true);
  });

  it.each([
    ['wash', 'inkwash'],
    ['ink was', 'Ink Style'],
    ['墨水', '水墨'],
  ])('%j does not find %j', (typed, text) => {
    expect(finds(typed, text)).toBe(false);
  });

  it('finds a text by itself and by any of its words', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(word, cjk), { minLength: 1, maxLength: 6 }), (words) => {
        const text = words.join(' ');
        expect(finds(text, text)).toBe(true);
        for (const one of words) expect(finds(one, text)).toBe(true);
      }),
    );
  });

  it('finds a word by any beginning of it, in small letters', () => {
    fc.assert(
      fc.property(word, fc.nat(60), (text, length) => {
        expect(finds(text.toLowerCase().slice(0, length), text)).toBe(true);
      }),
    );
  });

  it('finds Chinese, Japanese and Korean by any part', () => {
    fc.assert(
      fc.property(cjk, fc.nat(12), fc.nat(12), (text, from, length) => {
        const part = [...text].slice(from, from + length + 1).join('');
        expect(finds(part, text)).toBe(true);
      }),
    );
  });
});
