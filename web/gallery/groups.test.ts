import { describe, expect, it } from 'vitest';
import { groupsOf, inGroups } from './groups.tsx';
import { madeCards } from './made-cards.ts';

describe('groupsOf', () => {
  const cards = madeCards([
    { name: 'a', type: 'LORA' },
    { name: 'b' },
    { name: 'c', type: 'Checkpoint' },
    { name: 'd', type: 'LORA' },
  ]);

  it('puts types by name, unknown ones last, and keeps the order within each', () => {
    const groups = groupsOf(cards, Uint32Array.of(3, 1, 2, 0));

    expect(groups.map(({ label, start, results }) => [label, start, [...results]])).toEqual([
      ['Checkpoint', 0, [2]],
      ['LORA', 1, [3, 0]],
      ['Unknown type', 3, [1]],
    ]);
    expect([...inGroups(groups)]).toEqual([2, 3, 0, 1]);
  });

  it('has no group without a card', () => {
    expect(groupsOf(cards, Uint32Array.of(2)).map(({ label }) => label)).toEqual(['Checkpoint']);
    expect(groupsOf(cards, new Uint32Array())).toEqual([]);
  });
});
