import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { isInside } from '../../archive/targets.ts';
import { collectedImages, collectedOutputs } from '../../catalog/collected-image.ts';
import type { CollectedImage } from '../../catalog/collected-image.ts';
import type { Catalog } from '../../catalog/open.ts';
import { outputsOf } from '../../catalog/output.ts';
import { IMAGES_PAGE } from '../../pages/face-names.ts';
import type { GalleryPlace } from './galleries.ts';

/** The images that a gallery shows: fetched into one of its roots or below it, and still where they were placed. */
export async function collectedIn(
  catalog: Pick<Catalog, 'db'>,
  hostId: string,
  place: GalleryPlace,
): Promise<CollectedImage[]> {
  if (!place.hasPage) return [];
  const outputs = await outputsIn(catalog, hostId, foldersOf(place));
  const images = await collectedImages(catalog.db, hostId, outputs.keys());
  return images.filter(({ path }) => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

/** True when images came after an image gallery was written, or it is not there: a run was cut short before it was. */
export async function imagesBehind(
  catalog: Pick<Catalog, 'db'>,
  hostId: string,
  place: Pick<GalleryPlace, 'folder' | 'files' | 'roots' | 'others'>,
): Promise<boolean> {
  const newest = Math.max(-1, ...(await outputsIn(catalog, hostId, foldersOf(place))).values());
  if (newest < 0) return false;
  const [page] = await outputsOf(catalog.db, { paths: [imagesPageOf(place.files)] });
  if (page === undefined || page.done_sha256 === null || page.intent_sha256 !== null) return true;
  return page.at < newest || lstatSync(page.path, { throwIfNoEntry: false }) === undefined;
}

/** The image gallery, from the folder of side files; both absolute. */
export function imagesPageOf(files: string): string {
  return join(files, IMAGES_PAGE);
}

/** The folders whose images a gallery shows, absolute. */
function foldersOf({ roots, others, folder }: Pick<GalleryPlace, 'folder' | 'roots' | 'others'>): string[] {
  const paths = [...roots.map(({ target }) => target.root), ...others.map((root) => root.path)];
  return paths.length === 0 ? [folder] : paths;
}

/** The folders that images were fetched into, of those within some others, and when the last came. */
async function outputsIn(
  { db }: Pick<Catalog, 'db'>,
  hostId: string,
  folders: readonly string[],
): Promise<Map<string, number>> {
  const all = await collectedOutputs(db, hostId);
  return new Map(
    [...all].filter(([output]) => folders.some((folder) => folder === output || isInside(folder, output))),
  );
}
