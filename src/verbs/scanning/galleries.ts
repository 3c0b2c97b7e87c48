import { join } from 'node:path';
import type { WalkedRoot } from '../../archive/take-stock.ts';
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
export function galleryPaths(
  roots: readonly WalkedRoot[],
  request: Pick<ScanRequest, 'output'>,
  cwd: string,
): string[] {
  return galleryPlaces(roots, request, cwd).map((place) => place.page);
}
