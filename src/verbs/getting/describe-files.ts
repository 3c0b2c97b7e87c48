import { dirname, relative, sep } from 'node:path';
import type { PlannedWant } from '../../archive/download/plan-transfers.ts';
import type { Ended } from '../../archive/download/run-queue.ts';
import { isInside } from '../../archive/targets.ts';
import { MODEL_EXTENSIONS } from '../../formats/model-file.ts';
import type { Deps } from '../deps.ts';
import { joinOutcomes } from '../scanning/join-outcomes.ts';
import { USUAL_LAYOUT } from '../scanning/layout.ts';
import type { ScanOutcome } from '../scanning/scan-request.ts';
import { scanRoots } from '../scanning/scan-roots.ts';
import type { GetRequest } from './get-request.ts';

/**
 * Makes model files that have come, or were held where they are wanted, files of the library like any scanned one, with
 * all that is written beside them. What was fetched is not read again.
 */
export async function describeFiles(
  deps: Deps,
  came: readonly (PlannedWant | Ended)[],
  { media }: GetRequest,
): Promise<ScanOutcome> {
  const byOutput = new Map<string, Set<string>>();
  for (const one of came) {
    const path = pathOf(one);
    const root = one.row?.output ?? ('want' in one ? one.want.output : undefined);
    if (root === undefined || path === undefined || !isModel(path) || !isInside(root, path)) continue;
    const only = byOutput.get(root) ?? new Set<string>();
    byOutput.set(root, only.add(relative(root, path).split(sep).join('/')));
  }
  if (byOutput.size === 0) return joinOutcomes([]);
  return await scanRoots(deps, {
    ...USUAL_LAYOUT,
    keepsLayout: true,
    targets: [...byOutput].map(([root, only]) => ({ root, only, deep: true })),
    images: media,
    onlyNew: false,
    skipMissing: false,
    maxAgeMs: undefined,
    patterns: undefined,
    sidecars: [],
  });
}

/** Where a file of the library lies; a copy for another program is none. */
function pathOf(one: PlannedWant | Ended): string | undefined {
  if (('step' in one ? one.want.kind : one.row.kind) === 'copy') return undefined;
  if ('step' in one) return one.step === 'held' ? one.path : undefined;
  return one.end.state === 'done' ? one.end.path : undefined;
}

function isModel(path: string): boolean {
  return dirname(path) !== path && MODEL_EXTENSIONS.some((ending) => path.toLowerCase().endsWith(ending));
}
