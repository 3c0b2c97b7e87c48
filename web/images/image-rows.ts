import type { Images } from './image-data.ts';

/** Widest and narrowest shape that a cell takes; what is longer is cropped. */
const MOST = 2.4;
const LEAST = 0.5;

/** Width by height as a cell has it; of an unknown one that of most. Pure. */
export function shapeOf({ width, height }: Pick<Images, 'width' | 'height'>, at: number): number {
  const [across = -1, down = -1] = [width[at], height[at]];
  return across > 0 && down > 0 ? Math.min(MOST, Math.max(LEAST, across / down)) : 2 / 3;
}

/**
 * Images in rows of one height that fill the width: where each row starts among the results, with the end as last. Pure.
 */
export function rowStarts(
  shapes: ArrayLike<number>,
  width: number,
  height: number,
  gap: number,
): Uint32Array {
  const starts: number[] = [0];
  let used = 0;
  for (let at = 0; at < shapes.length; at += 1) {
    const wide = (shapes[at] ?? 1) * height;
    const start = starts.at(-1) ?? 0;
    // A cell that fits by more than half belongs to the row: the others make room.
    if (at > start && used + gap + wide / 2 > width) {
      starts.push(at);
      used = wide;
    } else used += (at > start ? gap : 0) + wide;
  }
  if (shapes.length > 0) starts.push(shapes.length);
  return Uint32Array.from(starts);
}

/** The row of a result. Pure. */
export function rowOf(starts: Uint32Array, position: number): number {
  let low = 0;
  let high = starts.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** The result in another row that stands nearest below or above one. Pure. */
export function positionBeside(
  starts: Uint32Array,
  shapes: ArrayLike<number>,
  position: number,
  rows: number,
): number {
  const row = rowOf(starts, position);
  const next = Math.max(0, Math.min(starts.length - 2, row + rows));
  if (next === row) return position;
  const aim = centreIn(starts, shapes, row, position);
  const [first, last] = [starts[next] ?? 0, starts[next + 1] ?? 1];
  let best = first;
  for (let at = first; at < last; at += 1)
    if (
      Math.abs(centreIn(starts, shapes, next, at) - aim) <
      Math.abs(centreIn(starts, shapes, next, best) - aim)
    )
      best = at;
  return best;
}

/** Where the middle of a cell stands in its row, from 0 to 1. */
function centreIn(starts: Uint32Array, shapes: ArrayLike<number>, row: number, position: number): number {
  let before = 0;
  let all = 0;
  for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at += 1) {
    if (at < position) before += shapes[at] ?? 1;
    all += shapes[at] ?? 1;
  }
  return (before + (shapes[position] ?? 1) / 2) / Math.max(all, 0.001);
}
