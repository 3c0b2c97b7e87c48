import { AppError, EXIT, InterruptedError, UserError } from '../base/errors.ts';
import { rawJob, jobConfig, jobNames } from '../config/job-layer.ts';
import { jobOf } from '../config/jobs.ts';
import type { ConfigFile } from '../config/schema.ts';
import { EMPTY_TALLY } from '../net/tally.ts';
import { runJob } from '../verbs/jobs/run-job.ts';
import type { Input } from '../verbs/option.ts';
import type { WhichJobs } from './arguments.ts';
import { jobEnd, sumLines, sumOf } from './job-ends.ts';
import type { JobEnd, JobOutcome } from './job-ends.ts';
import type { OpenedConfig } from './open-config.ts';
import { openFor } from './open-for.ts';
import { errorLines, jsonRequests, resultLines } from './output.ts';
import type { Ended } from './output.ts';

export interface JobsRun {
  readonly which: WhichJobs;
  readonly opened: OpenedConfig & { readonly config: ConfigFile };
  readonly common: Input['options'];
  readonly signal: AbortSignal;
  readonly debug: boolean;
  /** Lines for a person; nobody hears them under `--json`. */
  print(lines: readonly string[], key: string | undefined): void;
  /** The same for what went wrong. */
  complain(lines: readonly string[], key: string | undefined): void;
}

/**
 * Runs the jobs that are meant one after the other, each with its own settings, and goes on after one that failed.
 * Throws UserError `job-unknown`, `no-default-job`, `no-jobs`; what a job throws is its end.
 */
export async function runJobs(run: JobsRun): Promise<Ended> {
  const names = chooseJobs(run.which, run.opened.config, run.opened.path);
  const ends: JobEnd[] = [];
  for (const name of names) {
    const end = await runOne(name, run);
    ends.push(end);
    if (end.exit === EXIT.interrupted) break;
  }
  run.print(sumLines(ends, names.slice(ends.length)), undefined);
  const sum = sumOf(ends);
  return { ...sum, warnings: [...run.opened.warnings, ...sum.warnings] };
}

/** The jobs that are meant, in the order of the file. Throws UserError `job-unknown`, `no-default-job`, `no-jobs`. */
function chooseJobs(which: WhichJobs, config: ConfigFile, path: string | undefined): string[] {
  const names = jobNames(config);
  if (typeof which === 'object') {
    rawJob(config, which.name);
    return [which.name];
  }
  if (which === 'default' && config.default_job === undefined) {
    throw new UserError(`The configuration ${path ?? ''} names no default_job.`, {
      code: 'no-default-job',
      next:
        names.length === 0
          ? 'civitarium --help lists the commands.'
          : `Name one with -j: ${names.join(', ')}. civitarium --help lists the commands.`,
    });
  }
  if (which === 'default') return [config.default_job ?? ''];
  if (names.length > 0) return names;
  throw new UserError(`The configuration ${path ?? ''} has no jobs.`, {
    code: 'no-jobs',
    next: 'Jobs stand in its section `jobs`.',
  });
}

async function runOne(name: string, run: JobsRun): Promise<JobEnd> {
  const { opened, signal } = run;
  const startedAt = performance.now();
  const { type } = rawJob(opened.config, name);
  let workspace: ReturnType<typeof openFor> | undefined;
  let outcome: JobOutcome;
  try {
    run.print(['', `Job ${name} (${type})`], undefined);
    const config = jobConfig(opened.config, name, opened.verbs);
    workspace = openFor({ common: run.common, config, path: opened.path, signal });
    const result = await runJob(workspace, jobOf(opened.config, name, opened.verbs, process.cwd()));
    await workspace.close();
    run.print(resultLines(result), workspace.settings.key);
    outcome = { name, type, result };
  } catch (thrown) {
    const error = signal.aborted && !(thrown instanceof AppError) ? new InterruptedError() : thrown;
    await workspace?.close().catch(() => undefined);
    const [first = '', ...rest] = errorLines(error, `job ${name}`, run.debug);
    run.complain([`Job ${name}: ${first}`, ...rest], workspace?.settings.key);
    outcome = { name, type, error };
  }
  const requests = jsonRequests(workspace?.requests() ?? EMPTY_TALLY);
  return jobEnd(outcome, requests, performance.now() - startedAt);
}
