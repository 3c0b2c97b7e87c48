/** How many previews of a version are wanted. */
export type PreviewWish = 'first' | 'all' | 'none' | number;

export interface PreviewImage {
  readonly imageId: number;
  readonly url: string;
  readonly media: 'image' | 'video' | 'audio';
  readonly nsfwLevel: number;
  /** Of the original, pixels; null when the site does not say. */
  readonly width: number | null;
  readonly height: number | null;
}

/** A library file with the images of its version, in the site's order, and the previews it already has. */
export interface PreviewSubject {
  readonly fileId: number;
  readonly images: readonly PreviewImage[];
  /** Slots, from 1, that hold a preview: ours by image, the user's own with `undefined`. */
  readonly held: ReadonlyMap<number, number | undefined>;
}

/** One image to be brought into one slot of one file. */
export interface PreviewStep {
  readonly fileId: number;
  readonly image: PreviewImage;
  /** From 1; slot 1 is the cover. */
  readonly slot: number;
}

/** Reads `--images`; `undefined` for what it can't mean. */
export function parsePreviewWish(text: string): PreviewWish | undefined {
  if (text === 'first' || text === 'all' || text === 'none') return text;
  return /^\d{1,4}$/.test(text) ? Number(text) : undefined;
}

/**
 * Which images are missing. An image takes the slot of its place in the site's order, or the next free one; a slot that
 * holds something keeps it, so a cover never changes under its owner. Images outside `levels` (a bitmask; unrated ones
 * pass) are left out.
 */
export function planPreviews(
  subjects: readonly PreviewSubject[],
  wish: PreviewWish,
  levels: number,
): PreviewStep[] {
  const most = wish === 'all' ? Infinity : wish === 'first' ? 1 : wish === 'none' ? 0 : wish;
  return subjects.flatMap((subject) => stepsOf(subject, most, levels));
}

function stepsOf({ fileId, images, held }: PreviewSubject, most: number, levels: number): PreviewStep[] {
  const taken = new Set(held.keys());
  const present = new Set(held.values());
  const steps: PreviewStep[] = [];
  const shown = images.filter(
    (image) => image.media !== 'audio' && (image.nsfwLevel === 0 || (image.nsfwLevel & levels) !== 0),
  );
  for (const [index, image] of shown.entries()) {
    if (held.size + steps.length >= most) break;
    if (present.has(image.imageId)) continue;
    let slot = index + 1;
    while (taken.has(slot)) slot += 1;
    taken.add(slot);
    steps.push({ fileId, image, slot });
  }
  return steps;
}

/**
 * Roughly how many bytes some images take, from their measures: an estimate, nobody is asked. Ours: a generator's PNG
 * takes about 1.5 bytes a pixel, a JPEG about 0.3, and both are common; of a film the same measure stands for its frames.
 */
export function estimateBytes(images: readonly Pick<PreviewImage, 'media' | 'width' | 'height'>[]): number {
  let bytes = 0;
  for (const { media, width, height } of images)
    bytes += (width ?? USUAL_SIDE) * (height ?? USUAL_SIDE) * (media === 'video' ? VIDEO_BYTES : IMAGE_BYTES);
  return Math.round(bytes);
}

const USUAL_SIDE = 1024;
/** A pixel. */
const IMAGE_BYTES = 0.8;
const VIDEO_BYTES = 4;
