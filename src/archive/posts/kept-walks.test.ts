import { describe, expect, it } from 'vitest';
import { reachesKnown } from './kept-walks.ts';

const DAY = 86_400_000;
const MARK = 100 * DAY;
const kept = { members: new Set([1, 2, 3]), wholeAt: 0, markAt: MARK, hidden: undefined };

describe('a page of a list, newest first, proves that the rest is known', () => {
  it.each([
    [
      'when it goes back far enough and has nothing but what is known',
      [
        [3, MARK],
        [2, MARK - 2 * DAY],
      ],
      true,
    ],
    [
      'when what is not known is newer than the mark',
      [
        [9, MARK + 1],
        [3, MARK],
        [2, MARK - 2 * DAY],
      ],
      true,
    ],
    [
      'not when something stands there late, under an old date',
      [
        [3, MARK],
        [9, MARK - DAY / 2],
        [2, MARK - 2 * DAY],
      ],
      false,
    ],
    [
      'not when it ends shortly behind the mark',
      [
        [3, MARK],
        [2, MARK - DAY / 2],
      ],
      false,
    ],
    [
      'not when all of it is new',
      [
        [9, MARK + 2],
        [8, MARK + 1],
      ],
      false,
    ],
    [
      'not when something has no number',
      [
        [undefined, MARK],
        [2, MARK - 2 * DAY],
      ],
      false,
    ],
    [
      'not when something has no date',
      [
        [3, undefined],
        [2, MARK - 2 * DAY],
      ],
      false,
    ],
    ['not when it is empty', [], false],
  ] as const)('%s', (_what, page, proves) => {
    const dated = page.map(([id, at]) => ({ id, at }));

    expect(reachesKnown(dated, kept)).toBe(proves);
    expect(reachesKnown(dated, { ...kept, markAt: undefined })).toBe(false);
  });
});
