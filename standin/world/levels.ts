import { unit } from './random.ts';

/** How mature a model's pictures are. */
export type Maturity = 'unrated' | 'mild' | 'mixed' | 'mature';

const LEVELS: Readonly<Record<Maturity, readonly number[]>> = {
  unrated: [0],
  mild: [1, 1, 1, 1, 1, 1, 1, 2],
  mixed: [1, 1, 1, 2, 4, 8],
  mature: [4, 8, 16, 16],
};

/** The level bit of one picture; `key` is its id, or any number of its own. */
export function levelOf(seed: number, key: number, maturity: Maturity): number {
  const levels = LEVELS[maturity];
  return levels[Math.floor(unit(seed, key, 77) * levels.length)] ?? 0;
}

/** The preview ids of a version: `count` of them, found again from the id alone. */
const PREVIEW_IDS = 1_000_000;
const PREVIEW_SPAN = 64;

export function previewId(versionOrdinal: number, k: number): number {
  return PREVIEW_IDS + versionOrdinal * PREVIEW_SPAN + k * 3 + 1;
}

/** Which version's preview an id may be; the caller knows how many each version has. */
export function previewOf(
  imageId: number,
): { readonly versionOrdinal: number; readonly k: number } | undefined {
  const offset = imageId - PREVIEW_IDS;
  const k = ((offset % PREVIEW_SPAN) - 1) / 3;
  if (offset < 0 || !Number.isInteger(k) || k < 0 || k >= 20) return undefined;
  return { versionOrdinal: Math.floor(offset / PREVIEW_SPAN), k };
}
