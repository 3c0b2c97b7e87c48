import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTrpc } from './trpc-answer.ts';

function flat(values: unknown): string {
  return JSON.stringify({ result: { data: JSON.stringify(values) } });
}

describe('an answer of the pages’ own API', () => {
  it('is read out of both of its wrappings', () => {
    const plain = JSON.stringify({ result: { data: { json: { id: 5, tags: ['a'] }, meta: {} } } });

    expect(readTrpc(plain)).toEqual({ id: 5, tags: ['a'] });
    expect(readTrpc(flat([{ id: 1, tags: 2 }, 5, [3], 'a']))).toEqual({ id: 5, tags: ['a'] });
  });

  it('keeps dates as texts, and values that stand in several places', () => {
    const values = [{ at: 1, one: 2, two: 2, none: -1, big: 4, set: 5 }, ['Date', '2026-01-01'], { x: 3 }, 7, ['BigInt', '9007199254740993'], ['Set', 3]]; // prettier-ignore

    expect(readTrpc(flat(values))).toEqual({
      at: '2026-01-01',
      one: { x: 7 },
      two: { x: 7 },
      none: undefined,
      big: '9007199254740993',
      set: [7],
    });
  });

  it.each([
    ['a page', '<html>'],
    ['another shape', '{"error":{"json":{"message":"no"}}}'],
    ['numbers of nothing', flat([{ a: 9 }])],
    ['names instead of numbers', flat([{ a: 'b' }])],
    ['a list in itself without end', flat(Array.from({ length: 500 }, (_, at) => [at + 1]))],
  ])('is none when it is %s', (_what, text) => {
    expect(() => readTrpc(text)).toThrow(SyntaxError);
  });

  it('never hangs nor throws anything else, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.integer({ min: -7, max: 9 }),
            fc.array(fc.integer({ min: -7, max: 9 })),
            fc.dictionary(fc.string(), fc.integer({ min: -7, max: 9 })),
          ),
        ),
        (values) => {
          try {
            readTrpc(flat(values));
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
          }
        },
      ),
    );
  });
});
