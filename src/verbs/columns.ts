import fastStringWidth from 'fast-string-width';

/** Columns of a terminal that a text takes: letters of Chinese, Japanese and Korean and emoji take two. */
export function columnsOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : fastStringWidth(text);
}

/** A text filled with blanks to so many columns. */
export function padColumns(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}

/** A text cut in the middle to at most so many columns: what tells names apart stands at either end. */
export function cutMiddle(text: string, most: number): string {
  if (columnsOf(text) <= most) return text;
  const letters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  const kept = Math.max(2, most - 1);
  const head = fitting(letters, Math.ceil(kept / 2));
  const tail = fitting(letters.toReversed(), kept - columnsOf(head.join('')));
  return `${head.join('')}…${tail.toReversed().join('')}`;
}

function fitting(letters: readonly string[], most: number): string[] {
  let columns = 0;
  const end = letters.findIndex((letter) => (columns += columnsOf(letter)) > most);
  return letters.slice(0, end === -1 ? undefined : end);
}
