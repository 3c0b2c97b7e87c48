import type { Root } from '../../catalog/root.ts';
import { layoutOf, USUAL_LAYOUT } from './layout.ts';
import { galleryFolder, galleryPage } from './settle.ts';

/** Some of the known roots, and those that share a gallery with one of them: it is written with all of them. */
export function rootsWithGalleries(
  known: readonly Root[],
  rootIds: ReadonlySet<number>,
  cwd: string,
): Root[] {
  const pageOf = (root: Root): string => galleryPage(root.path, layoutOf(root) ?? USUAL_LAYOUT, cwd);
  const shared = new Set(known.filter(({ id }) => rootIds.has(id)).map(pageOf));
  return known.filter((root) => rootIds.has(root.id) || shared.has(pageOf(root)));
}

/** The folders in which pages and galleries of some roots are written, absolute: who writes is to be alone there. */
export function foldersWritten(known: readonly Root[], rootIds: ReadonlySet<number>, cwd: string): string[] {
  return rootsWithGalleries(known, rootIds, cwd).flatMap((root) => [
    root.path,
    galleryFolder(root.path, layoutOf(root) ?? USUAL_LAYOUT, cwd),
  ]);
}
