import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Catalog } from '../../catalog/open.ts';
import { outputsOf } from '../../catalog/output.ts';
import { isInside } from '../../archive/targets.ts';
import type { WalkedRoot } from '../../archive/take-stock.ts';
import { creatorFile } from '../../pages/face-names.ts';
import { galleryPageAt, galleryPlaces, otherwise, sideFiles } from './galleries.ts';
import type { Layout } from './layout.ts';
import { galleryIn } from './layout-configured.ts';

/** The gallery that pages lead back to and take their scripts from. All paths absolute. */
export interface LeadingGallery {
  /** `undefined` where there is no gallery, only what pages need. */
  readonly page: string | undefined;
  readonly files: string;
  /** The page of a creator, where there is one. */
  creatorPage(creator: string): string | undefined;
  /** Where a file among the side files of the run's own gallery lies among its own. */
  sameHere(path: string): string;
}

/**
 * The gallery that pages of a root lead back to: the first of those of other jobs that stands, else its own. So jobs over
 * the same files do not each make the pages their own in every run. `undefined` where pages have nothing to lead to.
 */
export async function leadingGallery(
  catalog: Catalog,
  root: WalkedRoot,
  layout: Layout,
  cwd: string,
): Promise<LeadingGallery | undefined> {
  const own = galleryPlaces([root], layout, cwd)[0];
  if (own === undefined) return undefined;
  const led = await firstStanding(catalog, root.target.root, layout);
  if (led === undefined)
    return {
      page: own.hasPage ? await galleryPageAt(catalog, own) : undefined,
      files: own.files,
      creatorPage: (creator) => (own.hasPage ? join(own.files, creatorFile(creator)) : undefined),
      sameHere: (path) => path,
    };
  return {
    ...led,
    // It may be older than the model.
    creatorPage: (creator) => standing(join(led.files, creatorFile(creator))),
    sameHere: (path) =>
      isInside(own.files, path) ? (standing(join(led.files, relative(own.files, path))) ?? path) : path,
  };
}

async function firstStanding(
  catalog: Catalog,
  root: string,
  { configured }: Layout,
): Promise<{ readonly page: string; readonly files: string } | undefined> {
  for (const { path, folders } of configured?.leads ?? []) {
    if (!folders.includes(root)) continue;
    const first = galleryIn(path, root);
    const page = await galleryPageAt(catalog, { page: first, pageOtherwise: otherwise(first) });
    const [row] = await outputsOf(catalog.db, { paths: [page] });
    if (row?.kind === 'gallery' && row.done_sha256 !== null && existsSync(page))
      return { page, files: sideFiles(first) };
  }
  return undefined;
}

function standing(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}
