import { deflateSync } from 'node:zlib';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { pngWith, textChunk } from './testing/image-samples.ts';
import { readPng } from './png.ts';

describe('readPng', () => {
  it.each(['tEXt', 'zTXt', 'iTXt', 'iTXt-deflated'] as const)('reads %s chunks in UTF-8', (form) => {
    const png = readPng(pngWith([textChunk(form, 'parameters', 'ein Käfer, 猫')]));

    expect(png).toMatchObject({
      width: 2,
      height: 3,
      texts: [{ keyword: 'parameters', text: 'ein Käfer, 猫' }],
    });
  });

  it('reads tEXt as Latin-1 when it is no UTF-8', () => {
    const png = readPng(pngWith([textChunk('tEXt', 'Title', 'Käfer', 'latin1')]));

    expect(png?.texts).toEqual([{ keyword: 'Title', text: 'Käfer' }]);
  });

  it('drops the NULs at the end of a text', () => {
    expect(readPng(pngWith([textChunk('tEXt', 'generation_data', '{}\0\0')]))?.texts[0]?.text).toBe('{}');
  });

  it('keeps a repeated keyword twice, in order, after the picture too', () => {
    const chunks = [
      textChunk('tEXt', 'prompt', 'a'),
      ['IDAT', Buffer.alloc(9)] as const,
      textChunk('tEXt', 'prompt', 'b'),
    ];

    expect(readPng(pngWith(chunks))?.texts.map((item) => item.text)).toEqual(['a', 'b']);
  });

  it('keeps what stands before a chunk that is cut short', () => {
    const whole = pngWith([textChunk('tEXt', 'a', 'first'), textChunk('tEXt', 'b', 'x'.repeat(500))]);

    expect(readPng(whole.subarray(0, 200))?.texts).toEqual([{ keyword: 'a', text: 'first' }]);
  });

  it('leaves out a text that would inflate without end, and many of them cost no more than a few', () => {
    const bomb = Buffer.concat([Buffer.from('x\0\0'), deflateSync(Buffer.alloc(64 * 1024 * 1024))]);
    const chunks = Array.from({ length: 40 }, () => ['zTXt', bomb] as const);

    expect(readPng(pngWith([textChunk('tEXt', 'a', 'kept'), ...chunks]))?.texts).toEqual([
      { keyword: 'a', text: 'kept' },
    ]);
  });

  it('gives out the EXIF chunk', () => {
    expect(readPng(pngWith([['eXIf', Buffer.from('II*\0')]]))?.exif).toEqual(Buffer.from('II*\0'));
  });

  it('never throws on bytes of any kind', () => {
    const start = pngWith([textChunk('iTXt', 'k', 'v')]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(start.length), (noise, at) => {
        expect(readPng(noise)).toBeUndefined();
        const broken = Buffer.concat([start.subarray(0, at), noise, start.subarray(at)]);
        expect(() => readPng(broken)).not.toThrow();
      }),
    );
  });
});
