/** Places 0, 1 … by their keys. A key below zero is unknown and comes last either way; `tie` decides among equal ones. */
export function orderBy(
  keys: readonly number[],
  falling: boolean,
  tie: (one: number, other: number) => number,
): Uint32Array {
  const order = Uint32Array.from(keys, (_, at) => at);
  const sign = falling ? -1 : 1;
  return order.sort((a, b) => {
    const left = keys[a] ?? -1;
    const right = keys[b] ?? -1;
    if (left === right) return tie(a, b);
    if (left < 0 || right < 0) return left < 0 ? 1 : -1;
    return sign * (left - right);
  });
}

/** Numbers that sort as the words do that a column points at. */
export function ranksOf(column: readonly number[], words: readonly string[]): number[] {
  const byWord = new Intl.Collator('en', { numeric: true });
  const places = words.map((_, at) => at).toSorted((a, b) => byWord.compare(words[a] ?? '', words[b] ?? ''));
  const rank = new Map(places.map((at, index) => [at, index]));
  return column.map((at) => rank.get(at) ?? -1);
}
