import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { WorldImage } from '../world/types.ts';
import { makeWorld } from '../world/world.ts';
import { drawOriginal } from './draw.ts';
import { userComment } from './exif.ts';
import { makeGallery } from './gallery.ts';

const world = makeWorld({ models: 120, images: 0 });
const images = world.versionIds().flatMap((id) => world.imagesOf(id));

function first(test: (image: WorldImage) => boolean): WorldImage {
  const found = images.find(test);
  if (found === undefined) throw new Error('no such image');
  return found;
}

const FORMATS = { png: 'image/png', jpeg: 'image/jpeg', webp: 'image/webp' } as const;

describe('drawOriginal', () => {
  it('gives each format its true type and sides, and equal bytes each time', async () => {
    for (const format of ['png', 'jpeg', 'webp'] as const) {
      const image = first((one) => one.format === format && one.meta !== null && one.carrier !== 'none');
      const { type, bytes } = await drawOriginal(image);
      const { width, height, format: seen } = await sharp(bytes).metadata();
      expect([type, seen, width, height]).toEqual([FORMATS[format], format, image.width, image.height]);
      expect((await drawOriginal(image)).bytes.equals(bytes)).toBe(true);
    }
  });

  it('puts the prompt into text chunks, EXIF of both byte orders and ComfyUI graphs', async () => {
    for (const carrier of ['png-text', 'png-itxt', 'exif-be', 'exif-le', 'comfy'] as const) {
      const image = first((one) => one.carrier === carrier && one.meta !== null);
      const { bytes } = await drawOriginal(image);
      const prompt = String(image.meta?.['prompt']).slice(0, 20);
      const wide = Buffer.from(prompt, 'utf16le');
      const needle =
        carrier === 'exif-be' ? wide.swap16() : carrier === 'exif-le' ? wide : Buffer.from(prompt);
      expect([carrier, bytes.includes(needle)]).toEqual([carrier, true]);
    }
  });

  it('makes EXIF that an independent reader takes', async () => {
    const image = first((one) => one.carrier === 'exif-be' && one.format === 'jpeg');
    const { exif } = await sharp((await drawOriginal(image)).bytes).metadata();
    expect(exif?.subarray(6, 8).toString('latin1')).toBe('MM');
    const webp = first((one) => one.carrier === 'exif-le' && one.format === 'webp');
    expect((await sharp((await drawOriginal(webp)).bytes).metadata()).exif?.includes('II')).toBe(true);
    expect(userComment('é', 'little').subarray(44).toString('latin1')).toBe('UNICODE\0\xe9\0');
  });

  it('makes a film for videos', async () => {
    const { type, bytes } = await drawOriginal(first((one) => one.type === 'video'));
    expect([type, bytes.subarray(4, 8).toString('latin1')]).toEqual(['video/mp4', 'ftyp']);
  });
});

describe('makeGallery', () => {
  it('draws once however many ask at once', async () => {
    const gallery = makeGallery('drawn');
    const image = first((one) => one.format === 'jpeg');
    const [one, two] = await Promise.all([gallery.original(image), gallery.original(image)]);
    expect(one).toBe(two);
  });

  it('serves templates of the wanted size that differ from picture to picture and still decode', async () => {
    const gallery = makeGallery(200_000);
    const [one, two] = await Promise.all(images.slice(0, 2).map((image) => gallery.original(image)));
    const whole = [one, two].map((each) =>
      Buffer.concat([each?.bytes ?? Buffer.alloc(0), each?.tail ?? Buffer.alloc(0)]),
    );
    expect(Math.abs((whole[0]?.length ?? 0) - 200_000)).toBeLessThan(100);
    expect(whole[0]?.equals(whole[1] ?? Buffer.alloc(0))).toBe(false);
    expect((await sharp(whole[0]).metadata()).width).toBe(512);
    expect((await sharp(whole[0]).raw().toBuffer()).length).toBeGreaterThan(0);
  });
});
