import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { afterOutage, CLOSED, judge, type BreakerLimits, type BreakerState } from './breaker-rule.ts';

const LIMITS: BreakerLimits = { failures: 8, resetMs: 5000 };
const OPENS_AFTER = LIMITS.failures;

function outages(count: number, now: number): BreakerState {
  let state = CLOSED;
  for (let index = 0; index < count; index += 1) state = afterOutage(state, now, LIMITS);
  return state;
}

describe('the breaker rule', () => {
  it('lets requests through until outages in a row reach the limit', () => {
    expect(judge(outages(OPENS_AFTER - 1, 100), 100).verdict.kind).toBe('go');
    expect(judge(outages(OPENS_AFTER, 100), 100).verdict).toEqual({ kind: 'wait', until: 5100 });
  });

  it('lets one probe through when the time is over, and the others go on waiting', () => {
    const open = outages(OPENS_AFTER, 0);

    const first = judge(open, 5000);
    const second = judge(first.state, 5001);

    expect(first.verdict.kind).toBe('probe');
    expect(second.verdict.kind).toBe('wait');
  });

  it('stays away twice as long after a failed probe, a minute at most', () => {
    let state = outages(OPENS_AFTER, 0);
    const waits: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      waits.push(state.resetMs);
      state = afterOutage(judge(state, state.openUntil).state, state.openUntil, LIMITS);
    }

    expect(waits).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it('does not lengthen the wait for requests that were under way when it opened', () => {
    const state = afterOutage(afterOutage(outages(OPENS_AFTER, 0), 10, LIMITS), 20, LIMITS);

    expect(state.openUntil).toBe(5000);
  });

  it('opens and half-opens as often and as long as is configured, again and again', () => {
    const limits = { failures: 5, resetMs: 60_000 };
    let state = CLOSED;
    for (let count = 0; count < 5; count += 1) {
      expect(judge(state, 7).verdict.kind).toBe('go');
      state = afterOutage(state, 7, limits);
    }

    for (let round = 0; round < 3; round += 1) {
      const openedAt = state.openUntil - 60_000;
      expect(judge(state, openedAt + 59_999).verdict).toEqual({ kind: 'wait', until: openedAt + 60_000 });
      expect(judge(state, openedAt + 60_000).verdict.kind).toBe('probe');
      state = afterOutage(judge(state, state.openUntil).state, state.openUntil, limits);
    }
  });
});

describe('processes that differ in what they think enough', () => {
  const strict: BreakerLimits = { failures: 2, resetMs: 50_000 };
  const lax: BreakerLimits = { failures: 100, resetMs: 1000 };

  it('all keep away from what one has opened, for as long as that one wants', () => {
    const opened = afterOutage(afterOutage(CLOSED, 0, strict), 0, strict);

    expect(judge(opened, 49_999).verdict).toEqual({ kind: 'wait', until: 50_000 });
    const probed = afterOutage(judge(opened, 50_000).state, 50_000, lax);
    expect(probed.openUntil).toBeGreaterThanOrEqual(50_000 + strict.resetMs);
  });

  it('never shorten the time of each other, whatever happens in whatever order', () => {
    const event = fc.record({
      gap: fc.integer({ min: 0, max: 70_000 }),
      limits: fc.constantFrom(strict, lax),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        let state = CLOSED;
        let now = 1;
        for (const { gap, limits } of events) {
          now += gap;
          const judged = judge(state, now);
          const next = afterOutage(judged.state, now, limits);
          expect(next.openUntil).toBeGreaterThanOrEqual(state.openUntil);
          expect(next.resetMs).toBeGreaterThanOrEqual(state.resetMs);
          state = next;
        }
      }),
    );
  });
});
