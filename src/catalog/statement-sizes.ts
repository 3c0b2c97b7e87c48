/**
 * How many rows or keys go into one statement. SQLite keeps some 40 bytes for each byte of a prepared statement until the
 * garbage collector comes by, which sees only a small object: a run that makes a new statement for every batch grows by
 * hundreds of megabytes. Lengths that are powers of two make the same few statements do for all batches.
 */

/** Cuts a list into runs whose lengths are powers of two, the longest first, none longer than `most`. */
export function* evenRuns<T>(items: readonly T[], most: number): Generator<T[]> {
  for (let start = 0; start < items.length;) {
    const length = powerBelow(Math.min(items.length - start, Math.max(most, 1)));
    yield items.slice(start, start + length);
    start += length;
  }
}

/** The keys of an `in (…)`, the last one repeated until their number is a power of two. */
export function evenKeys<T>(keys: readonly T[]): T[] {
  const last = keys.at(-1);
  if (last === undefined) return [];
  const length = powerBelow(keys.length);
  return length === keys.length
    ? [...keys]
    : [...keys, ...Array.from({ length: 2 * length - keys.length }, () => last)];
}

function powerBelow(count: number): number {
  return 2 ** Math.floor(Math.log2(count));
}
