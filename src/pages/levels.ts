/** Rating levels in rising order; the index is what pages and the browser app compare. */
export const LEVELS = ['unrated', 'PG', 'PG-13', 'R', 'X', 'XXX', 'blocked'] as const;

/** Index in `LEVELS` of the highest bit of a level mask (1 PG, 2 PG-13, 4 R, 8 X, 16 XXX, 32 blocked). */
export function levelIndex(mask: number): number {
  if (!Number.isInteger(mask) || mask <= 0) return 0;
  return Math.min(LEVELS.length - 1, 32 - Math.clz32(mask & 0x3f));
}

/** A mask for people: `PG`, or `PG to X` when a model has pictures of several levels. */
export function levelText(mask: number): string {
  const high = levelIndex(mask);
  const low = high === 0 ? 0 : levelIndex(mask & -mask);
  const name = LEVELS[high] ?? 'unrated';
  return low === high ? name : `${LEVELS[low] ?? 'unrated'} to ${name}`;
}
