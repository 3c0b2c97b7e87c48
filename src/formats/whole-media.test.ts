import { describe, expect, it } from 'vitest';
import { isWholeMedia } from './whole-media.ts';

function sourceOf(bytes: Uint8Array) {
  return {
    size: bytes.length,
    read: (offset: number, length: number) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}

const bytes = (...parts: readonly (string | readonly number[])[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  );

const box = (name: string, length: number): Buffer => {
  const head = Buffer.alloc(length);
  head.writeUInt32BE(length, 0);
  head.write(name, 4, 'latin1');
  if (name === 'ftyp') head.write('isom', 8, 'latin1');
  return head;
};

const WHOLE = {
  png: bytes([0x89], 'PNG\r\n\x1a\n', 'data', 'IEND', [0xae, 0x42, 0x60, 0x82]),
  jpeg: bytes([0xff, 0xd8, 0xff, 0xe0], 'data', [0xff, 0xd9]),
  gif: bytes('GIF89a', 'data', [0x3b]),
  webp: bytes('RIFF', [12, 0, 0, 0], 'WEBP', 'VP8 data'),
  mp4: Buffer.concat([box('ftyp', 24), box('mdat', 100)]),
};

describe('isWholeMedia', () => {
  it.each(Object.entries(WHOLE))('knows a whole %s from one that was cut', async (_kind, whole) => {
    expect(await isWholeMedia(sourceOf(whole))).toBe(true);
    expect(await isWholeMedia(sourceOf(whole.subarray(0, whole.length - 5)))).toBe(false);
  });

  it.each([
    ['a page', Buffer.from(`<!doctype html><p>${'x'.repeat(6000)}</p>`)],
    ['a note', Buffer.from('{"error":"Unauthorized"}')],
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(9000)],
  ])('takes %s for no picture, however long it is', async (_what, content) => {
    expect(await isWholeMedia(sourceOf(content))).toBe(false);
  });
});
