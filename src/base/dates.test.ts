import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDay, formatSpan, parseDate } from './dates.ts';

const NOON = Date.UTC(2026, 10, 21, 12);

describe('parseDate', () => {
  it.each([
    ['2026-11-21T12:00:00.000Z', NOON],
    ['2026-11-21T12:00:00', NOON],
    ['2026-11-21T12:00:00.000000Z', NOON],
    ['2026-11-21 12:00:00', NOON],
    ['2026-11-21T14:00:00+02:00', NOON],
    ['2026-11-21T14:00:00+0200', NOON],
    ['2026-11-21', Date.UTC(2026, 10, 21)],
  ])('reads %j', (text, epochMs) => {
    expect(parseDate(text)).toBe(epochMs);
  });

  it.each([undefined, null, 1_700_000_000, '', 'yesterday', '2026-13-45', '2026-11-21Tnoon', '21.11.2026'])(
    'is silent about %j',
    (value) => {
      expect(parseDate(value)).toBeUndefined();
    },
  );

  it('reads back every date that it could have written', () => {
    const dates = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(fc.property(dates, (date) => parseDate(date.toISOString()) === date.getTime()));
  });

  it('gives a time that can be shown, or nothing, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.string().map((text) => `2026-11-21${text}`),
        ),
        (value) => {
          const epochMs = parseDate(value);
          if (epochMs !== undefined) expect(formatDay(epochMs)).toMatch(/^[+-]?\d+-\d{2}-\d{2}/);
        },
      ),
    );
  });
});

describe('formatSpan', () => {
  it.each([
    [0, '0.0 s'],
    [400, '0.4 s'],
    [9940, '9.9 s'],
    [9980, '10 s'],
    [31_400, '31 s'],
    [59_700, '1 min 0 s'],
    [141_000, '2 min 21 s'],
    [3_599_600, '1 h 0 min'],
    [11_100_000, '3 h 5 min'],
    // A clock that is set back in the middle of a run.
    [-50, '0.0 s'],
  ])('shows %d ms as %j', (ms, text) => {
    expect(formatSpan(ms)).toBe(text);
  });
});
