import { dirname, relative, sep } from 'node:path';

/** A relative, percent-encoded url from one folder to a path; both absolute. */
export function hrefFrom(folder: string, path: string): string {
  return relative(folder, path).split(sep).map(encodeURIComponent).join('/');
}

/** The same from the folder of a file. */
export function hrefFromFile(file: string, path: string): string {
  return hrefFrom(dirname(file), path);
}
