import { UserError } from '../../base/errors.ts';
import type { Deps } from '../deps.ts';
import { VERBS } from '../list.ts';
import type { RunResult } from '../verb.ts';
import type { Job, VerbJob } from './job.ts';

/** Runs one job of a configuration. */
export async function runJob(deps: Deps, job: Job): Promise<RunResult> {
  switch (job.kind) {
    case 'scan-paths':
      return await (await import('./run-scan-paths.ts')).runScanPaths(deps, job);
    case 'sync-lora-triggers':
      return await (await import('./run-sync-triggers.ts')).runSyncTriggers(deps, job);
    case 'verb':
      return await runVerb(deps, job);
  }
}

async function runVerb(deps: Deps, { name, verb, input }: VerbJob): Promise<RunResult> {
  const entry = VERBS.find((one) => one.name === verb);
  if (entry === undefined)
    throw new UserError(`The job "${name}" is of the type "${verb}", which there is not.`, {
      code: 'job-type',
      next: `Types: scan-paths, sync-lora-triggers, ${VERBS.map((one) => one.name).join(', ')}.`,
    });
  return await (await entry.load()).run(deps, input);
}
