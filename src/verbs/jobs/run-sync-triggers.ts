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
  const result = await syncFor(
    deps,
    job,
    targets.map(({ root }) => root),
  );
  const failures = [...result.failures, ...problems];
  return { ...result, failures, exitCode: failures.length > 0 ? 3 : result.exitCode };
}

/** Throws UserError; one about the list names the key of the configuration that leads to it. */
async function syncFor(deps: Deps, job: SyncTriggersJob, roots: readonly string[]): Promise<RunResult> {
  try {
    return await krita.run(deps, {
      arguments: ['sync', ...roots],
      options: { 'loras-file': job.lorasFile, overwrite: job.overwrite },
    });
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'krita-not-found') throw error;
    throw new UserError(error.message, {
      code: error.code,
      next: `Set loras_file of the job "${job.name}" to the list of Krita AI Diffusion.`,
      cause: error,
    });
  }
}
