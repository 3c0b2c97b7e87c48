import { homedir } from 'node:os';

/**
 * Rows of a summary: parts three blanks apart, the numbers at the start of the rows standing one below the other.
 */
export function summaryRows(rows: readonly (readonly string[])[]): string[] {
  const leads = rows.map(([first = '']) => /^[\d,]*/.exec(first)?.[0].length ?? 0);
  const widest = Math.max(0, ...leads);
  return rows.map((row, index) => {
    const lead = leads[index] ?? 0;
    return `${lead === 0 ? '' : ' '.repeat(widest - lead)}${row.join('   ')}`;
  });
}

/** An absolute path for people: the home folder as `~`. */
export function homePath(path: string, home: string = homedir()): string {
  const below = home.replace(/[/\\]+$/, '');
  if (below === '' || !path.startsWith(below)) return path;
  const rest = path.slice(below.length);
  return rest === '' || rest.startsWith('/') || rest.startsWith('\\') ? `~${rest}` : path;
}

/** A path as one line of a list: names may hold line feeds and tabs. */
export function listedPath(path: string): string {
  return path.replace(/[\n\r\t]/g, '\uFFFD');
}
