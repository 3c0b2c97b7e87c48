import { join } from 'node:path';
import { isForeignAt } from '../../archive/foreign-file.ts';
import type { WalkedRoot } from '../../archive/take-stock.ts';
import type { Catalog } from '../../catalog/open.ts';
import type { ScanRequest } from './scan-request.ts';
import { galleryFolder } from './settle.ts';

/** One gallery and the roots it shows. */
export interface GalleryPlace {
  /** Absolute. */
  readonly folder: string;
  readonly page: string;
  /** The page when a file of the user's stands at `page`. */
  readonly pageOtherwise: string;
  /** `gallery.files`, absolute. */
  readonly files: string;
  readonly roots: readonly WalkedRoot[];
}

/** A gallery for each root, or one for all when an output folder was named. */
export function galleryPlaces(
  roots: readonly WalkedRoot[],
  request: Pick<ScanRequest, 'output'>,
  cwd: string,
): GalleryPlace[] {
  const byFolder = new Map<string, WalkedRoot[]>();
  for (const root of roots) {
    const folder = galleryFolder(root.target.root, request, cwd);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), root]);
  }
  return [...byFolder].map(([folder, members]) => ({
    folder,
    page: join(folder, 'gallery.html'),
    pageOtherwise: join(folder, 'gallery.civitarium.html'),
    files: join(folder, 'gallery.files'),
    roots: members,
  }));
}

/** The gallery pages of some roots, absolute. */
export async function galleryPaths(
  catalog: Catalog,
  roots: readonly WalkedRoot[],
  request: Pick<ScanRequest, 'output'>,
  cwd: string,
): Promise<string[]> {
  return await Promise.all(galleryPlaces(roots, request, cwd).map((place) => galleryPageAt(catalog, place)));
}

/** Where the page of a gallery is or will be: a file of the user's may stand at its first place. */
export async function galleryPageAt(catalog: Catalog, place: GalleryPlace): Promise<string> {
  return (await isForeignAt(catalog, place.page)) ? place.pageOtherwise : place.page;
}
