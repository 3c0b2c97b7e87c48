import { AppError, EXIT, messageOf } from '../base/errors.ts';
import type { ExitCode } from '../base/errors.ts';
import type { RunResult } from '../verbs/verb.ts';

/** The one line that `--json` prints last. */
export interface JsonLine {
  readonly command: string;
  readonly ok: boolean;
  readonly exit: ExitCode;
  readonly counts: Readonly<Record<string, number>>;
  readonly requests: { readonly total: number; readonly byEndpoint: Readonly<Record<string, number>> };
  readonly warnings: readonly string[];
  readonly failures: RunResult['failures'];
  readonly took_ms: number;
  readonly [more: string]: unknown;
}

/** How a thrown error ends a run: its exit code and what `--json` says of it. */
export function describeError(error: unknown): {
  readonly exit: ExitCode;
  readonly failure: RunResult['failures'][number];
} {
  if (error instanceof AppError) {
    return {
      exit: error.exitCode,
      failure: {
        what: error.name,
        code: error.code,
        why: error.message,
        ...(error.next === undefined ? {} : { next: error.next }),
      },
    };
  }
  return {
    exit: EXIT.ourFault,
    failure: {
      what: 'Civitarium',
      code: 'our-fault',
      why: messageOf(error),
      next: 'Please report this with the output of the same command and --debug.',
    },
  };
}

/** An error as lines for a person: what happened, then what to do next; the stack only of a fault of ours. */
export function errorLines(error: unknown, debug: boolean): string[] {
  const { failure, exit } = describeError(error);
  const lines = [exit === EXIT.ourFault ? `A fault of ours: ${failure.why}` : failure.why];
  if (failure.next !== undefined) lines.push(failure.next);
  if (error instanceof Error && (debug || exit === EXIT.ourFault) && error.stack !== undefined)
    lines.push(error.stack);
  return lines;
}

/** The summary of a run as lines for a terminal. */
export function resultLines(result: RunResult): string[] {
  const lines = result.summary.map((line) => (line === '' ? '' : `  ${line}`));
  for (const warning of result.warnings.slice(0, MANY)) lines.push(`  note: ${warning}`);
  if (result.warnings.length > MANY)
    lines.push(`  and ${result.warnings.length - MANY} more notes; --json lists them all.`);
  for (const failure of result.failures.slice(0, MANY))
    lines.push(
      `  failed: ${failure.what}: ${failure.why}${failure.next === undefined ? '' : ` ${failure.next}`}`,
    );
  if (result.failures.length > MANY)
    lines.push(`  and ${result.failures.length - MANY} more; civitarium doctor --last lists them all.`);
  return lines;
}

/** More lines than this of one kind are summed up. */
const MANY = 8;
