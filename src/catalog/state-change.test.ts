import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DEFAULT_AGES, NEVER, standingAfter } from './state-change.ts';
import type { Answer, Standing } from './state-change.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const T = 1_700_000_000_000;

/** The standing after looks at minutes after T. */
function after(...looks: (readonly [minute: number, answer: Answer])[]): Standing | undefined {
  let standing: Standing | undefined;
  for (const [minute, answer] of looks) standing = standingAfter(standing, answer, T + minute * MINUTE);
  return standing;
}

describe('the state of a subject', () => {
  it.each<[string, (readonly [number, Answer])[], Partial<Standing>]>([
    [
      'is found, and not asked for again',
      [[0, 'found']],
      { state: 'found', since_at: T, checked_at: T, missed_at: null, next_check_at: NEVER },
    ],
    [
      'is missing when it never was there, to be asked for in a week',
      [[0, 'absent']],
      { state: 'missing', since_at: T, checked_at: T, next_check_at: T + 7 * DAY },
    ],
    [
      'is unchecked without an answer, to be asked for at once',
      [[0, 'unanswered']],
      { state: 'unchecked', since_at: T, checked_at: null, next_check_at: T },
    ],
    [
      'stays found when one look misses it, to be asked for again after 91 minutes',
      [
        [0, 'found'],
        [5, 'absent'],
      ],
      { state: 'found', since_at: T, missed_at: T + 5 * MINUTE, next_check_at: T + 96 * MINUTE },
    ],
    [
      'stays found when a second look comes after 90 minutes or less',
      [
        [0, 'found'],
        [5, 'absent'],
        [95, 'absent'],
      ],
      { state: 'found', missed_at: T + 5 * MINUTE, next_check_at: T + 96 * MINUTE },
    ],
    [
      'is removed when a second look comes later',
      [
        [0, 'found'],
        [5, 'absent'],
        [96, 'absent'],
      ],
      { state: 'removed', since_at: T + 96 * MINUTE, next_check_at: T + 96 * MINUTE + 7 * DAY },
    ],
    [
      'starts anew when it was seen in between',
      [
        [0, 'found'],
        [5, 'absent'],
        [50, 'found'],
        [96, 'absent'],
      ],
      { state: 'found', since_at: T, missed_at: T + 96 * MINUTE },
    ],
    [
      'stays removed, since the same time',
      [
        [0, 'found'],
        [5, 'absent'],
        [96, 'absent'],
        [9999, 'absent'],
      ],
      { state: 'removed', since_at: T + 96 * MINUTE, checked_at: T + 9999 * MINUTE },
    ],
    [
      'is found again when it comes back',
      [
        [0, 'found'],
        [5, 'absent'],
        [96, 'absent'],
        [200, 'found'],
      ],
      { state: 'found', since_at: T + 200 * MINUTE, missed_at: null, next_check_at: NEVER },
    ],
    [
      'is found when a missing one appears',
      [
        [0, 'absent'],
        [5, 'found'],
      ],
      { state: 'found', since_at: T + 5 * MINUTE },
    ],
  ])('%s', (_title, looks, expected) => {
    expect(after(...looks)).toMatchObject(expected);
  });

  const answers = fc.constantFrom<Answer>('found', 'absent', 'unanswered');
  const history = fc.array(fc.tuple(fc.integer({ min: -10, max: 200 }), answers), {
    minLength: 1,
    maxLength: 30,
  });

  /** Every step of a history: the standing before and after each look. */
  function steps(looks: readonly (readonly [number, Answer])[]) {
    let at = T;
    let standing: Standing | undefined;
    return looks.map(([minutes, answer]) => {
      at += minutes * MINUTE;
      const before = standing;
      standing = standingAfter(before, answer, at);
      return { before, answer, at, after: standing };
    });
  }

  it('once found is never missing or unchecked', () => {
    fc.assert(
      fc.property(history, (looks) => {
        let wasFound = false;
        for (const { after: now } of steps(looks)) {
          wasFound ||= now.state === 'found';
          if (wasFound) expect(['found', 'removed']).toContain(now.state);
        }
      }),
    );
  });

  it('becomes removed only by two looks that miss it more than 90 minutes apart, with none in between that finds it', () => {
    fc.assert(
      fc.property(history, (looks) => {
        const all = steps(looks);
        for (const [index, step] of all.entries()) {
          if (step.after.state !== 'removed' || step.before?.state === 'removed') continue;
          const sinceFound = all.slice(
            all.findLastIndex((one, at) => at < index && one.answer === 'found') + 1,
            index,
          );
          const misses = sinceFound.filter((one) => one.answer === 'absent');
          expect(step.answer).toBe('absent');
          expect(step.at - (misses[0]?.at ?? step.at)).toBeGreaterThan(DEFAULT_AGES.confirmMs);
        }
      }),
    );
  });

  it('is not touched by a look without an answer', () => {
    fc.assert(
      fc.property(history, (looks) => {
        for (const { before, answer, after: now } of steps(looks)) {
          if (answer === 'unanswered' && before !== undefined) expect(now).toBe(before);
        }
      }),
    );
  });

  it('keeps the time since when it holds, and is asked for again unless found', () => {
    fc.assert(
      fc.property(history, (looks) => {
        for (const { before, answer, after: now } of steps(looks)) {
          if (before?.state === now.state) expect(now.since_at).toBe(before.since_at);
          if (answer === 'absent') expect(now.next_check_at).toBeLessThan(NEVER);
          if (answer === 'found')
            expect(now).toMatchObject({ state: 'found', next_check_at: NEVER, missed_at: null });
        }
      }),
    );
  });
});
