import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrapLine } from './wrap-line.ts';

describe('wrapLine', () => {
  it('leaves a line that fits, and any line where there is no terminal', () => {
    expect(wrapLine('  309 files   285 known', 60)).toEqual(['  309 files   285 known']);
    expect(wrapLine('word '.repeat(100), undefined)).toHaveLength(1);
  });

  it('breaks between columns, not within one', () => {
    expect(wrapLine('  271 requests in 12 s   5.7 MiB hashed in 0.4 s   281 previews', 50)).toEqual([
      '  271 requests in 12 s   5.7 MiB hashed in 0.4 s',
      '  281 previews',
    ]);
  });

  it('hangs the rest of a sentence under its start', () => {
    expect(wrapLine('  Note     a.safetensors: The file ends within its header.', 40)).toEqual([
      '  Note     a.safetensors: The file ends',
      '           within its header.',
    ]);
    expect(wrapLine('  Note     Stable-diffusion/empty.safetensors: The file is empty.', 60)).toEqual([
      '  Note     Stable-diffusion/empty.safetensors: The file is',
      '           empty.',
    ]);
  });

  it('hangs it where it is told to', () => {
    expect(wrapLine('  Training tags    ink (203), a village (178)', 38, 19)).toEqual([
      '  Training tags    ink (203), a',
      '                   village (178)',
    ]);
  });

  it('breaks no path, however long', () => {
    const path = `/home/me/${'x'.repeat(90)}.html`;

    expect(wrapLine(`  Gallery  ${path}`, 40)).toEqual([`  Gallery  ${path}`]);
  });

  it('loses no word, and runs over only where a word is longer than the width', () => {
    const line = fc
      .array(fc.stringMatching(/^[a-z]{1,30}$/), { maxLength: 40 })
      .map((words) => words.join(' '));
    fc.assert(
      fc.property(line, fc.integer({ min: 20, max: 120 }), (text, width) => {
        const lines = wrapLine(`  ${text}`, width);

        expect(lines.join(' ').split(/ +/).filter(Boolean)).toEqual(text.split(' ').filter(Boolean));
        for (const one of lines) if (one.length > width) expect(one.trim()).not.toContain(' ');
      }),
    );
  });
});
