import sharp from 'sharp';
import type { WorldImage } from '../world/types.ts';
import { comfyOf } from '../world/generation.ts';
import { userComment, withJpegExif, withWebpExif } from './exif.ts';
import { film } from './film.ts';
import { infotext } from './infotext.ts';
import { withPngTexts } from './png-text.ts';
import { sceneSvg } from './scene.ts';

export interface Picture {
  readonly type: 'image/png' | 'image/jpeg' | 'image/webp' | 'video/mp4';
  readonly bytes: Buffer;
  /** Follows `bytes`; the same for many pictures. */
  readonly tail?: Buffer;
}

/** Draws an image as it was uploaded: true sides, true format, generation data inside where it has some. */
export async function drawOriginal(image: WorldImage): Promise<Picture> {
  if (image.format === 'mp4') return { type: 'video/mp4', bytes: film(image.id) };
  const scene = sharp(Buffer.from(sceneSvg(image.id, image.width, image.height)));
  if (image.format === 'png') {
    const png = await scene.png({ compressionLevel: 3 }).toBuffer();
    return { type: 'image/png', bytes: withPngTexts(png, pngTexts(image)) };
  }
  if (image.format === 'webp') {
    const webp = await scene.removeAlpha().webp({ quality: 88, effort: 1 }).toBuffer();
    const tiff = tiffOf(image);
    const bytes = tiff === undefined ? webp : withWebpExif(webp, tiff, image.width, image.height);
    return { type: 'image/webp', bytes };
  }
  const jpeg = await scene.jpeg({ quality: 90 }).toBuffer();
  const tiff = tiffOf(image);
  return { type: 'image/jpeg', bytes: tiff === undefined ? jpeg : withJpegExif(jpeg, tiff) };
}

/** A smaller form without any data, as every address with a width gives; also the still of a film. */
export async function drawReduced(
  id: number,
  width: number,
  height: number,
  wanted: number,
): Promise<Picture> {
  const sides = Math.min(1, wanted / width);
  const scene = sceneSvg(id, Math.max(1, Math.round(width * sides)), Math.max(1, Math.round(height * sides)));
  return { type: 'image/jpeg', bytes: await sharp(Buffer.from(scene)).jpeg({ quality: 80 }).toBuffer() };
}

function pngTexts(image: WorldImage): { keyword: string; text: string; international: boolean }[] {
  const { meta, carrier } = image;
  if (meta === null) return [];
  if (carrier === 'comfy') {
    const graph = comfyOf(meta);
    return [
      { keyword: 'prompt', text: JSON.stringify(graph.prompt), international: false },
      { keyword: 'workflow', text: JSON.stringify(graph.workflow), international: false },
    ];
  }
  return [{ keyword: 'parameters', text: infotext(meta), international: carrier === 'png-itxt' }];
}

function tiffOf(image: WorldImage): Buffer | undefined {
  if (image.meta === null || image.carrier === 'none') return undefined;
  return userComment(infotext(image.meta), image.carrier === 'exif-le' ? 'little' : 'big');
}
