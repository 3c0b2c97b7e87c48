import { basename, join } from 'node:path';
import { writeOutputs } from '../../archive/write-outputs.ts';
import type { Output } from '../../archive/write-outputs.ts';
import type { Catalog } from '../../catalog/open.ts';
import { coverPictures, viewCards } from '../../catalog/view-card.ts';
import type { CardView } from '../../catalog/views.ts';
import { boundsOf } from '../../library/inside.ts';
import { webAssets } from '../../pages/assets.ts';
import type { Asset } from '../../pages/assets.ts';
import { galleryData, galleryPage } from '../../pages/gallery.ts';
import type { Deps } from '../deps.ts';
import type { GalleryPlace } from './galleries.ts';
import type { FilesWritten } from './library-job.ts';
import { hrefFrom } from './local-links.ts';
import { originalsOfCopies } from './organised-copies.ts';
import { refusedWrites } from './refused-writes.ts';
import { removeLeftovers } from './remove-leftovers.ts';
import { writeThumbs } from './write-thumbs.ts';

export interface GalleryWritten extends FilesWritten {
  /** The gallery's page, absolute. */
  readonly page: string;
}

/** What a gallery shows and links. All paths absolute. */
export interface GalleryParts {
  /** Model file to page. */
  readonly pageOf: ReadonlyMap<string, string>;
  /** Film to still. */
  readonly posters: ReadonlyMap<string, string>;
  /** The files that the run is about. */
  readonly ofRun: ReadonlySet<number>;
}

/** Writes one gallery: thumbnails that are missing, data, app and page. Unchanged files are left alone. */
export async function writeGallery(
  deps: Deps,
  catalog: Catalog,
  place: GalleryPlace,
  { pageOf, posters, ofRun }: GalleryParts,
): Promise<GalleryWritten> {
  const rootIds = rootIdsOf(place);
  // Before the cards are read: of a large library they take as much memory as the pictures.
  const covers = place.hasPage ? await coverPictures(catalog.db, rootIds) : [];
  const thumbs = await writeThumbs(deps, catalog, place, covers);
  const cards = place.hasPage ? await cardsOf(catalog, place, ofRun) : [];
  const href = (path: string): string => hrefFrom(place.folder, path);
  const pageHref = (path: string): string | undefined => {
    const page = pageOf.get(path);
    return page === undefined ? undefined : href(page);
  };
  const data = galleryData(cards, href, pageHref, (card) => {
    const path = card.cover?.path ?? '';
    const thumb = thumbs.byCover.get(path) ?? posters.get(path);
    return thumb === undefined ? undefined : href(thumb);
  });
  const common = { rootId: place.roots[0]?.root.id as Output['rootId'], fileId: undefined };
  const title = place.title ?? titleOf(place);
  const assets = `${encodeURIComponent(basename(place.files))}/`;
  const page: Output = {
    ...common,
    path: place.page,
    otherwise: place.pageOtherwise,
    kind: 'gallery',
    bytes: galleryPage({ title, assets }),
  };
  const paths = new Set<string>();
  const outputs = function* (app: readonly Asset[]): Generator<Output> {
    for (const files of place.hasPage ? [app, data] : [app])
      for (const { name, bytes } of files)
        yield { ...common, path: join(place.files, name), kind: 'asset', bytes };
    if (place.hasPage) yield page;
    yield* browserOf(
      place,
      common,
      galleryPage({ title, assets, browser: true, sort: deps.settings.indexSort }),
    );
  };
  const done = await writeOutputs(catalog, noting(outputs(await webAssets()), paths), {
    now: () => deps.clock.now(),
    bounds: boundsOf(place.folder),
  });
  const kept = [...paths, ...thumbs.byCover.values(), ...posters.values()];
  await removeLeftovers(catalog, place.files, new Set(kept));
  const isForeign = done.foreign.includes(place.page);
  const left = done.foreign.filter((path) => path !== place.page);
  return {
    page: isForeign ? place.pageOtherwise : place.page,
    written: done.written + thumbs.written,
    failures: [...thumbs.failures, ...refusedWrites(done)],
    warnings: [
      ...(isForeign ? [`${place.page} is a file of yours; the gallery is ${place.pageOtherwise}.`] : []),
      ...left.map((path) => `${path} is a file of yours and was left as it is; the gallery may lack a part.`),
    ],
  };
}

/** The same one by one, their paths noted. */
function* noting(outputs: Iterable<Output>, paths: Set<string>): Generator<Output> {
  for (const output of outputs) {
    paths.add(output.path);
    yield output;
  }
}

/** The page of the same models by type, where that is wanted. */
function browserOf(
  { browser }: GalleryPlace,
  common: Pick<Output, 'rootId' | 'fileId'>,
  bytes: string,
): Output[] {
  if (browser === undefined) return [];
  const otherwise = browser.replace(/\.html$/, '.civitarium.html');
  return [{ ...common, path: browser, otherwise, kind: 'asset', bytes }];
}

/** The models that it shows. */
async function cardsOf(
  catalog: Catalog,
  place: GalleryPlace,
  ofRun: ReadonlySet<number>,
): Promise<CardView[]> {
  const cards = await viewCards(catalog, rootIdsOf(place));
  const originals = place.prefersCopies ? await originalsOfCopies(catalog) : undefined;
  return cards.filter(
    ({ fileId }) => (!place.onlyOfRun || ofRun.has(fileId)) && originals?.has(fileId) !== true,
  );
}

function rootIdsOf({ roots, others }: GalleryPlace): number[] {
  return [...roots.map(({ root }) => root.id), ...others.map((root) => root.id)];
}

function titleOf(place: GalleryPlace): string {
  const paths = [...place.roots.map(({ target }) => target.root), ...place.others.map((root) => root.path)];
  // The same whichever of them is looked at.
  if (place.others.length > 0) paths.sort();
  const names = paths.map((path) => path.split(/[\\/]/).findLast(Boolean) ?? path);
  return names.length > 3 ? `${names.length} folders` : names.join(', ');
}
