import { z } from 'zod';
import { isRecord } from '../../base/json.ts';
import { counter, number } from './lenient.ts';
import type { Stats } from './types.ts';

const StatsShape = z.object({
  downloadCount: counter,
  thumbsUpCount: counter,
  thumbsDownCount: counter,
  commentCount: counter,
  tippedAmountCount: counter,
  favoriteCount: number,
  rating: number,
  ratingCount: number,
});

/** Reads `stats`; null, absent and other things are silence in every counter. */
export function readStats(value: unknown): Stats {
  const read = StatsShape.parse(isRecord(value) ? value : {});
  return {
    downloadCount: read.downloadCount,
    thumbsUpCount: read.thumbsUpCount,
    thumbsDownCount: read.thumbsDownCount,
    commentCount: read.commentCount,
    tippedAmountCount: read.tippedAmountCount,
    favoriteCount: read.favoriteCount,
    rating: read.rating,
    ratingCount: read.ratingCount,
  };
}
