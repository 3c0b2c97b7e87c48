import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { byteLength, foldName, safeName, shortened } from './file-name.ts';

/** Any UTF-16 unit, lone halves of pairs too. */
const anyLetter = fc.nat(0xffff).map((code) => String.fromCharCode(code));

const anyText = fc.oneof(
  fc.string({ unit: anyLetter, maxLength: 400 }),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.string({
    unit: fc.constantFrom('.', ' ', '/', '\\', 'CON', 'a', '\u0301', '\u202E', '👩‍👩‍👧', '\uD800'),
    maxLength: 60,
  }),
);

describe('safeName', () => {
  it.each([
    ['plain', 'plain'],
    ['a/b\\c:d*e?f"g<h>i|j', 'a_b_c_d_e_f_g_h_i_j'],
    ['  . dots and blanks . ', 'dots and blanks'],
    ['line\r\nbreak\ttab', 'line break tab'],
    ['nul\0bell\u0007', 'nulbell'],
    ['..', '_'],
    ['', '_'],
    ['CON', '_CON'],
    ['com1.safetensors', '_com1.safetensors'],
    ['Console', 'Console'],
    ['LPT¹', '_LPT¹'],
    ['abc\u202Egpj.exe', 'abcgpj.exe'],
    ['e\u0301clair', 'éclair'],
    ['👩‍👩‍👧 family', '👩‍👩‍👧 family'],
    ['[FLUX.1 [dev] - LoRa] #0001', '[FLUX.1 [dev] - LoRa] #0001'],
    ['lone \uD800 half', 'lone \uFFFD half'],
  ])('makes %j into %j', (text, name) => {
    expect(safeName(text)).toBe(name);
  });

  it('cuts between whole letters, never inside one', () => {
    expect(safeName('👩‍👩‍👧👩‍👩‍👧', { maxBytes: 30 })).toBe('👩‍👩‍👧');
    expect(safeName('ab. cd', { maxBytes: 4 })).toBe('ab');
    expect(safeName('aux.safetensors', { maxBytes: 8 })).toBe('_aux.saf');
  });

  it('takes another fallback', () => {
    expect(safeName('???', { fallback: 'x' })).toBe('___');
    expect(safeName(' . ', { fallback: '' })).toBe('');
  });

  it('is short enough, unchanged by a second time, and good on every system, for any text', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 8, max: 255 }), (text, maxBytes) => {
        const name = safeName(text, { maxBytes });
        expect(byteLength(name)).toBeLessThanOrEqual(maxBytes);
        expect(safeName(name, { maxBytes })).toBe(name);
        expect(name).not.toMatch(/[<>:"/\\|?*\p{Cc}\u202A-\u202E]|^[. ]|[. ]$|^$/u);
        expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i);
        expect(name).toBe(name.normalize('NFC'));
      }),
      { numRuns: 300 },
    );
  });

  it('takes a megabyte of text', () => {
    expect(byteLength(safeName('é'.repeat(1_000_000)))).toBe(254);
  });
});

describe('shortened', () => {
  it('leaves what fits and tells long names apart by a hash', () => {
    const long = 'x'.repeat(300);

    expect(shortened('ink', 231)).toBe('ink');
    expect(shortened(long, 231)).toMatch(/^x{222}~[0-9a-f]{8}$/);
    expect(shortened(`${long}a`, 231)).not.toBe(shortened(`${long}b`, 231));
  });

  it('fits for any name', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(byteLength(shortened(text, 40))).toBeLessThanOrEqual(40);
      }),
    );
  });
});

describe('foldName', () => {
  it('holds names for the same that some disk holds for the same', () => {
    expect(foldName('Ünk')).toBe(foldName('u\u0308NK'));
    expect(foldName('ink')).not.toBe(foldName('inks'));
  });
});
