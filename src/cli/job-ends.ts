import { EXIT } from '../base/errors.ts';
import type { ExitCode } from '../base/errors.ts';
import type { RunResult } from '../verbs/verb.ts';
import { describeError } from './output.ts';
import type { Ended } from './output.ts';

/** How one job ended; stands as it is in the JSON. */
export interface JobEnd {
  readonly name: string;
  readonly type: string;
  readonly ok: boolean;
  readonly exit: ExitCode;
  readonly counts: RunResult['counts'];
  readonly requests: Ended['requests'];
  readonly warnings: RunResult['warnings'];
  readonly failures: RunResult['failures'];
  readonly took_ms: number;
  readonly [more: string]: unknown;
}

/** What came of a job: a result, or what was thrown. */
export type JobOutcome =
  | { readonly name: string; readonly type: string; readonly result: RunResult }
  | { readonly name: string; readonly type: string; readonly error: unknown };

/** The end of a job for the JSON. */
export function jobEnd(outcome: JobOutcome, requests: JobEnd['requests'], tookMs: number): JobEnd {
  const { name, type } = outcome;
  const told = 'result' in outcome ? outcome.result : thrown(outcome.error, name);
  const { counts, warnings, failures, data } = told;
  const exit = 'result' in outcome ? outcome.result.exitCode : describeError(outcome.error, name).exit;
  const took_ms = Math.round(tookMs);
  return { name, type, ok: exit === EXIT.done, exit, counts, requests, warnings, failures, took_ms, ...data };
}

function thrown(error: unknown, name: string): Pick<RunResult, 'counts' | 'warnings' | 'failures' | 'data'> {
  const { failure } = describeError(error, `job ${name}`);
  return { counts: {}, warnings: [], failures: [failure] };
}

/** All jobs as one run. */
export function sumOf(ends: readonly JobEnd[]): Ended {
  const failed = ends.filter((end) => !end.ok);
  const counts = added(ends.map((end) => end.counts));
  return {
    exit: exitOf(ends),
    counts: {
      jobs: ends.length,
      jobs_done: ends.length - failed.length,
      jobs_failed: failed.length,
      ...counts,
    },
    requests: allRequests(ends.map((end) => end.requests)),
    warnings: ends.flatMap((end) => end.warnings),
    failures: ends.flatMap(({ name, failures }) => failures.map((failure) => ({ job: name, ...failure }))),
    jobs: ends,
  };
}

/** The breakers are those at the end of the last job that asked at all. */
function allRequests(all: readonly Ended['requests'][]): Ended['requests'] {
  const sum = (of: (one: Ended['requests']) => number): number => all.reduce((so, one) => so + of(one), 0);
  return {
    total: sum((one) => one.total),
    unofficial: sum((one) => one.unofficial),
    byEndpoint: added(all.map((one) => one.byEndpoint)),
    cached: sum((one) => one.cached),
    retried: sum((one) => one.retried),
    waited_ms: added(all.map((one) => one.waited_ms)) as unknown as Ended['requests']['waited_ms'],
    breakers: all.findLast((one) => one.total > 0)?.breakers ?? [],
  };
}

function added(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const one of all)
    for (const [key, value] of Object.entries(one)) sums.set(key, (sums.get(key) ?? 0) + value);
  return Object.fromEntries(sums);
}

/**
 * Interrupted and faults of ours come first; jobs that all ended alike end the run alike (none could start: 1, the site
 * is down for all: 4); anything else is a run that did a part: 3.
 */
export function exitOf(ends: readonly Pick<JobEnd, 'exit'>[]): ExitCode {
  const exits = new Set(ends.map((end) => end.exit));
  if (exits.has(EXIT.interrupted)) return EXIT.interrupted;
  if (exits.has(EXIT.ourFault)) return EXIT.ourFault;
  const [first = EXIT.done, ...others] = exits;
  return others.length === 0 ? first : EXIT.someFailed;
}

/** The last lines for a person; none for a single job, whose own lines say it. */
export function sumLines(ends: readonly JobEnd[], left: readonly string[]): string[] {
  if (ends.length + left.length < 2) return [];
  const failed = ends.filter((end) => !end.ok).map((end) => end.name);
  const parts = [`${ends.length} jobs`, `${ends.length - failed.length} done`];
  if (failed.length > 0) parts.push(`${failed.length} failed: ${failed.join(', ')}`);
  if (left.length > 0) parts.push(`not begun: ${left.join(', ')}`);
  return ['', `  ${parts.join('   ')}`];
}
