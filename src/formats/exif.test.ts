import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readExif } from './exif.ts';
import { jpegWith, tiffWith, userComment, webpWith } from './testing/image-samples.ts';
import { readJpeg } from './jpeg.ts';
import { decodeUserComment } from './user-comment.ts';
import { readWebp } from './webp.ts';

const TEXT = 'a fox, 狐, Käfer\nSteps: 20, Sampler: Euler';
const FORMS = ['unicode-be', 'unicode-le', 'unicode-bom', 'ascii', 'nuls', 'bare'] as const;

describe('decodeUserComment', () => {
  it.each(FORMS.flatMap((form) => [[form, 'II'] as const, [form, 'MM'] as const]))(
    'reads the form %s in a TIFF block of order %s',
    (form, order) => {
      expect(decodeUserComment(userComment(form, TEXT), order)).toBe(TEXT);
    },
  );

  it('undoes letters stored with their bytes swapped', () => {
    expect(decodeUserComment(userComment('swapped', 'a ladybug, Steps: 40'), 'II')).toBe(
      'a ladybug, Steps: 40',
    );
  });

  it('reads UTF-8 under the label UNICODE', () => {
    const bytes = Buffer.concat([Buffer.from('UNICODE\0'), Buffer.from('a bird on a wire, Steps: 4')]);

    expect(decodeUserComment(bytes, 'MM')).toBe('a bird on a wire, Steps: 4');
  });

  it('follows the TIFF order when no letter tells the order', () => {
    expect(decodeUserComment(userComment('unicode-le', '狐の嫁入り'), 'II')).toBe('狐の嫁入り');
    expect(decodeUserComment(userComment('unicode-be', '狐の嫁入り'), 'MM')).toBe('狐の嫁入り');
  });

  it('gives every text back from UTF-16, whatever the TIFF order', () => {
    const ascii = fc.string({
      unit: fc.constantFrom('a', 'Z', ' ', ',', '\n', '狐', 'é', '🦊'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(ascii, fc.constantFrom('II' as const, 'MM' as const), (text, order) => {
        const whole = `Steps: 20, ${text}x`;
        expect(decodeUserComment(userComment('unicode-be', whole), order)).toBe(whole);
        expect(decodeUserComment(userComment('unicode-le', whole), order)).toBe(whole);
      }),
    );
  });

  it('never throws on bytes of any kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(...FORMS), (noise, form) => {
        const label = userComment(form, '').subarray(0, 8);
        expect(typeof decodeUserComment(Buffer.concat([label, noise]), 'II')).toBe('string');
      }),
    );
  });
});

describe('readExif', () => {
  const tags = {
    0x010e: Buffer.from('Workflow: {}\0'),
    0x010f: Buffer.from('Prompt: {}\0'),
    0x0131: Buffer.from('NovelAI\0'),
    0x9286: userComment('unicode-be', TEXT),
  };

  it.each(['II', 'MM'] as const)(
    'reads tags of both directories in order %s, with and without prefix',
    (order) => {
      const tiff = tiffWith(order, tags);
      const expected = {
        byteOrder: order,
        description: 'Workflow: {}',
        make: 'Prompt: {}',
        software: 'NovelAI',
        userComment: TEXT,
      };

      expect(readExif(tiff)).toMatchObject(expected);
      expect(readExif(Buffer.concat([Buffer.from('Exif\0\0'), tiff]))).toMatchObject(expected);
    },
  );

  it('ends on directories that point at themselves', () => {
    const tiff = Buffer.from(tiffWith('II', tags));
    const pointer = tiff.indexOf(Buffer.from([0x69, 0x87]));
    tiff.writeUInt32LE(8, pointer + 8);

    expect(readExif(tiff)?.userComment).toBeUndefined();
  });

  it('never throws on damaged blocks', () => {
    const tiff = tiffWith('MM', tags);
    fc.assert(
      fc.property(fc.nat(tiff.length - 1), fc.nat(255), fc.nat(tiff.length), (at, value, length) => {
        const broken = Buffer.from(tiff);
        broken[at] = value;
        expect(() => readExif(broken.subarray(0, length))).not.toThrow();
      }),
    );
  });
});

describe('readJpeg', () => {
  it('finds size, EXIF and comments', () => {
    const tiff = tiffWith('II', { 0x0131: Buffer.from('Tool\0') });
    const jpeg = readJpeg(jpegWith(tiff, ['made by hand']));

    expect(jpeg).toMatchObject({ width: 5, height: 4, comments: ['made by hand'] });
    expect(readExif(jpeg?.exif ?? new Uint8Array())?.software).toBe('Tool');
  });

  it('never throws on damaged files', () => {
    const whole = jpegWith(tiffWith('II', { 0x9286: userComment('ascii', TEXT) }), ['c']);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, length) => {
        const broken = Buffer.from(whole);
        broken[at] = value;
        expect(() => readJpeg(broken.subarray(0, length))).not.toThrow();
      }),
    );
  });
});

describe('readWebp', () => {
  it('finds size, EXIF and movement', () => {
    const webp = readWebp(webpWith(tiffWith('MM', { 0x0131: Buffer.from('Tool\0') }), 0x0a));

    expect(webp).toMatchObject({ width: 7, height: 6, animated: true });
    expect(readExif(webp?.exif ?? new Uint8Array())?.software).toBe('Tool');
  });

  it('never throws on damaged files', () => {
    const whole = webpWith(tiffWith('MM', { 0x9286: userComment('nuls', TEXT) }));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, length) => {
        const broken = Buffer.from(whole);
        broken[at] = value;
        expect(() => readWebp(broken.subarray(0, length))).not.toThrow();
      }),
    );
  });
});
