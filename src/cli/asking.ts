import { resolve } from 'node:path';
import type { ApiSection } from '../config/schema-api.ts';
import type { ConfigFile } from '../config/schema.ts';
import { DEFAULT_ASKING } from '../net/asking.ts';
import type { Asking } from '../net/asking.ts';

/** Requests a minute where a file speaks CivitScraper's words and does not say. */
export const THEIR_RATE = 100;

const THEIRS: Asking = {
  ...DEFAULT_ASKING,
  timeoutMs: 30_000,
  retries: 3,
  retryDelayMs: 1000,
  concurrency: 4,
  breaker: { failures: 5, resetMs: 60_000 },
};

/** Whether the section is in CivitScraper's words: then what it does not say is as it is there. */
export function speaksTheirs(api: ApiSection | undefined): boolean {
  return api?.base_url !== undefined || api?.batch !== undefined;
}

/** How the network asks, from `api` and `scanner` of the configuration. */
export function askingOf(config: ConfigFile | undefined, cwd: string): Asking {
  const { api, scanner } = config ?? {};
  const { batch } = api ?? {};
  const breaker = batch?.circuit_breaker;
  const usual = speaksTheirs(api) ? THEIRS : DEFAULT_ASKING;
  return {
    timeoutMs: inMs(api?.timeout) ?? usual.timeoutMs,
    retries: api?.max_retries ?? usual.retries,
    retryDelayMs: batch?.retry_delay ?? usual.retryDelayMs,
    userAgent: api?.user_agent,
    concurrency: batch?.enabled === false ? 1 : (batch?.max_concurrent ?? usual.concurrency),
    breaker: {
      failures: breaker?.failure_threshold ?? usual.breaker.failures,
      resetMs: inMs(breaker?.reset_timeout) ?? usual.breaker.resetMs,
    },
    cache: {
      entries: batch?.cache_size ?? usual.cache.entries,
      validityMs: inMs(scanner?.cache_validity) ?? usual.cache.validityMs,
      folder: scanner?.cache_dir === undefined ? undefined : resolve(cwd, scanner.cache_dir),
    },
  };
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : 1000 * seconds;
}
