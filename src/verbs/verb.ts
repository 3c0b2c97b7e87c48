import type { Deps } from './deps.ts';
import type { Argument, Input, Option } from './option.ts';

/** One thing a run could not do. */
export interface Failure {
  /** Path, hash, address: what it is about. */
  readonly what: string;
  readonly code: string;
  readonly why: string;
  readonly next?: string | undefined;
}

/** What `--json` prints, the API answers and the run record stores. */
export interface RunResult {
  readonly counts: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  readonly failures: readonly Failure[];
  /** 0, 3 or 4; thrown errors carry their own. */
  readonly exitCode: 0 | 3 | 4;
  /** The summary for a terminal, line by line, without indentation. */
  readonly summary: readonly string[];
  /** True when the run is on record, so that `doctor --last` can list what it could not do. */
  readonly recorded?: true;
  /** True when the verb has already shown its warnings and failures in a list of its own. */
  readonly listed?: true;
  /** More for `--json`, for example the list that `missing` prints. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A verb: one command of the program. */
export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** One or two paragraphs that teach, for `--help`. */
  readonly description: string;
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  readonly arguments: readonly Argument[];
  readonly options: readonly Option[];
  readonly run: (deps: Deps, input: Input) => Promise<RunResult>;
}
