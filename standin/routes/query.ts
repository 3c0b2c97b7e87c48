import { json } from '../route.ts';
import type { Answer } from '../route.ts';

/** One thing wrong with a query, as zod words it. */
export interface Issue {
  readonly code: string;
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Reads parameters and remembers what is wrong with them. */
export interface QueryReader {
  readonly issues: Issue[];
  text(name: string): string | undefined;
  int(name: string, from: number, to: number): number | undefined;
  /** true/1/yes/on and false/0/no/off; anything else is an issue. */
  bool(name: string): boolean | undefined;
  /** JavaScript's truth: any text but the empty one, also "false". */
  truthy(name: string): boolean;
  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined;
  /** A parameter that may be repeated; a comma list is one value, and so mostly an issue. */
  manyOf(name: string, allowed: readonly string[] | undefined): string[] | undefined;
  /** Comma-joined integers. */
  ints(name: string): number[] | undefined;
  /** Parameters that the internal schema wants as numbers or lists, which a query can't send. */
  forbid(names: readonly string[]): void;
}

const YES = ['true', '1', 'yes', 'on', 'y', 'enabled'];
const NO = ['false', '0', 'no', 'off', 'n', 'disabled'];

export function readQuery(query: URLSearchParams): QueryReader {
  const issues: Issue[] = [];
  const complain = (name: string, code: string, message: string): undefined => {
    issues.push({ code, path: [name], message });
    return undefined;
  };
  const text = (name: string): string | undefined => query.get(name) ?? undefined;
  return {
    issues,
    text,
    int(name, from, to) {
      const value = text(name);
      if (value === undefined) return undefined;
      const number = value.trim() === '' ? Number.NaN : Number(value);
      if (!Number.isInteger(number))
        return complain(name, 'invalid_type', 'Invalid input: expected number, received NaN');
      if (number < from) return complain(name, 'too_small', `Too small: expected number to be >=${from}`);
      if (number > to) return complain(name, 'too_big', `Too big: expected number to be <=${to}`);
      return number;
    },
    bool(name) {
      const value = text(name)?.toLowerCase();
      if (value === undefined) return undefined;
      if (YES.includes(value)) return true;
      return NO.includes(value)
        ? false
        : complain(name, 'invalid_value', 'Invalid input: expected a boolean');
    },
    truthy: (name) => (text(name) ?? '') !== '',
    oneOf(name, allowed) {
      const value = text(name);
      if (value === undefined) return undefined;
      const found = allowed.find((one) => one === value);
      return found ?? complain(name, 'invalid_value', `Invalid option: expected one of ${quoted(allowed)}`);
    },
    manyOf(name, allowed) {
      const values = query.getAll(name);
      if (values.length === 0) return undefined;
      if (allowed === undefined || values.every((value) => allowed.includes(value))) return values;
      return complain(name, 'invalid_value', `Invalid option: expected one of ${quoted(allowed)}`);
    },
    ints(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      const numbers = value.split(',').map(Number);
      if (numbers.every((number) => Number.isInteger(number))) return numbers;
      return complain(name, 'invalid_type', 'Invalid input: expected number, received NaN');
    },
    forbid(names) {
      for (const name of names) {
        if (query.has(name))
          complain(name, 'invalid_type', 'Invalid input: expected number, received string');
      }
    },
  };
}

function quoted(allowed: readonly string[]): string {
  return allowed.map((one) => `"${one}"`).join('|');
}

/** The 400 of /models and /images: the issues as a text within the error. */
export function zodFailure(issues: readonly Issue[]): Answer {
  return json(400, { error: { name: 'ZodError', message: JSON.stringify(issues, null, 2) } });
}

/** The 400 of by-id and by-hash endpoints: the issues as lines for people. */
export function prettyFailure(issues: readonly Issue[]): Answer {
  return json(400, {
    error: issues.map((issue) => `✖ ${issue.message}\n  → at ${issue.path.join('.')}`).join('\n'),
  });
}
