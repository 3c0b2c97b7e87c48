import type { Readable } from 'node:stream';
import type { Trail } from './ledger.ts';

/** One question to a host, as every layer of `net/` passes it on. */
export interface Request {
  readonly method: 'GET' | 'POST';
  /** Absolute; never carries the key. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What is asked, for tallies, limits and breakers: `model-versions/by-hash`, `models?ids`, `media`, `download` … */
  readonly endpoint: string;
  readonly signal?: AbortSignal;
  /**
   * Reads the body inside the retried unit, so that a cut or wrong body counts as a failed try. Throws BadAnswer to be
   * asked again. The Response it returns is what `Send` resolves with; its body is then used up.
   */
  readonly read?: (response: Response) => Promise<Response>;
  /** False leaves a redirect to the caller, once it is known to lead to bytes and not to a page. */
  readonly follow?: false;
  /** Tries in all, whatever patience there is with the host: for what can be done without. */
  readonly attempts?: number;
  /** Headers that are made anew for each try, for example the range that is still missing. */
  readonly perTry?: () => Readonly<Record<string, string>>;
  /** Keep the answer between runs; GET with a `read` that sets `text` only. */
  readonly remember?: Ages;
  /** Written on the way; made by the stack. */
  readonly trail?: Trail;
}

/** How long an answer is good for, in ms. */
export interface Ages {
  /** Younger than this: served without asking. The configured validity when absent. */
  readonly softMs?: number;
  /** Younger than this: served when the host fails. */
  readonly hardMs: number;
  /** The same as `softMs` for a 404; none are kept when absent. */
  readonly negativeMs?: number;
  /** Served young even when a refresh is forced: it is not what is to be refreshed. */
  readonly evenForced?: true;
}

/** The answer; the body is read once, by whoever is outermost. */
export interface Response {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The address that answered, after redirects; without secrets. */
  readonly url: string;
  /** Must be read to its end or destroyed. */
  readonly body: Readable;
  /** Epoch ms when the bytes left the site, as far as `Age` tells. */
  readonly seenAt: number;
  /** The whole body, when the request's `read` took it as text. */
  readonly text?: string;
}

/** Asks once. Every layer (pace, retry, breaker, tally) is a function from Send to Send; see stack.ts. */
export type Send = (request: Request) => Promise<Response>;

/** The answer can't be used (cut, not what was asked for): worth asking again, and `error` when it stays so. */
export class BadAnswer extends Error {
  readonly error: Error;
  /** Tries in all for this kind of fault; the engine's own limit when absent. */
  readonly attempts: number | undefined;

  constructor(error: Error, attempts?: number) {
    super(error.message, { cause: error });
    this.name = 'BadAnswer';
    this.error = error;
    this.attempts = attempts;
  }
}
