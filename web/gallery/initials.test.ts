import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialsOf } from './initials.ts';

describe('the initials on a cover without a picture', () => {
  it.each([
    ['Amber Foxes Realism', 'AF'],
    ['my_dog_rex', 'MD'],
    ['-rf', 'R'],
    ['水墨 山水', '水山'],
    ['<img src=x>', 'IS'],
    ['!!!', '·'],
    ['', '·'],
  ])('of %j are %s', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });

  it('are short and hold no half characters, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const initials = initialsOf(name);

        expect(initials.isWellFormed()).toBe(true);
        // Capitals may be longer: ŉ has two, ΐ three.
        expect([...initials].length).toBeLessThanOrEqual(6);
      }),
    );
  });
});
