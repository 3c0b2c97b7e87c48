/** How one question to the API is asked, repeated, given up and remembered. */
export interface Asking {
  /** Without a sign of an answer for so long, a request has failed. */
  readonly timeoutMs: number;
  /** Tries after the first. */
  readonly retries: number;
  /** Before the second try; doubles with each further one. */
  readonly retryDelayMs: number;
  /** `undefined`: our own name. */
  readonly userAgent: string | undefined;
  /** API requests under way at once. */
  readonly concurrency: number;
  readonly breaker: {
    /** Outages in a row after which an endpoint is left alone. */
    readonly failures: number;
    /** How long it is left alone before one request tries again. */
    readonly resetMs: number;
  };
  readonly cache: {
    /** Answers held in memory, the least recently used dropped first. */
    readonly entries: number;
    /** How long a remembered answer is good for. */
    readonly validityMs: number;
    /** Absolute; `undefined`: answers are kept with the state. */
    readonly folder: string | undefined;
  };
}

/** Without a configuration that says otherwise. */
export const DEFAULT_ASKING: Asking = {
  /** The site's slowest query may take 30 s (notes: images by bare model id). */
  timeoutMs: 40_000,
  /** With every second try failing by chance, one request in a thousand is lost. */
  retries: 9,
  retryDelayMs: 1000,
  userAgent: undefined,
  concurrency: 4,
  /** With every second request failing by chance, eight in a row happen once in 256. */
  breaker: { failures: 8, resetMs: 5000 },
  cache: { entries: 100, validityMs: 24 * 3_600_000, folder: undefined },
};
