/**
 * Tells whether `text` is meant by `pattern` as a whole: `*` any run of characters, `?` one. On a mismatch only the last
 * `*` takes one more, as an earlier one could gain nothing by it: at most their lengths multiplied, never more.
 */
export function wildMatches(pattern: string, text: string): boolean {
  let at = 0;
  let here = 0;
  let lastStar = -1;
  let resume = 0;
  while (here < text.length) {
    const wanted = pattern.charCodeAt(at);
    if (wanted === STAR) {
      lastStar = at++;
      resume = here;
    } else if (wanted === MARK || wanted === text.charCodeAt(here)) {
      at += 1;
      here += 1;
    } else if (lastStar >= 0) {
      at = lastStar + 1;
      here = ++resume;
    } else {
      return false;
    }
  }
  while (pattern.charCodeAt(at) === STAR) at += 1;
  return at === pattern.length;
}

/** True when a term asks for more than itself. */
export function isWild(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

const STAR = 42;
const MARK = 63;
