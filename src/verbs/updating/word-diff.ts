/** Words shown on either side of a difference, and most of each text that differs. */
const AROUND = 3;
const MOST = 12;

/** Where two texts differ, by words: what both begin and end with is left out but for a few words. */
export interface WordDiff {
  readonly before: string;
  readonly after: string;
}

/** Compares two texts from both ends, so it takes no longer than reading them. */
export function wordDiff(before: string, after: string): WordDiff {
  const [was, is] = [wordsOf(before), wordsOf(after)];
  const shorter = Math.min(was.length, is.length);
  let start = 0;
  while (start < shorter && was[start] === is[start]) start += 1;
  let end = 0;
  while (end < shorter - start && was.at(-1 - end) === is.at(-1 - end)) end += 1;
  return { before: excerpt(was, start, end), after: excerpt(is, start, end) };
}

function excerpt(words: readonly string[], start: number, end: number): string {
  const from = Math.max(0, start - AROUND);
  const to = Math.min(words.length - end + AROUND, words.length);
  const until = Math.min(to, from + MOST + 2 * AROUND);
  const shown = words.slice(from, until).join(' ');
  return `${from > 0 ? '… ' : ''}${shown}${until < words.length ? ' …' : ''}`;
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** More of a description is not compared; the largest take megabytes. */
const MOST_HTML = 200_000;

/** The words of HTML, for a line of text: tags become blanks, the commonest entities their characters. */
export function htmlWords(html: string): string {
  return html
    .slice(0, MOST_HTML)
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name: string) => ENTITIES[name] ?? ' ');
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  nbsp: ' ',
};
