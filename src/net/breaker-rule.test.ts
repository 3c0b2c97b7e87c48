import { describe, expect, it } from 'vitest';
import { afterOutage, CLOSED, judge, OPENS_AFTER, type BreakerState } from './breaker-rule.ts';

function outages(count: number, now: number): BreakerState {
  let state = CLOSED;
  for (let index = 0; index < count; index += 1) state = afterOutage(state, now);
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
      state = afterOutage(judge(state, state.openUntil).state, state.openUntil);
    }

    expect(waits).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it('does not lengthen the wait for requests that were under way when it opened', () => {
    const state = afterOutage(afterOutage(outages(OPENS_AFTER, 0), 10), 20);

    expect(state.openUntil).toBe(5000);
  });
});
