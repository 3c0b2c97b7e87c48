import { formatCount } from '../../base/bytes.ts';

/** `1 page has`, `2 pages have`. */
export function counted(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** As many examples are named. */
const EXAMPLES = 3;

/** A few paths out of a list, for a sentence. */
export function some(paths: readonly string[]): string {
  const named = paths.slice(0, EXAMPLES).join(', ');
  return paths.length > EXAMPLES ? `${named} and ${formatCount(paths.length - EXAMPLES)} more` : named;
}
