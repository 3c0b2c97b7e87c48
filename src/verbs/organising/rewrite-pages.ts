import { existsSync } from 'node:fs';
import type { Stock, WalkedRoot } from '../../archive/take-stock.ts';
import type { Catalog } from '../../catalog/open.ts';
import { rootsOf } from '../../catalog/root.ts';
import type { Root } from '../../catalog/root.ts';
import type { Deps } from '../deps.ts';
import { catalogRoots } from '../scanning/catalog-roots.ts';
import { layoutOf } from '../scanning/layout.ts';
import { endIncomplete } from '../scanning/settle.ts';
import { writeByLayout } from '../scanning/write-by-layout.ts';
import type { LibraryWritten } from '../scanning/write-library.ts';

/**
 * Writes pages and galleries of some roots again, where and as the last scan wrote them: a gallery that several roots
 * share is written with all of them. `touched`: library files that lie elsewhere now. Nobody is asked.
 */
export async function rewritePages(
  deps: Deps,
  catalog: Catalog,
  rootIds: ReadonlySet<number>,
  touched: ReadonlySet<number>,
): Promise<LibraryWritten> {
  const roots: WalkedRoot[] = [];
  const stocks = new Map<WalkedRoot, Stock>();
  for (const root of await rootsWithGalleries(deps, catalog, rootIds)) {
    const found = await catalogRoots(deps, catalog, [root.path]);
    roots.push(...found.roots);
    for (const [walked, stock] of found.stocks) stocks.set(walked, stock);
  }
  const work = { roots, stocks, layout: undefined, images: 'none', touched, online: false } as const;
  return await writeByLayout(deps, catalog, work, (group, layout) => endIncomplete(catalog, group, layout));
}

/** The roots that are meant and are there, and those that share a gallery with one of them. */
async function rootsWithGalleries(
  deps: Deps,
  catalog: Catalog,
  rootIds: ReadonlySet<number>,
): Promise<Root[]> {
  const known = (await rootsOf(catalog.db, await deps.hostId())).filter((root) => existsSync(root.path));
  const shared = new Set(
    known.flatMap((root) => (rootIds.has(root.id) ? (layoutOf(root)?.output ?? []) : [])),
  );
  return known.filter((root) => rootIds.has(root.id) || shared.has(layoutOf(root)?.output ?? ''));
}
