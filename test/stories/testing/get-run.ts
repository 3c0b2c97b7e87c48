import { systemClock } from '../../../src/base/clock.ts';
import { get } from '../../../src/verbs/get.ts';
import type { OptionValue } from '../../../src/verbs/option.ts';
import type { RunResult } from '../../../src/verbs/verb.ts';
import type { Standin } from '../../../standin/start.ts';
import type { Home } from '../../cli.ts';
import { runVerb } from '../../verb-run.ts';

/** Coverage as `--json` tells it. */
export interface Told {
  readonly of: string;
  readonly announced: number | 'unknown';
  readonly seen: number;
  readonly fetched: number;
  readonly held: number;
  readonly filtered: number;
  readonly refused: number;
  readonly failed: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly unreachable: number | 'unknown';
  readonly walk: string;
  readonly complete: boolean;
}

/** One `get` in this process. */
export interface GetRun {
  readonly result: RunResult;
  readonly models: Told | undefined;
  readonly images: Told | undefined;
  /** Requests to the stand-in during it, by endpoint and in all. */
  readonly asked: Readonly<Record<string, number>>;
  readonly total: number;
  /** What was wanted, by the place of each file. */
  readonly wanted: readonly string[];
}

export interface GetRunOptions {
  /** Of `get` itself. */
  readonly options?: Readonly<Record<string, OptionValue>>;
  /** Common ones. */
  readonly flags?: Readonly<Record<string, OptionValue>>;
  /** The machine's clock put forward, ms. */
  readonly ahead?: number;
}

/** Runs `get` against a stand-in, whose counts begin anew. */
export async function runGet(
  standin: Standin,
  home: Home,
  targets: readonly string[],
  { options = {}, flags = {}, ahead = 0 }: GetRunOptions = {},
): Promise<GetRun> {
  const before = standin.requests();
  const result = await runVerb(get, home, {
    flags: { 'api-url': standin.apiUrl, ...flags },
    arguments: targets,
    options: { output: 'out', media: 'none', ...options },
    replace: () => ({ clock: { ...systemClock, now: () => systemClock.now() + ahead } }),
  });
  const after = Object.entries(standin.requests());
  const asked = Object.fromEntries(
    after
      .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
  const coverage = (result.data?.['coverage'] ?? []) as readonly Told[];
  const files = (result.data?.['files'] ?? []) as readonly { readonly path: string }[];
  return {
    result,
    models: coverage.find((one) => one.of === 'models'),
    images: coverage.find((one) => one.of === 'images'),
    asked,
    total: Object.values(asked).reduce((sum, count) => sum + count, 0),
    wanted: files.map(({ path }) => path).sort(),
  };
}

/** What became of all that was wanted, added up; it must be `wanted`. */
export function sumOfFates({ counts }: RunResult): number {
  return ['fetched', 'held', 'refused', 'failed'].reduce((sum, key) => sum + (counts[key] ?? 0), 0);
}

/** The same of a coverage; it must be `seen`. */
export function sumOfTold(told: Told | undefined): number {
  if (told === undefined) return -1;
  return told.fetched + told.held + told.filtered + told.refused + told.failed;
}
