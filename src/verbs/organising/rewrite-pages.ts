import { existsSync } from 'node:fs';
import type { Stock, WalkedRoot } from '../../archive/take-stock.ts';
import type { Catalog } from '../../catalog/open.ts';
import { rootsOf } from '../../catalog/root.ts';
import type { Deps } from '../deps.ts';
import { aloneIn } from '../scanning/alone-in.ts';
import { catalogRoots } from '../scanning/catalog-roots.ts';
import { endIncomplete } from '../scanning/settle.ts';
import { foldersWritten, rootsWithGalleries } from '../scanning/shared-galleries.ts';
import { writeByLayout } from '../scanning/write-by-layout.ts';
import type { LibraryWritten } from '../scanning/write-library.ts';

/**
 * Writes pages and galleries of some roots again, where and as the last scan wrote them: a gallery that several roots
 * share is written with all of them. `touched`: library files that lie elsewhere now. Nobody is asked. For who is alone there.
 */
export async function rewritePages(
  deps: Deps,
  catalog: Catalog,
  rootIds: ReadonlySet<number>,
  touched: ReadonlySet<number>,
): Promise<LibraryWritten> {
  const roots: WalkedRoot[] = [];
  const stocks = new Map<WalkedRoot, Stock>();
  const known = await rootsOf(catalog.db, await deps.hostId());
  for (const root of rootsWithGalleries(known, rootIds, deps.cwd)) {
    if (!existsSync(root.path)) continue;
    const found = await catalogRoots(deps, catalog, [root.path]);
    roots.push(...found.roots);
    for (const [walked, stock] of found.stocks) stocks.set(walked, stock);
  }
  const work = { roots, stocks, layout: undefined, images: 'none', touched, online: false } as const;
  return await writeByLayout(deps, catalog, work, (group, layout) => endIncomplete(catalog, group, layout));
}

/** The same for who is not alone in the folders yet. */
export async function rewritePagesAlone(
  deps: Deps,
  catalog: Catalog,
  rootIds: ReadonlySet<number>,
  touched: ReadonlySet<number>,
): Promise<LibraryWritten> {
  const folders = foldersWritten(await rootsOf(catalog.db, await deps.hostId()), rootIds, deps.cwd);
  return await aloneIn(deps, folders, () => rewritePages(deps, catalog, rootIds, touched));
}
