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

/** The flags of one verb. */
export interface OptionTable {
  readonly name: string;
  readonly options: readonly Option[];
  readonly arguments?: readonly Argument[];
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
