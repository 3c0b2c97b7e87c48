/** Tells whether a relative path (forward slashes) is meant by a pattern. */
export type PathTest = (relativePath: string) => boolean;

/**
 * Compiles glob patterns: `*` and `?` stay within a name, `**` crosses folders, a pattern without `/` is tried on the
 * name in any folder. Letter case is ignored, as file systems differ in it. Takes linear space and at most
 * quadratic time in the length of the path, whatever the pattern.
 */
export function anyOf(patterns: readonly string[]): PathTest {
  const compiled = patterns.map((pattern) => pattern.toLowerCase().split('/'));
  return (relativePath) => {
    const segments = relativePath.toLowerCase().split('/');
    return compiled.some((pattern) =>
      pattern.length === 1 && pattern[0] !== '**'
        ? nameMatches(pattern[0] ?? '', segments.at(-1) ?? '')
        : wildMatches(pattern, segments, '**', nameMatches),
    );
  };
}

function nameMatches(pattern: string, name: string): boolean {
  return wildMatches([...pattern], [...name], '*', (one, other) => one === '?' || one === other);
}

/**
 * The classic two-pointer match: on a mismatch only the last wild item takes one more, since an earlier one could
 * gain nothing by it.
 */
function wildMatches(
  pattern: readonly string[],
  items: readonly string[],
  wild: string,
  same: (one: string, other: string) => boolean,
): boolean {
  let at = 0;
  let lastWild = -1;
  let resume = 0;
  let item = 0;
  while (item < items.length) {
    const wanted = pattern[at];
    if (wanted === wild) {
      lastWild = at++;
      resume = item;
    } else if (wanted !== undefined && same(wanted, items[item] ?? '')) {
      at++;
      item++;
    } else if (lastWild >= 0) {
      at = lastWild + 1;
      item = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === wild) at++;
  return at === pattern.length;
}
