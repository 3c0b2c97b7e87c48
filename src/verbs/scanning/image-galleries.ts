import { dirname, resolve } from 'node:path';
import { isInside } from '../../archive/targets.ts';
import { collectedOutputs } from '../../catalog/collected-image.ts';
import type { Catalog } from '../../catalog/open.ts';
import { dateOutput } from '../../catalog/output.ts';
import { rootsOf } from '../../catalog/root.ts';
import type { Root } from '../../catalog/root.ts';
import { removeStaleTempsBelow } from '../../library/stale-temps.ts';
import type { Deps } from '../deps.ts';
import type { Failure } from '../verb.ts';
import { aloneIn } from './alone-in.ts';
import { withCatalogRoots } from './catalog-roots.ts';
import { imagesBehind, imagesPageOf } from './collected-in.ts';
import { bareGallery, sideFiles } from './galleries.ts';
import type { FilesWritten } from './library-job.ts';
import { layoutOf, USUAL_LAYOUT } from './layout.ts';
import { endAsBefore, galleryPage, unsettle } from './settle.ts';
import { rootsWithGalleries } from './shared-galleries.ts';
import { writeByLayout } from './write-by-layout.ts';
import { writeGallery } from './write-gallery.ts';
import { writePosters } from './write-posters.ts';

export interface ImagesShown extends FilesWritten {
  /** Their pages, absolute. */
  readonly galleries: readonly string[];
}

export const NO_GALLERIES: ImagesShown = { written: 0, warnings: [], failures: [], galleries: [] };

/**
 * Writes the galleries of some folders (absolute) that images were fetched into, where they don't show all of them yet: that
 * of the scanned folder it is or lies in, else one of its own.
 */
export async function showImages(
  deps: Deps,
  catalog: Catalog,
  outputs: Iterable<string>,
  online = true,
): Promise<ImagesShown> {
  const hostId = await deps.hostId();
  const known = await rootsOf(catalog.db, hostId);
  const behind = new Set<Root>();
  const shown: ImagesShown[] = [];
  for (const output of new Set(outputs)) {
    const around = rootsAround(known, output);
    for (const root of around) if (await isBehind(deps, catalog, hostId, root)) behind.add(root);
    if (around.length === 0 && (await imagesBehind(catalog, hostId, bareGallery(output))))
      shown.push(await writeBare(deps, catalog, output, online));
  }
  if (behind.size > 0) shown.push(await rewriteGalleries(deps, catalog, known, behind, online));
  return together(shown);
}

/** The folders that images were fetched into which lie in, or hold, one of these paths (all absolute). */
export async function outputsAt(deps: Deps, catalog: Catalog, paths: readonly string[]): Promise<string[]> {
  const outputs = [...(await collectedOutputs(catalog.db, await deps.hostId())).keys()];
  return outputs.filter((output) =>
    paths.some((path) => path === output || isInside(path, output) || isInside(output, path)),
  );
}

/**
 * Records that images in some folders are about to be told of differently: until their galleries are written again, by
 * `showImages` or whoever else writes pages next, these are behind.
 */
export async function putBehind(deps: Deps, catalog: Catalog, outputs: readonly string[]): Promise<void> {
  const known = await rootsOf(catalog.db, await deps.hostId());
  const pages = outputs.flatMap((output) => {
    const around = rootsAround(known, output);
    if (around.length === 0) return [bareGallery(output).files];
    return around.map((root) => sideFiles(galleryPage(root.path, layoutOf(root) ?? USUAL_LAYOUT, deps.cwd)));
  });
  for (const files of new Set(pages)) await dateOutput(catalog, imagesPageOf(files), SINCE_EVER);
}

const SINCE_EVER = 0;

/** Folders that images were fetched into and that no scanned folder is or holds, absolute: those among `wanted`, or all. */
export async function bareOutputs(
  deps: Deps,
  catalog: Catalog,
  wanted: readonly string[],
): Promise<string[]> {
  const hostId = await deps.hostId();
  const known = await rootsOf(catalog.db, hostId);
  const asked = new Set(wanted.map((path) => resolve(deps.cwd, path)));
  const outputs = [...(await collectedOutputs(catalog.db, hostId)).keys()];
  return outputs.filter(
    (output) => rootsAround(known, output).length === 0 && (asked.size === 0 || asked.has(output)),
  );
}

/** Writes the gallery of a folder of images in which no models were scanned. */
export async function writeBare(
  deps: Deps,
  catalog: Catalog,
  output: string,
  online: boolean,
): Promise<ImagesShown> {
  const place = bareGallery(output);
  return await aloneIn(deps, [output], async () => {
    removeStaleTempsBelow(place.files);
    const posters = await writePosters(deps, catalog, place, online);
    const parts = { pageOf: new Map<string, string>(), posters: posters.byFilm, ofRun: new Set<number>() };
    const gallery = await writeGallery(deps, catalog, place, parts);
    return together([
      { ...posters, galleries: [] },
      { ...gallery, galleries: [gallery.page] },
    ]);
  });
}

function rootsAround(known: readonly Root[], output: string): Root[] {
  return known.filter(({ path }) => path === output || isInside(path, output));
}

/** Nothing is behind where a configuration wants no gallery. */
async function isBehind(deps: Deps, catalog: Catalog, hostId: string, root: Root): Promise<boolean> {
  const layout = layoutOf(root) ?? USUAL_LAYOUT;
  if (layout.configured !== undefined && layout.configured.names.gallery === undefined) return false;
  const page = galleryPage(root.path, layout, deps.cwd);
  const place = { folder: dirname(page), files: sideFiles(page), roots: [], others: [root] };
  return await imagesBehind(catalog, hostId, place);
}

/** A gallery that several roots share is written with all of them. */
async function rewriteGalleries(
  deps: Deps,
  catalog: Catalog,
  known: readonly Root[],
  behind: ReadonlySet<Root>,
  online: boolean,
): Promise<ImagesShown> {
  const ids = new Set([...behind].map(({ id }) => id));
  const paths = rootsWithGalleries(known, ids, deps.cwd).map(({ path }) => path);
  return await withCatalogRoots(deps, catalog, { paths, layout: undefined }, async ({ roots, stocks }) => {
    if (roots.length === 0) return NO_GALLERIES;
    await unsettle(catalog, roots);
    const touched = new Set<number>();
    const work = { roots, stocks, layout: undefined, images: 'none', touched, online } as const;
    return await writeByLayout(deps, catalog, work, (group, own) => endAsBefore(catalog, group, own));
  });
}

function together(parts: readonly ImagesShown[]): ImagesShown {
  const failures: Failure[] = parts.flatMap((part) => part.failures);
  return {
    written: parts.reduce((sum, part) => sum + part.written, 0),
    warnings: parts.flatMap((part) => part.warnings),
    failures,
    galleries: parts.flatMap((part) => part.galleries),
  };
}
