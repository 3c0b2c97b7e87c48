/**
 * Every error that a person may read, in one tree:
 *
 *   AppError
 *   ├─ UserError       bad input or configuration          exit 1
 *   ├─ LibraryError    the disk: full, denied, conflict    exit 1, full disk 4
 *   ├─ SourceError     Civitai or the network              exit 4
 *   ├─ CatalogError    the catalog: too new, locked        exit 1
 *   └─ IntegrityError  bytes are not what was promised     exit 3
 *
 * Anything else that is thrown is a fault of ours: exit 2, with a stack.
 */

/** The exit codes of the program; see docs/reference/exit-codes.md. */
export const EXIT = {
  done: 0,
  cannotStart: 1,
  ourFault: 2,
  someFailed: 3,
  outside: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface ErrorDetails {
  /** Stable, for scripts: lower case, words joined by `-`. */
  readonly code: string;
  /** What the user can do now, one sentence. */
  readonly next?: string;
  readonly cause?: unknown;
  readonly exitCode?: ExitCode;
}

/** An error with a sentence for the user (the message), a stable code and often a next step. */
export class AppError extends Error {
  readonly code: string;
  readonly next: string | undefined;
  readonly exitCode: ExitCode;

  constructor(message: string, details: ErrorDetails, exitCode: ExitCode) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.next = details.next;
    this.exitCode = details.exitCode ?? exitCode;
  }
}

/** What the user gave can't be used: arguments, paths, configuration. */
export class UserError extends AppError {
  constructor(message: string, details: ErrorDetails) {
    super(message, details, EXIT.cannotStart);
  }
}

/** The disk refuses: full, denied, in the way, outside its root. */
export class LibraryError extends AppError {
  constructor(message: string, details: ErrorDetails) {
    super(message, details, EXIT.cannotStart);
  }
}

export interface SourceErrorDetails extends ErrorDetails {
  /** HTTP status, when there was an answer at all. */
  readonly status?: number;
  /** True when asking again can't help (the page-limit 429, a refused key). */
  readonly permanent?: boolean;
  /** The address without key and query secrets. */
  readonly url?: string;
}

/** Civitai, its storage or the network did not give what was asked for. */
export class SourceError extends AppError {
  readonly status: number | undefined;
  readonly permanent: boolean;
  readonly url: string | undefined;

  constructor(message: string, details: SourceErrorDetails) {
    super(message, details, EXIT.outside);
    this.status = details.status;
    this.permanent = details.permanent ?? false;
    this.url = details.url;
  }
}

/** The catalog can't be used: schema too new, locked, damaged. */
export class CatalogError extends AppError {
  constructor(message: string, details: ErrorDetails) {
    super(message, details, EXIT.cannotStart);
  }
}

/** Bytes differ from what was promised: hash, length, type. */
export class IntegrityError extends AppError {
  constructor(message: string, details: ErrorDetails) {
    super(message, details, EXIT.someFailed);
  }
}

/** The run was stopped by the user (Ctrl-C) or by the caller's signal. */
export class InterruptedError extends AppError {
  constructor(message = 'Interrupted.') {
    super(message, { code: 'interrupted', next: 'Run the same command again to go on.' }, EXIT.interrupted);
  }
}

/** True for a Node system error with this `code`, for example `ENOENT`. */
export function isSystemError(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return codes.length === 0 ? typeof error.code === 'string' : codes.includes(String(error.code));
}

/** The sentence of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
