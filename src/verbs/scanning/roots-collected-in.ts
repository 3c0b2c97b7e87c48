import { resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
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
