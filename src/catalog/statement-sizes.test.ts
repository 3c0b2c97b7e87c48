import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { evenKeys, evenRuns } from './statement-sizes.ts';

const isPower = (count: number): boolean => Number.isInteger(Math.log2(count));

describe('the sizes of statements', () => {
  it('are powers of two, at most as asked, and hold every row in its order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { maxLength: 700 }),
        fc.integer({ min: 0, max: 300 }),
        (rows, most) => {
          const runs = [...evenRuns(rows, most)];

          expect(runs.flat()).toEqual(rows);
          for (const run of runs)
            expect([isPower(run.length), run.length <= Math.max(most, 1)]).toEqual([true, true]);
        },
      ),
    );
  });

  it('cost few more statements than the rows need', () => {
    const rows = Array.from({ length: 893 }, (_, n) => n);

    expect([...evenRuns(rows, 300)].map((run) => run.length)).toEqual([256, 256, 256, 64, 32, 16, 8, 4, 1]);
  });

  it('of keys are filled up with the last key', () => {
    expect(evenKeys([1, 2, 3])).toEqual([1, 2, 3, 3]);
    expect(evenKeys([1, 2])).toEqual([1, 2]);
    expect(evenKeys([])).toEqual([]);
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 700 }), (keys) => {
        const filled = evenKeys(keys);

        expect(isPower(filled.length)).toBe(true);
        expect(filled.slice(0, keys.length)).toEqual(keys);
        expect(new Set(filled)).toEqual(new Set(keys));
      }),
    );
  });
});
