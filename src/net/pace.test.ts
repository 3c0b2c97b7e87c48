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

describe('those who share a pace', () => {
  const gap = fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 1000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 90_000 }) },
  );
  const asked = fc.record({ gap, isSlow: fc.constantFrom(true, false, false, false, false, false) });

  it('keep to the rate of the slowest while it asks, and each to its own at all times', () => {
    const rates = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 300 }));
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 400, size: 'max' }), rates, (requests, [slow, faster]) => {
        const starts = sharedStarts(requests, slow, slow + faster);

        for (const [index, { at }] of starts.entries()) {
          const later = starts.slice(index);
          expect(countUntil(later, at + 59_999)).toBeLessThanOrEqual(slow + faster);
          const heldUntil = endOfHold(starts, index);
          if (heldUntil !== undefined)
            expect(countUntil(later, Math.min(at + 59_999, heldUntil))).toBeLessThanOrEqual(slow);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('keep the widest spacing of any of them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.constantFrom(0, 500))),
        (requests) => {
          let state = FRESH_PACE;
          let now = 1_000_000;
          let last = { at: 0, spacing: 0 };
          for (const [gap, minSpacingMs] of requests) {
            now += gap;
            const booked = book(state, { perMinute: undefined, minSpacingMs }, now);
            state = booked.state;
            expect(booked.startAt - last.at).toBeGreaterThanOrEqual(Math.max(last.spacing, minSpacingMs));
            last = { at: booked.startAt, spacing: minSpacingMs };
          }
        },
      ),
    );
  });
});

interface Start {
  readonly at: number;
  readonly isSlow: boolean;
}

/** Requests of a slow and a fast process, as they are booked. */
function sharedStarts(
  requests: readonly { readonly gap: number; readonly isSlow: boolean }[],
  slow: number,
  fast: number,
): Start[] {
  let state = FRESH_PACE;
  let now = 1_000_000;
  return requests.map(({ gap, isSlow }) => {
    now += gap;
    const booked = book(state, { perMinute: isSlow ? slow : fast, minSpacingMs: 0 }, now);
    state = booked.state;
    return { at: booked.startAt, isSlow };
  });
}

function countUntil(starts: readonly Start[], until: number): number {
  return starts.filter(({ at }) => at < until).length;
}

/** Until when the slow one holds the pace at a start: a minute after the last of its own in a row; if it does. */
function endOfHold(starts: readonly Start[], index: number): number | undefined {
  const from = starts[index]?.at ?? 0;
  let end: number | undefined;
  for (const [place, { at, isSlow }] of starts.entries()) {
    const isBefore = place <= index && at + 60_000 > from;
    if (isSlow && (isBefore || (end !== undefined && at < end))) end = at + 60_000;
  }
  return end;
}
