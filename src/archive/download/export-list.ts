import { basename, dirname } from 'node:path';

/** A file that another program is to fetch. */
export interface ListedFile {
  /** The site's own address, without key. */
  readonly source: string;
  /** Where it should come, absolute. */
  readonly path: string;
  readonly sha256: string | undefined;
}

/** The list as an input file of aria2 (`aria2c -i FILE`): address, then folder, name and promised hash. */
export function aria2List(files: readonly ListedFile[]): string {
  return files
    .map(({ source, path, sha256 }) =>
      [
        source,
        `  dir=${oneLine(dirname(path))}`,
        `  out=${oneLine(basename(path))}`,
        '  continue=true',
        '  auto-file-renaming=false',
        ...(sha256 === undefined ? [] : [`  checksum=sha-256=${sha256}`]),
        '',
      ].join('\n'),
    )
    .join('');
}

/** The list as one address a line. */
export function plainList(files: readonly ListedFile[]): string {
  return files.map(({ source }) => `${source}\n`).join('');
}

/** A line break in the name of a folder would begin another entry. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, '_');
}
