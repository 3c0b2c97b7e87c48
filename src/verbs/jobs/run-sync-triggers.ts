import { takeStock, walkRoot, walkTarget } from '../../archive/take-stock.ts';
import { UserError } from '../../base/errors.ts';
import type { Deps } from '../deps.ts';
import { krita } from '../krita.ts';
import type { RunResult } from '../verb.ts';
import { inputRoots } from './input-roots.ts';
import type { SyncTriggersJob } from './job.ts';

/**
 * A job `sync-lora-triggers`: what `civitarium krita sync` does, with the folders of the job. Files that lie there and were
 * never scanned count as well, by path, name and the notes beside them.
 */
export async function runSyncTriggers(deps: Deps, job: SyncTriggersJob): Promise<RunResult> {
  const { targets, problems } = inputRoots(job.inputs);
  if (!deps.settings.dryRun) {
    const catalog = await deps.catalog();
    const at = deps.clock.now();
    for (const target of targets) {
      try {
        const walk = await walkTarget(target, { signal: deps.signal });
        await takeStock(catalog, await walkRoot(catalog, await deps.hostId(), target, walk, at), at);
      } catch (error) {
        // A folder that is empty or away has nothing to say; the list may still know the others.
        if (!(error instanceof UserError)) throw error;
        deps.progress.note(error.message);
      }
    }
  }
  const result = await krita.run(deps, {
    arguments: ['sync', ...targets.map(({ root }) => root)],
    options: { 'loras-file': job.lorasFile, overwrite: job.overwrite },
  });
  const failures = [...result.failures, ...problems];
  return { ...result, failures, exitCode: failures.length > 0 ? 3 : result.exitCode };
}
