import sharp from 'sharp';
import { hash32 } from '../world/random.ts';
import type { Picture } from './draw.ts';
import type { Gallery } from './gallery-shape.ts';
import { sceneSvg } from './scene.ts';

/** Longest segment of a JPEG, its length field included. */
const MAX_SEGMENT = 65_535;

/**
 * One JPEG of about `size` bytes, padded by application segments; each picture begins with a comment of its own, the rest
 * is shared. Costs next to nothing, so that the network is what a benchmark measures.
 */
export function templatePictures(size: number): Gallery {
  const template = { made: undefined as Promise<Buffer> | undefined };
  const one = async (id: number): Promise<Picture> => {
    template.made ??= makeTemplate(size);
    const tail = await template.made;
    // SOI, a comment segment of its own, then what all share.
    const bytes = Buffer.from([0xff, 0xd8, 0xff, 0xfe, 0, 18]);
    return {
      type: 'image/jpeg',
      bytes: Buffer.concat([bytes, Buffer.from(String(id).padStart(16, '0'))]),
      tail,
    };
  };
  return { original: (image) => one(image.id), reduced: (image) => one(image.id) };
}

async function makeTemplate(size: number): Promise<Buffer> {
  const scene = await sharp(Buffer.from(sceneSvg(1, 512, 768)))
    .jpeg({ quality: 90 })
    .toBuffer();
  const segments: Buffer[] = [];
  for (let left = Math.max(20, size - scene.length); left > 0;) {
    const length = Math.max(20, Math.min(left, MAX_SEGMENT + 2));
    segments.push(padding(length, segments.length));
    left -= length;
  }
  return Buffer.concat([...segments, scene.subarray(2)]);
}

/** A segment (APP7) of `length` bytes in all, filled with what does not compress and nobody reads as text. */
function padding(length: number, key: number): Buffer {
  const segment = Buffer.alloc(length);
  for (let at = 4; at + 4 <= length; at += 4) segment.writeUInt32LE(hash32(key, at), at);
  segment.set([0xff, 0xe7], 0);
  segment.writeUInt16BE(length - 2, 2);
  return segment;
}
