import { existsSync } from 'node:fs';
import type { FileId, RootId } from '../../base/ids.ts';
import { UserError } from '../../base/errors.ts';
import { isCutShort, walkTarget } from '../../archive/take-stock.ts';
import type { Stock, WalkedRoot } from '../../archive/take-stock.ts';
import { isInside, resolveTargets } from '../../archive/targets.ts';
import { filesOfRoot } from '../../catalog/file.ts';
import type { Catalog } from '../../catalog/open.ts';
import { rootsOf } from '../../catalog/root.ts';
import type { Root } from '../../catalog/root.ts';
import { pathKey } from '../../library/walked.ts';
import type { Deps } from '../deps.ts';

export interface CatalogRoots {
  readonly roots: readonly WalkedRoot[];
  readonly stocks: ReadonlyMap<WalkedRoot, Stock>;
  /** Known roots that are not there just now, absolute. */
  readonly absent: readonly string[];
}

/**
 * Roots as the catalog knows them, walked but not compared: for verbs that work with what is known. Without paths every
 * root of this host. Throws UserError (`not-scanned`) when a path was never scanned.
 */
export async function catalogRoots(
  deps: Deps,
  catalog: Catalog,
  paths: readonly string[],
): Promise<CatalogRoots> {
  const known = await rootsOf(catalog.db, await deps.hostId());
  const wanted = paths.length === 0 ? known : pick(known, paths, deps.cwd);
  if (wanted.length === 0)
    throw new UserError('No folder was scanned yet.', {
      code: 'not-scanned',
      next: 'civitarium scan FOLDER comes first.',
    });
  const roots: WalkedRoot[] = [];
  const stocks = new Map<WalkedRoot, Stock>();
  const absent: string[] = [];
  for (const root of wanted) {
    if (!existsSync(root.path)) {
      absent.push(root.path);
      continue;
    }
    const walked = await walkRootAsKnown(deps, root);
    roots.push(walked);
    stocks.set(walked, await stockAsKnown(catalog, walked));
  }
  return { roots, stocks, absent };
}

function pick(known: readonly Root[], paths: readonly string[], cwd: string): Root[] {
  return resolveTargets(paths, cwd).map(({ root }) => {
    const found = known.find((one) => one.path === root) ?? known.find((one) => isInside(one.path, root));
    if (found !== undefined) return found;
    throw new UserError(`${root} was never scanned.`, {
      code: 'not-scanned',
      next: `civitarium scan ${root} comes first.`,
    });
  });
}

async function walkRootAsKnown(deps: Deps, root: Root): Promise<WalkedRoot> {
  const target = { root: root.path, only: undefined };
  return { target, root, walk: await walkTarget(target, { signal: deps.signal }), renumbered: undefined };
}

async function stockAsKnown(catalog: Catalog, walked: WalkedRoot): Promise<Stock> {
  const { root, walk } = walked;
  const rows = new Map((await filesOfRoot(catalog.db, root.id)).map((row) => [row.path_key, row]));
  const files = walk.files.flatMap((one) => {
    const row = rows.get(pathKey(one));
    if (row === undefined || row.state !== 'present') return [];
    return [
      { fileId: row.id as FileId, rootId: root.id as RootId, walked: one, blobId: row.blob_id ?? undefined },
    ];
  });
  return {
    files,
    toHash: [],
    dirty: new Set(isCutShort(walked) ? files.map((file) => file.fileId) : []),
    gone: 0,
  };
}
