import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { isSystemError, LibraryError } from '../base/errors.ts';

/** The folders within which something may be written. */
export interface Bounds {
  /**
   * Proves that `path` (absolute) lies inside, with all links of its parent resolved at this moment; a parent that
   * does not exist yet is proven by the nearest one that does. Throws LibraryError `outside-root`.
   */
  check(path: string): void;
}

/**
 * Bounds of one root. `links`: folders of the root (relative) that the user made as links to elsewhere and that the
 * walk entered; what lies behind them counts as inside.
 */
export function boundsOf(root: string, links: readonly string[] = []): Bounds {
  const absolute = resolve(root);
  let proven: Set<string> | undefined;
  const realRoots = (): Set<string> =>
    new Set([absolute, ...links.map((link) => join(absolute, link))].map(realOf));
  return {
    check(path) {
      // By its text first: no link may excuse a name that climbs out.
      if (path.includes('\0') || !contains(absolute, resolve(path)) || resolve(path) === absolute)
        throw outside(path, absolute);
      const parent = realOf(dirname(resolve(path)));
      proven ??= realRoots();
      for (const real of proven) if (contains(real, parent)) return;
      throw outside(path, absolute);
    },
  };
}

/** Proves once that `path` lies inside `root`; see Bounds. */
export function assertInside(root: string, path: string): void {
  boundsOf(root).check(path);
}

function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** The real path of a folder; of one that is not there, its nearest existing parent's and the rest of the names. */
function realOf(path: string): string {
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    try {
      return join(realpathSync.native(at), ...missing);
    } catch (cause) {
      if (!isSystemError(cause, 'ENOENT') || dirname(at) === at) {
        throw new LibraryError(`The folder can't be found: ${path}`, {
          code: 'outside-root',
          next: 'Check the links on the way to it.',
          cause,
        });
      }
      missing.unshift(relative(dirname(at), at));
    }
  }
}

function outside(path: string, root: string): LibraryError {
  return new LibraryError(`It would lie outside ${root}: ${path.replaceAll('\0', '\uFFFD')}`, {
    code: 'outside-root',
    next: 'Check the name, and the links on the way to it.',
  });
}
