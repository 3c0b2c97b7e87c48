import { formatCount } from '../../base/bytes.ts';
import { gatherFiles } from '../../archive/organise/gather.ts';
import { planOrganise } from '../../archive/organise/plan.ts';
import type { OrganisePlan, PlanFile, PlanOptions } from '../../archive/organise/plan.ts';
import { planDisk } from '../../archive/organise/plan-disk.ts';
import { assertPresent, presenceOf, takeStock, walkRoot, walkTarget } from '../../archive/take-stock.ts';
import type { Catalog } from '../../catalog/open.ts';
import type { Deps } from '../deps.ts';
import type { OrganiseScope } from './organise-scope.ts';

export interface PreparedPlan {
  readonly plan: OrganisePlan;
  /** Every model file that was asked for and counts. */
  readonly files: readonly PlanFile[];
}

/** Looks at the roots and plans. Only the catalog is brought up to date, and not even that under `--dry-run`. */
export async function preparePlan(
  deps: Deps,
  catalog: Catalog,
  scopes: readonly OrganiseScope[],
  options: PlanOptions,
  signal: AbortSignal,
): Promise<PreparedPlan> {
  const files: PlanFile[] = [];
  const hashes = new Map<string, string>();
  for (const { root, outputOf, target = { root: root.path, only: undefined } } of scopes) {
    const walk = await walkTarget(target, { signal });
    assertPresent(root, await presenceOf(catalog, root, walk));
    if (!deps.settings.dryRun && walk.meant.length > 0) {
      const now = deps.clock.now();
      await takeStock(catalog, await walkRoot(catalog, await deps.hostId(), target, walk, now), now);
    }
    const gathered = await gatherFiles(catalog.db, {
      root,
      walk,
      outputOf,
      keepLinks: options.mode === 'move',
    });
    for (const file of gathered.files) files.push(file);
    for (const [path, sha256] of gathered.hashes) hashes.set(path, sha256);
  }
  return { files, plan: await planOrganise(files, options, planDisk(hashes, signal)) };
}

/** Why files stay, each reason once with how many and an example. */
export function stayingLines(plan: OrganisePlan): string[] {
  const reasons = new Map<string, { count: number; example: string }>();
  for (const { file, status, why } of plan.staying) {
    if (status !== 'skipped') continue;
    const reason = why.replace(/: \/.*$/, '.');
    const known = reasons.get(reason);
    if (known === undefined) reasons.set(reason, { count: 1, example: file.path });
    else known.count += 1;
  }
  return [...reasons].map(
    ([reason, { count, example }]) =>
      `${formatCount(count)} ${count === 1 ? 'file stays' : 'files stay'}: ${reason} For example ${example}`,
  );
}
