import { bell, unit } from './random.ts';
import type { ImageStats, ModelStats } from './types.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Share of the final count reached at an age: fast at first, long in the tail, never falling. */
function grown(ageMs: number, scaleMs: number, shape: number): number {
  return ageMs <= 0 ? 0 : 1 - Math.exp(-((ageMs / scaleMs) ** shape));
}

/** What one image's counters will be in the end and how fast they get there; from seed and id alone. */
function fateOf(seed: number, id: number): { final: number; scale: number } {
  return {
    final: Math.exp(1.6 + 1.7 * bell(seed, id, 11)),
    scale: 20 * HOUR * Math.exp(0.7 * bell(seed, id, 12)),
  };
}

/** Counters of an image of that id and birth. Dislikes are always 0, as the API has them. */
export function imageStatsAt(seed: number, id: number, createdAt: number, now: number): ImageStats {
  const { final, scale } = fateOf(seed, id);
  const reached = final * grown(now - createdAt, scale, 0.55);
  const heart = 0.2 + 0.3 * unit(seed, id, 13);
  const laugh = 0.12 * unit(seed, id, 14);
  const cry = 0.12 * unit(seed, id, 15);
  return {
    cryCount: Math.floor(reached * cry),
    laughCount: Math.floor(reached * laugh),
    likeCount: Math.floor(reached * (1 - heart - laugh - cry)),
    dislikeCount: 0,
    heartCount: Math.floor(reached * heart),
    commentCount: Math.floor(reached * 0.05 * unit(seed, id, 16)),
  };
}

/** Sum of the reactions, comments apart. */
export function reactionSum(stats: ImageStats): number {
  return stats.cryCount + stats.laughCount + stats.likeCount + stats.dislikeCount + stats.heartCount;
}

/** Counters of a model or version; `id` any number of its own. */
export function modelStatsAt(seed: number, id: number, createdAt: number, now: number): ModelStats {
  const final = Math.exp(6.5 + 1.8 * bell(seed, id, 21));
  const reached = final * grown(now - createdAt, 60 * DAY, 0.6);
  const liked = 0.04 + 0.1 * unit(seed, id, 22);
  return {
    downloadCount: Math.floor(reached),
    thumbsUpCount: Math.floor(reached * liked),
    thumbsDownCount: Math.floor(reached * liked * 0.01),
    commentCount: Math.floor(reached * 0.004),
    tippedAmountCount: Math.floor(reached * 0.05 * unit(seed, id, 23)) * 10,
  };
}
