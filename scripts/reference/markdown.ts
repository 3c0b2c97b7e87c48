/** A table; cells are escaped, empty columns are left out. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const used = head.map((_, column) => rows.some((row) => (row[column] ?? '') !== ''));
  const line = (cells: readonly string[]): string =>
    `| ${cells
      .filter((_, column) => used[column])
      .map(cell)
      .join(' | ')} |`;
  const rule = `|${head
    .filter((_, column) => used[column])
    .map(() => '---|')
    .join('')}`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ');
}

/** A text as code, empty when there is none. */
export function code(text: string | number | undefined): string {
  return text === undefined || text === '' ? '' : `\`${text}\``;
}

/** The note at the top of every generated page. */
export function generatedFrom(source: string): string {
  return `<!-- Made by npm run docs from ${source}. -->`;
}
