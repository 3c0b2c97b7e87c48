import { formatCount } from '../base/bytes.ts';
import { AppError, EXIT, isSystemError, messageOf, SourceError } from '../base/errors.ts';
import type { ExitCode } from '../base/errors.ts';
import { unofficialIn } from '../net/tally.ts';
import type { Tally } from '../net/tally.ts';
import type { RunResult } from '../verbs/verb.ts';

/** How a run ended, for `--json`. */
export interface Ended {
  readonly exit: ExitCode;
  readonly counts: Readonly<Record<string, number>>;
  readonly requests: JsonRequests;
  readonly warnings: readonly string[];
  readonly failures: RunResult['failures'];
  readonly [more: string]: unknown;
}

/** The one line that `--json` prints last. */
export interface JsonLine extends Ended {
  readonly command: string;
  readonly ok: boolean;
  readonly took_ms: number;
}

/** What was asked of the site, and what that waited for. */
export interface JsonRequests extends Pick<Tally, 'total' | 'byEndpoint' | 'cached' | 'retried'> {
  /** Of these, those to the API of the site's own pages: none unless the configuration says so. */
  readonly unofficial: number;
  /** By reason; waits side by side are added up. */
  readonly waited_ms: Tally['waitedMs'];
  /** Endpoints left alone at the end; times as ISO text. */
  readonly breakers: readonly {
    readonly endpoint: string;
    readonly state: 'open' | 'half_open';
    readonly failures: number;
    readonly half_open_at: string;
  }[];
}

/** The tally as `--json` prints it. */
export function jsonRequests({ waitedMs, breakers, ...tally }: Tally): JsonRequests {
  return {
    ...tally,
    unofficial: unofficialIn(tally),
    waited_ms: waitedMs,
    breakers: breakers.map(({ halfOpenAt, ...breaker }) => ({
      ...breaker,
      half_open_at: new Date(halfOpenAt).toISOString(),
    })),
  };
}

/** How a thrown error ends a run: its exit code and what `--json` says of it. `command` is what was under way. */
export function describeError(
  error: unknown,
  command: string,
): {
  readonly exit: ExitCode;
  readonly failure: RunResult['failures'][number];
} {
  const what = aboutOf(error) ?? command;
  if (error instanceof AppError) {
    const { exitCode: exit, code, message: why, next } = error;
    return { exit, failure: { what, code, why, ...(next === undefined ? {} : { next }) } };
  }
  // Whoever writes has its own words for it; this is for the places that nobody thought of.
  if (isSystemError(error, 'ENOSPC', 'EDQUOT')) {
    const where = error.path === undefined ? 'The disk' : `The disk that holds ${error.path}`;
    return {
      exit: EXIT.outside,
      failure: {
        what,
        code: 'disk-full',
        why: `${where} is full.`,
        next: 'Make room and run the same command again: it goes on where it stopped.',
      },
    };
  }
  return {
    exit: EXIT.ourFault,
    failure: {
      what,
      code: 'our-fault',
      why: messageOf(error),
      next: 'Please report this with the output of the same command and --debug.',
    },
  };
}

/** The path or address an error is about, its own or that of what caused it. */
function aboutOf(error: unknown): string | undefined {
  if (error instanceof SourceError && error.url !== undefined) return error.url;
  if (isSystemError(error) && error.path !== undefined) return error.path;
  return error instanceof Error && error.cause !== undefined ? aboutOf(error.cause) : undefined;
}

/** An error as lines for a person: what happened, then what to do next; the stack only of a fault of ours. */
export function errorLines(error: unknown, command: string, debug: boolean): string[] {
  const { failure, exit } = describeError(error, command);
  const lines = [exit === EXIT.ourFault ? `A fault of ours: ${failure.why}` : failure.why];
  if (failure.next !== undefined) lines.push(failure.next);
  if (error instanceof Error && (debug || exit === EXIT.ourFault) && error.stack !== undefined)
    lines.push(error.stack);
  return lines;
}

/** More kinds than this are summed up. */
const MANY = 8;
/** More of one kind than this are shown by their first. */
const FEW = 3;
/** Width of the labels before notes and failures; "Gallery" has the same. */
const LABEL = 9;

/** The summary of a run as lines for a terminal: what was done, then notes and failures, those alike together. */
export function resultLines(result: RunResult): string[] {
  const lines = result.summary.map((line) => (line === '' ? '' : `  ${line}`));
  const notes = shownOf(
    (result.listed === true ? [] : result.warnings).map((text) => ({ text })),
    ({ text }) => kindOfNote(text),
  );
  const failures = shownOf(result.listed === true ? [] : result.failures, (failure) => failure.code);
  for (const { one, alike } of notes.shown) lines.push(...labelled('Note', [one.text, ...more(alike)]));
  for (const { one, alike } of failures.shown) {
    const next = one.next === undefined ? [] : [one.next];
    lines.push(...labelled('Failed', [`${one.what}: ${one.why}`, ...next, ...more(alike)]));
  }
  return [...lines, ...needALook(result, notes.hidden + failures.hidden)];
}

interface Shown<Item> {
  readonly one: Item;
  /** How many more are like it. */
  readonly alike: number;
}

/** What is worth a line: each of a few, the first of many alike, and no more kinds than fit. */
function shownOf<Item>(
  items: readonly Item[],
  kindOf: (item: Item) => string,
): { shown: Shown<Item>[]; hidden: number } {
  const kinds = Map.groupBy(items, kindOf);
  const all = [...kinds.values()].flatMap((alike): Shown<Item>[] => {
    const [first] = alike;
    if (alike.length <= FEW || first === undefined) return alike.map((one) => ({ one, alike: 0 }));
    return [{ one: first, alike: alike.length - 1 }];
  });
  const shown = all.slice(0, MANY);
  return { shown, hidden: items.length - shown.length };
}

/** The sentence without the path it begins with. */
function kindOfNote(text: string): string {
  const colon = text.lastIndexOf(': ');
  if (colon >= 0) return text.slice(colon);
  return /^(?:\/|[A-Za-z]:\\).*\.\w{1,16} (.*)$/s.exec(text)?.[1] ?? text;
}

function labelled(label: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(LABEL)}${line}`);
}

function more(alike: number): string[] {
  return alike === 0 ? [] : [`and ${formatCount(alike)} more like it`];
}

/** Where everything stands that the lines above leave out. */
function needALook(result: RunResult, hidden: number): string[] {
  const all = result.warnings.length + result.failures.length;
  if (hidden === 0 && (result.recorded !== true || result.failures.length === 0)) return [];
  const where = result.recorded === true ? 'civitarium doctor --last' : '--json lists them all';
  return [`  ${formatCount(all)} ${all === 1 ? 'needs' : 'need'} a look: ${where}`];
}
