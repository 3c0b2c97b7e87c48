import type { Readable } from 'node:stream';

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
}

/** Asks once. Every layer (pace, retry, breaker, tally) is a function from Send to Send; see stack.ts. */
export type Send = (request: Request) => Promise<Response>;
