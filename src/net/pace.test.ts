import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { book, FRESH_PACE } from './pace.ts';

function startsOf(gaps: readonly number[], perMinute: number, minSpacingMs: number): number[] {
  const starts: number[] = [];
  let state = FRESH_PACE;
  let now = 1_000_000;
  for (const gap of gaps) {
    now += gap;
    const booked = book(state, { perMinute, minSpacingMs }, now);
    state = booked.state;
    starts.push(booked.startAt);
  }
  return starts;
}

describe('book', () => {
  it('never lets more than the rate into any minute, whatever the pattern of requests', () => {
    const gaps = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 90_000 })), { maxLength: 200 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 120 }), (times, perMinute) => {
        const starts = startsOf(times, perMinute, 0);

        for (const start of starts) {
          const within = starts.filter((other) => other >= start && other < start + 59_999).length;
          expect(within).toBeLessThanOrEqual(perMinute);
        }
      }),
    );
  });

  it('keeps the spacing between starts and never starts before it is asked', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 50 }), (times) => {
        const starts = startsOf(times, 6000, 500);

        for (let index = 1; index < starts.length; index += 1) {
          expect((starts[index] ?? 0) - (starts[index - 1] ?? 0)).toBeGreaterThanOrEqual(500 - 1e-6);
        }
      }),
    );
  });

  it('lets a few through at once, so that a small library does not wait', () => {
    const starts = startsOf(
      Array.from({ length: 10 }, () => 0),
      90,
      0,
    );

    expect(new Set(starts).size).toBe(1);
  });

  it('uses a full rate when asked for long', () => {
    const starts = startsOf(
      Array.from({ length: 500 }, () => 0),
      90,
      0,
    );

    const minutes = ((starts.at(-1) ?? 0) - (starts[0] ?? 0)) / 60_000;
    expect(500 / minutes).toBeGreaterThan(79);
  });
});
