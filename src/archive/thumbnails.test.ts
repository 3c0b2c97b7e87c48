import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeThumbnail } from './thumbnails.ts';

const GREY = { r: 90, g: 120, b: 150 };

function picture(width: number, height: number): ReturnType<typeof sharp> {
  return sharp({ create: { width, height, channels: 3, background: GREY } });
}

async function sizeOf(bytes: Uint8Array | undefined): Promise<[string | undefined, number, number, number]> {
  const { format, width, height, pages } = await sharp(bytes ?? new Uint8Array()).metadata();
  return [format, width, height, pages ?? 1];
}

describe('makeThumbnail', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thumbnails-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it.each(['png', 'jpeg', 'webp', 'gif', 'avif'] as const)(
    'shrinks a %s to a WebP of 450 pixels width',
    async (format) => {
      const bytes = await picture(900, 600).toFormat(format).toBuffer();

      expect(await sizeOf(await makeThumbnail(bytes))).toEqual(['webp', 450, 300, 1]);
    },
  );

  it('reads a file by its bytes, whatever it is called', async () => {
    const path = join(folder, 'lies.jpeg');
    await writeFile(path, await picture(500, 1000).png().toBuffer());

    expect(await sizeOf(await makeThumbnail(path))).toEqual(['webp', 450, 900, 1]);
  });

  it('never enlarges, bounds the height, and turns a photo upright', async () => {
    const small = await picture(20, 10).png().toBuffer();
    const tall = await picture(100, 5000).png().toBuffer();
    const turned = await picture(40, 20).withMetadata({ orientation: 6 }).jpeg().toBuffer();

    expect(await sizeOf(await makeThumbnail(small))).toEqual(['webp', 20, 10, 1]);
    expect(await sizeOf(await makeThumbnail(tall))).toEqual(['webp', 27, 1350, 1]);
    expect(await sizeOf(await makeThumbnail(turned))).toEqual(['webp', 20, 40, 1]);
  });

  it('takes the first frame of a moving picture', async () => {
    const frames = [GREY, { r: 200, g: 0, b: 0 }].map((background) =>
      sharp({ create: { width: 60, height: 40, channels: 3, background } })
        .png()
        .toBuffer(),
    );
    const moving = await sharp(await Promise.all(frames), { join: { animated: true } })
      .webp()
      .toBuffer();
    expect((await sizeOf(moving))[3]).toBe(2);

    const still = await makeThumbnail(moving);
    expect(await sizeOf(still)).toEqual(['webp', 60, 40, 1]);
    const { dominant } = await sharp(still).stats();
    expect(dominant.r).toBeLessThan(dominant.b);
  });

  it.each([
    ['a film', Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0isomiso2', 'latin1'), 'kind mp4'],
    ['a page of HTML', Buffer.from('<!doctype html>'), 'kind html'],
    ['nothing', new Uint8Array(), 'kind unknown'],
    ['a PNG cut short', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'No thumbnail: '],
  ])('says undefined and why for %s', async (_name, bytes, why) => {
    const reasons: string[] = [];

    expect(await makeThumbnail(bytes, (reason) => reasons.push(reason))).toBeUndefined();
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toContain(why);
  });

  it('says undefined for a file that is gone and for a picture that claims too many pixels', async () => {
    const reasons: string[] = [];
    const bomb = await picture(2, 2).png().toBuffer();
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);

    expect(await makeThumbnail(join(folder, 'gone.png'), (reason) => reasons.push(reason))).toBeUndefined();
    expect(await makeThumbnail(bomb, (reason) => reasons.push(reason))).toBeUndefined();
    expect(reasons[0]).toBe('No thumbnail: ENOENT.');
    expect(reasons).toHaveLength(2);
  });
});
