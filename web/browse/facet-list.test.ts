import { describe, expect, it } from 'vitest';
import { topValues } from './facet-list.tsx';
import { facetsOf } from '../gallery/card-facets.ts';
import { filterCards } from './filter.ts';
import { madeCards } from '../gallery/made-cards.ts';

const cards = madeCards([
  { name: 'a', type: 'VAE' },
  { name: 'b', type: 'LORA' },
  { name: 'c', type: 'LORA' },
  { name: 'd' },
  { name: 'e' },
  { name: 'f' },
]);

function shown(chosen: readonly string[], limit = 8): { labels: string[]; more: number } {
  const [type] = facetsOf(cards);
  if (type === undefined) throw new Error('no facet');
  const choice = { with: chosen, without: [] };
  const counts = filterCards([type], {}, cards.count, undefined).counts.get('type') ?? new Uint32Array();
  const { values, more } = topValues(type, counts, choice, '', limit);
  return { labels: values.map((value) => type.labels[value] ?? ''), more };
}

describe('the values of a facet', () => {
  it('stand by falling count, what is unknown last however many there are', () => {
    expect(shown([]).labels).toEqual(['LORA', 'VAE', 'unknown type']);
  });

  it('begin with what is chosen, and tell how many more there are', () => {
    expect(shown(['unknown type'], 2)).toEqual({ labels: ['unknown type', 'LORA'], more: 1 });
  });
});
