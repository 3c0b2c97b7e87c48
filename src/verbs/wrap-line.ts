/**
 * A line broken into lines of at most `width` characters, between columns where it has some (three blanks), else
 * between words. What follows hangs under the text of the first line. A word is never broken, for it may be a path
 * that somebody copies. Characters are counted as one column each.
 *
 * @param hang columns before the text, where they are known: a label and its padding
 */
export function wrapLine(line: string, width: number | undefined, hang?: number): string[] {
  if (width === undefined || width < 20 || line.length <= width || /^\s*at \S/.test(line)) return [line];
  const indent = /^ */.exec(line)?.[0] ?? '';
  if (hang !== undefined && hang <= width / 2)
    return packed(line.slice(hang).split(' '), ' ', line.slice(0, hang), ' '.repeat(hang), width);
  const columns = line.slice(indent.length).split(/ {3,}/);
  // A short label before the text, as in "Gallery  ~/models/gallery.html".
  const label = /^ *\S{1,24} {2,}(?=\S)/.exec(line)?.[0] ?? '';
  const isTable = columns.length > 1 && columns.every((column) => indent.length + column.length <= width);
  if (isTable && label === '') return packed(columns, '   ', indent, indent, width);
  const lead = label.length > 0 && label.length <= width / 2 ? label : indent;
  return packed(line.slice(lead.length).split(' '), ' ', lead, ' '.repeat(lead.length), width);
}

function packed(
  parts: readonly string[],
  between: string,
  first: string,
  hang: string,
  width: number,
): string[] {
  const lines: string[] = [];
  let current: string | undefined;
  for (const part of parts) {
    const grown: string = current === undefined ? first + part : current + between + part;
    if (current === undefined || grown.length <= width) current = grown;
    else {
      lines.push(current);
      current = hang + part;
    }
  }
  return current === undefined ? lines : [...lines, current];
}
