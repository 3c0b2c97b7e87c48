import { drawOriginal, drawReduced } from './draw.ts';
import type { Picture } from './draw.ts';
import type { Gallery } from './gallery-shape.ts';
import { templatePictures } from './template.ts';

/** `drawn`: scenes. A number: JPEGs of about so many bytes that differ in a few of them, for benchmarks. */
export type PictureKind = 'drawn' | number;

/** Drawn pictures kept at a time. */
const MAX_BYTES = 48 * 1024 * 1024;

export function makeGallery(kind: PictureKind): Gallery {
  if (typeof kind === 'number') return templatePictures(kind);
  const kept = new Map<string, Promise<Picture>>();
  const sizes = new Map<string, number>();
  let bytes = 0;
  const keep = (key: string, draw: () => Promise<Picture>): Promise<Picture> => {
    const held = kept.get(key);
    if (held !== undefined) return held;
    const drawing = draw();
    kept.set(key, drawing);
    drawing.then(
      (picture) => {
        sizes.set(key, picture.bytes.length);
        bytes += picture.bytes.length;
        for (const [oldest, size] of sizes) {
          if (bytes <= MAX_BYTES) break;
          bytes -= size;
          sizes.delete(oldest);
          kept.delete(oldest);
        }
      },
      () => kept.delete(key),
    );
    return drawing;
  };
  return {
    original: (image) => keep(`${image.id}`, () => drawOriginal(image)),
    reduced: (image, wanted) =>
      keep(`${image.id}/${wanted}`, () => drawReduced(image.id, image.width, image.height, wanted)),
  };
}
