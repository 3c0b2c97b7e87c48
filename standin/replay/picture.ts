import { crc32, deflateSync } from 'node:zlib';
import { hash32 } from '../world/random.ts';

/** A small picture or film for an address. */
export interface Picture {
  readonly type: 'image/png' | 'video/mp4';
  readonly bytes: Buffer;
}

const WIDTH = 48;
const HEIGHT = 64;

/** The same bytes for the same path, others for another: a shaded PNG, or the shortest film for `.mp4`. */
export function pictureFor(path: string): Picture {
  if (/\.(?:mp4|webm)$/i.test(path)) return { type: 'video/mp4', bytes: film(path) };
  return { type: 'image/png', bytes: shaded(hash32(path)) };
}

function shaded(key: number): Buffer {
  const rows = Buffer.alloc(HEIGHT * (1 + WIDTH * 3));
  let at = 0;
  for (let y = 0; y < HEIGHT; y += 1) {
    at += 1; // filter 0: none
    for (let x = 0; x < WIDTH; x += 1) {
      for (const shift of [0, 8, 16]) rows[at++] = (((key >>> shift) & 127) + x + y) & 255;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    start,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

/** A file that says it is MP4 and holds nothing to see. */
function film(path: string): Buffer {
  const box = (name: string, data: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(data.length + 8, 0);
    head.write(name, 4, 'latin1');
    return Buffer.concat([head, data]);
  };
  const brand = Buffer.from('isom\0\0\x02\0isomiso2mp41', 'latin1');
  return Buffer.concat([box('ftyp', brand), box('mdat', Buffer.from(path))]);
}
