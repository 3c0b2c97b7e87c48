import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { isInside } from '../../archive/targets.ts';
import type { Catalog } from '../../catalog/open.ts';
import { rootsOf } from '../../catalog/root.ts';
import type { Root } from '../../catalog/root.ts';
import type { Deps } from '../deps.ts';
import { layoutOf } from './layout.ts';

/** The roots of this host whose models were last collected in a folder (as given). Throws UserError `not-scanned`. */
export async function rootsCollectedIn(deps: Deps, catalog: Catalog, folder: string): Promise<Root[]> {
  const output = resolve(deps.cwd, folder);
  const found = collectedIn(await rootsOf(catalog.db, await deps.hostId()), output);
  if (found.length > 0) return found;
  throw new UserError(`Nothing was ever collected in ${output}.`, {
    code: 'not-scanned',
    next: `civitarium --all FOLDER --output ${folder} comes first.`,
  });
}

/** Those of some roots that are written into a folder (absolute). */
export function collectedIn(roots: readonly Root[], output: string): Root[] {
  return roots.filter((root) => {
    const layout = layoutOf(root);
    return layout?.profile === 'collected' && layout.output === output;
  });
}

/** The pages that were written for the files of some roots, by the absolute path of the model file. */
export async function pagesOfRoots(catalog: Catalog, roots: readonly Root[]): Promise<Map<string, string>> {
  if (roots.length === 0) return new Map();
  const rows = await catalog.db
    .selectFrom('output')
    .innerJoin('file', 'file.id', 'output.file_id')
    .select(['output.path', 'file.path as inner', 'file.root_id'])
    .where('output.kind', '=', 'page')
    .where('output.done_sha256', 'is not', null)
    .where(
      'file.root_id',
      'in',
      roots.map(({ id }) => id),
    )
    // Of several that stand the last one written counts.
    .orderBy('output.at')
    .execute();
  const places = new Map(
    roots.map(({ id, path, settings }) => [id as number, { path, layout: layoutOf({ settings }) }]),
  );
  return new Map(
    rows.flatMap((row) => {
      const root = places.get(row.root_id);
      // A page that was written elsewhere before is none of this folder.
      if (root?.layout === undefined) return [];
      const { profile, output } = root.layout;
      const isHere =
        profile === 'configured' ? existsSync(row.path) : output !== undefined && isInside(output, row.path);
      return isHere ? [[`${root.path}/${row.inner}`, row.path] as const] : [];
    }),
  );
}
