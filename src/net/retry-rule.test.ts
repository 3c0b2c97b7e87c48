import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../base/log.ts';
import { trackHealth } from './health.ts';
import { openLedger } from './ledger.ts';
import { retrying } from './retry.ts';
import type { Send } from './send.ts';
import { errorOf, get } from './testing/with-net.ts';
import { handClock } from './testing/with-server.ts';
import { waiting } from './wait.ts';

const settings = fc.record({
  retries: fc.integer({ min: 0, max: 12 }),
  retryDelayMs: fc.integer({ min: 0, max: 90_000 }),
  patienceMs: fc.integer({ min: 0, max: 300_000 }),
  chance: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  /** What the host says with each refusal. */
  retryAfter: fc.option(fc.constantFrom('0', '1', '30', '3600', 'Sat, 01 Jan 2000 00:00:00 GMT', 'soon'), {
    nil: undefined,
  }),
  status: fc.constantFrom(429, 500, 503),
});

describe('a host that only ever refuses', () => {
  it('is asked no more often than configured, waited for no longer than patience, and the waits add up', async () => {
    await fc.assert(
      fc.asyncProperty(
        settings,
        async ({ retries, retryDelayMs, patienceMs, chance, retryAfter, status }) => {
          const clock = handClock();
          const ledger = openLedger();
          let asked = 0;
          const headers: Record<string, string> =
            retryAfter === undefined ? {} : { 'retry-after': retryAfter };
          const refuse: Send = (request) => {
            asked += 1;
            const body = Readable.from([]);
            return Promise.resolve({ status, headers, url: request.url, body, seenAt: clock.now() });
          };
          const send = retrying(refuse, {
            clock,
            chance: () => chance,
            log: silentLog,
            wait: waiting(clock, ledger, undefined),
            health: trackHealth(patienceMs),
            hold: () => Promise.resolve(),
            ledger,
            patienceMs,
            retries,
            retryDelayMs,
          });
          const begun = clock.now();

          const error = await errorOf(send(get('http://127.0.0.1:9/x')));

          const tookMs = clock.now() - begun;
          expect(asked).toBeLessThanOrEqual(retries + 1);
          expect(ledger.sums().retried).toBe(asked - 1);
          // One pause that the host asked for may begin just before patience ends.
          expect(tookMs).toBeLessThanOrEqual(patienceMs + (retryAfter === '30' ? 30_000 : 1000));
          expect(ledger.sums().waitedMs.total).toBe(tookMs);
          expect(['rate-limited', 'server-error', 'site-down']).toContain(error.code);
        },
      ),
      { numRuns: 300 },
    );
  });
});
