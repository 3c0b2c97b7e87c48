import type { Deps } from './deps.ts';

/** One flag of a verb: the CLI, the config file, the server and the reference all read this table. */
export interface Option {
  /** Long name without dashes, words joined by `-`. */
  readonly name: string;
  readonly short?: string;
  /** `flag` takes no value; `optional` may stand bare or with a value. */
  readonly kind: 'flag' | 'text' | 'number' | 'list' | 'optional';
  /** What stands for the value in help, for example `DIR`. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** The value of a bare `optional`. */
  readonly bare?: string;
  readonly default?: string | number;
  readonly summary: string;
  /** Other spellings that are accepted (documented in the "Coming from" guides). */
  readonly aliases?: readonly string[];
}

export interface Argument {
  readonly name: string;
  readonly many: boolean;
  readonly required: boolean;
  readonly summary: string;
}

export type OptionValue = string | number | boolean | readonly string[] | undefined;

/** What the user gave to a verb, checked against its option table. */
export interface Input {
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, OptionValue>>;
}

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

/** The text value of an option, `undefined` when it was not given. */
export function textOption(input: Input, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === 'string' ? value : undefined;
}

/** True when a flag was given. */
export function flagOption(input: Input, name: string): boolean {
  return input.options[name] === true;
}

/** The numeric value of an option, `undefined` when it was not given. */
export function numberOption(input: Input, name: string): number | undefined {
  const value = input.options[name];
  return typeof value === 'number' ? value : undefined;
}

/** The values of a list option, in order. */
export function listOption(input: Input, name: string): readonly string[] {
  const value = input.options[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
