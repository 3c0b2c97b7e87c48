import { UserError } from '../base/errors.ts';
import type { OptionTable } from '../verbs/option.ts';
import { inOurSpelling, merged, withoutNulls } from './layers.ts';
import type { Layer } from './layers.ts';
import { nearestWord } from '../base/nearest-word.ts';
import type { ConfigFile, RawJob } from './schema.ts';
import { SHARED } from './schema-shared.ts';
import { keyOf } from './verb-key.ts';

const SECTIONS: ReadonlySet<string> = new Set([...Object.keys(SHARED), 'output', 'organization']);

/** The names of the jobs, in the order of the file. */
export function jobNames(config: ConfigFile): string[] {
  return Object.keys(config.jobs ?? {});
}

/** A job as it stands in the file. Throws UserError `job-unknown`. */
export function rawJob(config: ConfigFile, name: string): RawJob {
  const job = Object.hasOwn(config.jobs ?? {}, name) ? config.jobs?.[name] : undefined;
  if (job !== undefined) return job;
  const names = jobNames(config);
  const nearest = nearestWord(name, names);
  const guess = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  throw new UserError(`The configuration has no job "${name}".${guess}`, {
    code: 'job-unknown',
    next: names.length === 0 ? 'Jobs stand in its section `jobs`.' : `Jobs: ${names.join(', ')}.`,
  });
}

/** The configuration that holds for one job: its own sections on top of those of the file. */
export function jobConfig(config: ConfigFile, name: string, verbs: readonly OptionTable[]): ConfigFile {
  const job = rawJob(config, name);
  const verb = verbOf(job, verbs);
  const flags = new Set(verb?.options.map(keyOf));
  const sections = Object.entries(job).filter(([key]) => SECTIONS.has(key) && !flags.has(key));
  const { jobs, default_job: _usual, ...top } = config;
  const whole = merged(top, inOurSpelling(Object.fromEntries(sections)));
  const forced: Layer =
    typeof job['force_refresh'] === 'boolean' ? { scanner: { force_refresh: job['force_refresh'] } } : {};
  return { ...(withoutNulls(merged(whole, forced)) as ConfigFile), jobs };
}

/** The command that a job runs; `undefined` for the types that are none. */
export function verbOf(job: RawJob, verbs: readonly OptionTable[]): OptionTable | undefined {
  return verbs.find(({ name }) => name === job.type.split(' ')[0]);
}
