import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeOutputs } from '../../archive/write-outputs.ts';
import type { Output } from '../../archive/write-outputs.ts';
import type { Catalog } from '../../catalog/open.ts';
import { dateOutput, outputsOf } from '../../catalog/output.ts';
import { coverPictures, viewCards } from '../../catalog/view-card.ts';
import type { CardView } from '../../catalog/views.ts';
import { boundsOf } from '../../library/inside.ts';
import { webAssets } from '../../pages/assets.ts';
import type { Asset } from '../../pages/assets.ts';
import { galleryData, galleryPage } from '../../pages/gallery.ts';
import type { Deps } from '../deps.ts';
import { collectedIn, imagesPageOf } from './collected-in.ts';
import { galleryPageAt } from './galleries.ts';
import type { GalleryPlace } from './galleries.ts';
import type { FilesWritten } from './library-job.ts';
import { hrefFrom } from './local-links.ts';
import { hiddenBehindCopies } from './organised-copies.ts';
import { refusedWrites } from './refused-writes.ts';
import { removeLeftovers } from './remove-leftovers.ts';
import { Faces } from './write-faces.ts';
import { writeThumbs } from './write-thumbs.ts';
import type { Pictured } from './write-thumbs.ts';

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
  const startedAt = deps.clock.now();
  const collected = await collectedIn(catalog, await deps.hostId(), place);
  // Before the cards are read: of a large library they take as much memory as the pictures.
  const covers = place.hasPage ? await coverPictures(catalog.db, rootIds) : [];
  const pictures = [
    ...(await hashed(catalog, covers)),
    ...collected.filter(({ media }) => media === 'image'),
  ];
  const thumbs = await writeThumbs(deps, catalog, place, pictures);
  const allCards = place.hasPage ? await viewCards(catalog, rootIds) : [];
  const once = await shownOnce(catalog, place, allCards);
  const cards = place.onlyOfRun ? once.filter(({ fileId }) => ofRun.has(fileId)) : once;
  const title = place.title ?? titleOf(place);
  const thumbOf = (path: string): string | undefined => thumbs.byPath.get(path) ?? posters.get(path);
  const gallery = await galleryPageAt(catalog, place);
  const parts = { place, gallery, title, collected, cards: once, pageOf, thumbOf };
  const faces = place.hasPage ? new Faces(deps, catalog, parts) : undefined;
  const href = (path: string): string => hrefFrom(place.folder, path);
  const hrefOr = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : href(path);
  const data = galleryData(
    cards,
    href,
    (path) => hrefOr(pageOf.get(path)),
    (card) => hrefOr(thumbOf(card.cover?.path ?? '')),
    () => faces?.made.versions() ?? [],
  );
  const common = { rootId: place.roots[0]?.root.id as Output['rootId'], fileId: undefined };
  const assets = `${encodeURIComponent(basename(place.files))}/`;
  const page: Output = {
    ...common,
    path: place.page,
    otherwise: place.pageOtherwise,
    kind: 'gallery',
    bytes: galleryPage({ title, assets, images: collected.length }),
  };
  const paths = new Set<string>();
  const outputs = async function* (app: readonly Asset[]): AsyncGenerator<Output> {
    // What was made with what is known when the pages of images are, so the models' data comes after them.
    for (const files of faces === undefined ? [app] : [app, faces.files(), data])
      for await (const { name, bytes } of files)
        yield { ...common, path: join(place.files, name), kind: 'asset', bytes };
    if (place.hasPage) yield page;
    yield* browserOf(
      place,
      common,
      galleryPage({
        title,
        assets,
        browser: true,
        sort: deps.settings.indexSort,
        images: collected.length,
      }),
    );
  };
  const app = (await webAssets()).filter(({ name }) => collected.length > 0 || !name.startsWith('images.'));
  const done = await writeOutputs(catalog, noting(outputs(app), paths), {
    now: () => deps.clock.now(),
    bounds: boundsOf(place.folder),
  });
  // Images that came since are still to be shown.
  await dateOutput(catalog, imagesPageOf(place.files), startedAt);
  const kept = [...paths, ...thumbs.byPath.values(), ...posters.values()];
  // A page from before, where none is wanted any more, still shows what lies there.
  const isShown = !place.hasPage && [place.page, place.pageOtherwise].some((path) => existsSync(path));
  if (!isShown) await removeLeftovers(catalog, place.files, new Set(kept));
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
async function* noting(outputs: AsyncIterable<Output>, paths: Set<string>): AsyncGenerator<Output> {
  for await (const output of outputs) {
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

/** Its models without what else organising made of them. */
async function shownOnce(
  catalog: Catalog,
  place: GalleryPlace,
  cards: readonly CardView[],
): Promise<readonly CardView[]> {
  if (!place.prefersCopies) return cards;
  const hidden = await hiddenBehindCopies(catalog, rootIdsOf(place));
  return cards.filter(({ fileId }) => !hidden.has(fileId));
}

/** Pictures with their hashes, of those that lie where we wrote them. */
async function hashed(catalog: Catalog, paths: readonly string[]): Promise<Pictured[]> {
  const rows = await outputsOf(catalog.db, { paths });
  return rows.flatMap(({ path, done_sha256: sha256 }) => (sha256 === null ? [] : [{ path, sha256 }]));
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
