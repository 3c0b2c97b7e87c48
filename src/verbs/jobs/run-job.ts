import { UserError } from '../../base/errors.ts';
import type { Deps } from '../deps.ts';
import { VERBS } from '../list.ts';
import type { RunResult } from '../verb.ts';
import type { Job } from './job.ts';

/** Runs one job of the configuration. */
export async function runJob(deps: Deps, job: Job): Promise<RunResult> {
  if (job.kind === 'verb') {
    const verb = await VERBS.find((entry) => entry.name === job.verb)?.load();
    if (verb !== undefined) return await verb.run(deps, job.input);
  }
  throw new UserError(`Jobs of this type can not be run yet: ${job.kind}.`, { code: 'job-type' });
}
