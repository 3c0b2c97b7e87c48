import { crc32 } from 'node:zlib';

/** One text to be put into a PNG. */
export interface PngText {
  readonly keyword: string;
  readonly text: string;
  /** iTXt holds any text as UTF-8; tEXt holds Latin-1 only, and texts beyond it become iTXt anyway. */
  readonly international: boolean;
}

/** Length of signature and IHDR, after which text chunks go. */
const AFTER_HEADER = 8 + 25;

/** The PNG with text chunks behind its header. */
export function withPngTexts(png: Buffer, texts: readonly PngText[]): Buffer {
  const chunks = texts.map((one) => {
    const beyond = /[^\n\x20-\x7e\xa0-\xff]/.test(one.text);
    return one.international || beyond ? chunk('iTXt', iTxt(one)) : chunk('tEXt', tExt(one));
  });
  return Buffer.concat([png.subarray(0, AFTER_HEADER), ...chunks, png.subarray(AFTER_HEADER)]);
}

function tExt({ keyword, text }: PngText): Buffer {
  return Buffer.from(`${keyword}\0${text}`, 'latin1');
}

/** Keyword, not compressed, no language, no translated keyword. */
function iTxt({ keyword, text }: PngText): Buffer {
  return Buffer.concat([Buffer.from(`${keyword}\0\0\0\0\0`, 'latin1'), Buffer.from(text)]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(data.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}
