import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { extensionOf, KIND_BYTES, kindOf, mediaOf, mimeOf } from './image-kind.ts';
import type { FileKind } from './image-kind.ts';

function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

const SAMPLES: readonly (readonly [FileKind, Uint8Array])[] = [
  ['png', bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR')],
  ['jpeg', bytes('\xff\xd8\xff\xe0\0\x10JFIF')],
  ['webp', bytes('RIFF\x10\0\0\0WEBPVP8 ')],
  ['gif', bytes('GIF89a\x01\0')],
  ['avif', bytes('\0\0\0\x1cftypavif\0\0\0\0avifmif1')],
  ['avif', bytes('\0\0\0\x1cftypmif1\0\0\0\0mif1avif')],
  ['unknown', bytes('\0\0\0\x18ftypheic\0\0\0\0mif1heic')],
  ['jxl', bytes('\xff\x0a\xfa')],
  ['jxl', bytes('\0\0\0\x0cJXL \r\n\x87\n')],
  ['mp4', bytes('\0\0\0\x20ftypisom\0\0\x02\0isomiso2')],
  ['webm', bytes('\x1a\x45\xdf\xa3\x01\0')],
  ['mp3', bytes('ID3\x03\0')],
  ['mp3', bytes('\xff\xfb\x90\x64')],
  ['html', bytes('\xef\xbb\xbf\n <!DOCTYPE html><html>')],
  ['html', bytes('<html lang="en">')],
  ['json', bytes(' {"error":"Not found"}')],
  ['json', bytes('[{"id":1}]')],
  ['unknown', bytes('{not json}')],
  ['unknown', bytes('')],
  ['unknown', bytes('\x08\0\0\0\0\0\0\0{}')],
];

describe('kindOf', () => {
  it.each(SAMPLES)('knows %s by its first bytes', (kind, sample) => {
    expect(kindOf(sample)).toBe(kind);
  });

  it('never throws, and its first bytes are enough', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2 * KIND_BYTES }), (sample) => {
        expect(kindOf(sample)).toBe(kindOf(sample.subarray(0, KIND_BYTES)));
      }),
    );
  });

  it('gives each kind an extension, a medium and a MIME type', () => {
    expect([extensionOf('jpeg'), mediaOf('jpeg'), mimeOf('jpeg')]).toEqual(['jpeg', 'image', 'image/jpeg']);
    expect([extensionOf('mp4'), mediaOf('mp4')]).toEqual(['mp4', 'video']);
    expect([extensionOf('unknown'), mediaOf('html')]).toEqual(['bin', undefined]);
  });
});
