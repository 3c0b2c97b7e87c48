import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isForeignAt } from '../../archive/foreign-file.ts';
import type { WalkedRoot } from '../../archive/take-stock.ts';
import type { Catalog } from '../../catalog/open.ts';
import type { Root } from '../../catalog/root.ts';
import { COLLECTED_FILES } from '../../profiles/collected.ts';
import type { Layout } from './layout.ts';
import { galleryPage } from './settle.ts';

/** One gallery and the roots it shows. */
export interface GalleryPlace {
  /** Absolute. */
  readonly folder: string;
  readonly page: string;
  /** The page when a file of the user's stands at `page`. */
  readonly pageOtherwise: string;
  /** `index.html`, the same models by type, where that is wanted; absolute. */
  readonly browser: string | undefined;
  /** `gallery.files`, absolute. */
  readonly files: string;
  readonly roots: readonly WalkedRoot[];
  /** Further roots that it shows, of which the run is not: those that share the output folder or the page. */
  readonly others: readonly Root[];
  /** False where only the parts are wanted that model pages use. */
  readonly hasPage: boolean;
  readonly title: string | undefined;
  /** True when it is to show the models of the run and no others. */
  readonly onlyOfRun: boolean;
  /** True when the organised copy of a file stands for both. */
  readonly prefersCopies: boolean;
}

/** A gallery for each root, or one for all when an output folder or one absolute page was named. */
export function galleryPlaces(
  roots: readonly WalkedRoot[],
  request: Pick<Layout, 'output' | 'configured'> & Partial<Pick<Layout, 'profile'>>,
  cwd: string,
  others: readonly Root[] = [],
): GalleryPlace[] {
  const { configured } = request;
  const byPage = new Map<string, WalkedRoot[]>();
  for (const root of roots) {
    const own = galleryPage(root.target.root, request, cwd);
    byPage.set(own, [...(byPage.get(own) ?? []), root]);
  }
  const gallery = configured?.names.gallery;
  // Pages need what lies beside a gallery, even where nobody wants the gallery.
  if (configured !== undefined && gallery === undefined && configured.names.page === undefined) return [];
  return [...byPage].map(([page, members]) => ({
    folder: dirname(page),
    page,
    pageOtherwise: otherwise(page),
    browser: request.profile === 'collected' ? join(dirname(page), COLLECTED_FILES.index) : undefined,
    files: sideFiles(page),
    roots: members,
    others,
    hasPage: configured === undefined || gallery !== undefined,
    title: gallery?.title,
    onlyOfRun: gallery?.includeExisting === false,
    prefersCopies: configured !== undefined,
  }));
}

/** The gallery of a folder of images in which no models lie. */
export function bareGallery(folder: string): GalleryPlace {
  const page = join(folder, 'gallery.html');
  return {
    folder,
    page,
    pageOtherwise: otherwise(page),
    browser: undefined,
    files: sideFiles(page),
    roots: [],
    others: [],
    hasPage: true,
    title: basename(folder),
    onlyOfRun: false,
    prefersCopies: false,
  };
}

/** The folder of a gallery's side files, from its page; both absolute. */
export function sideFiles(page: string): string {
  return join(dirname(page), `${stemOf(page)}.files`);
}

/** The gallery pages that a scan of these roots (absolute paths) would write, absolute. */
export async function plannedGalleries(
  catalog: Catalog,
  roots: readonly string[],
  request: Pick<Layout, 'output' | 'configured'>,
  cwd: string,
): Promise<string[]> {
  const { configured } = request;
  if (configured !== undefined && configured.names.gallery === undefined) return [];
  const pages = new Set(roots.map((root) => galleryPage(root, request, cwd)));
  return await Promise.all(
    [...pages].map((page) => galleryPageAt(catalog, { page, pageOtherwise: otherwise(page) })),
  );
}

/** The page that a gallery takes when a file of the user's stands at its own. */
export function otherwise(page: string): string {
  return join(dirname(page), `${stemOf(page)}.civitarium.html`);
}

function stemOf(page: string): string {
  return basename(page).replace(/\.html?$/i, '');
}

/** The gallery pages of some roots that are there, absolute. */
export async function galleryPaths(
  catalog: Catalog,
  roots: readonly WalkedRoot[],
  request: Pick<Layout, 'output' | 'configured'>,
  cwd: string,
): Promise<string[]> {
  const places = galleryPlaces(roots, request, cwd).filter((place) => place.hasPage);
  const pages = await Promise.all(places.map((place) => galleryPageAt(catalog, place)));
  return pages.filter((page) => existsSync(page));
}

/** Where the page of a gallery is or will be: a file of the user's may stand at its first place. */
export async function galleryPageAt(
  catalog: Catalog,
  place: Pick<GalleryPlace, 'page' | 'pageOtherwise'>,
): Promise<string> {
  return (await isForeignAt(catalog, place.page)) ? place.pageOtherwise : place.page;
}
