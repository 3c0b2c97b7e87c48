import { relative, sep } from 'node:path';

/** A relative, percent-encoded url from one folder to a path; both absolute. */
export function hrefFrom(folder: string, path: string): string {
  // Names of some systems hold halves of letters, which no url can carry.
  return relative(folder, path).toWellFormed().split(sep).map(encodeURIComponent).join('/');
}
