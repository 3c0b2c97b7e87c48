import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunks, inPool, mutex } from './pool.ts';

/** Work that ends when told to. */
function heldWork(): {
  started: number[];
  ended: number[];
  work: (item: number) => Promise<void>;
  release: () => void;
} {
  const started: number[] = [];
  const ended: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const work = async (item: number): Promise<void> => {
    started.push(item);
    await promise;
    ended.push(item);
  };
  return { started, ended, work, release: resolve };
}

describe('inPool', () => {
  it('works on every item once, in order of start, and no more than the limit at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer(), { maxLength: 40 }),
        fc.integer({ min: 1, max: 8 }),
        async (items, limit) => {
          const seen: number[] = [];
          let running = 0;
          let most = 0;
          await inPool(items, limit, async (item, index) => {
            seen[index] = item;
            most = Math.max(most, (running += 1));
            await Promise.resolve();
            running -= 1;
          });
          expect(seen).toEqual(items);
          expect(most).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('starts nothing more after an error, and throws it when what is under way has ended', async () => {
    const held = heldWork();
    let rejected = false;
    const all = inPool([1, 2, 3, 4, 5], 3, async (item) => {
      if (item === 2) throw new Error('two');
      await held.work(item);
    }).catch((error: unknown) => {
      rejected = true;
      return error;
    });

    await delay(5);
    expect(rejected).toBe(false);
    held.release();

    expect(await all).toMatchObject({ message: 'two' });
    expect(held.started).toEqual(held.ended);
    expect(held.started).not.toContain(5);
  });

  it('waits for the work under way when the items themselves fail', async () => {
    const held = heldWork();
    const broken = async function* (): AsyncGenerator<number> {
      yield 1;
      yield 2;
      await Promise.resolve();
      throw new Error('no third');
    };
    const all = inPool(broken(), 4, held.work).catch((error: unknown) => error);

    await delay(5);
    held.release();

    expect(await all).toMatchObject({ message: 'no third' });
    expect(held.ended).toEqual([1, 2]);
  });
});

describe('chunks', () => {
  it('loses nothing, keeps the order, and fills all runs but the last', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 10 }), (items, size) => {
        const runs = [...chunks(items, size)];
        expect(runs.flat()).toEqual(items);
        expect(runs.slice(0, -1).every((run) => run.length === size)).toBe(true);
        expect(runs.every((run) => run.length > 0 && run.length <= size)).toBe(true);
      }),
    );
  });
});

describe('mutex', () => {
  it('lets one in at a time, in the order of the calls, also after one that failed', async () => {
    const alone = mutex();
    const steps: string[] = [];
    const enter = (name: string, fails = false): Promise<string> =>
      alone(async () => {
        steps.push(`${name} in`);
        await delay(1);
        steps.push(`${name} out`);
        if (fails) throw new Error(name);
        return name;
      });

    const [first, second, third] = await Promise.allSettled([enter('a'), enter('b', true), enter('c')]);

    expect(steps).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
    expect([first.status, second.status, third.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
