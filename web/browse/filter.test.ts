import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLAGS } from '../gallery/card-data.ts';
import { facetsOf } from '../gallery/card-facets.ts';
import type { FacetName } from './facets.ts';
import { type Choices, filterCards } from './filter.ts';
import { type MadeCard, madeCards } from '../gallery/made-cards.ts';

const list: readonly MadeCard[] = [
  { name: 'a', type: 'LORA', tags: ['ink', 'night'], folder: 'x/y' },
  { name: 'b', type: 'LORA', tags: ['ink'], folder: 'x' },
  { name: 'c', type: 'VAE', tags: ['night'], folder: 'x/yy', flags: FLAGS.update },
  { name: 'd', tags: [], folder: '', flags: FLAGS.missing },
];
const cards = madeCards(list);
const facets = facetsOf(cards);
const only = (choices: Choices, found?: Uint8Array) => filterCards(facets, choices, cards.count, found);
const chosen = (name: FacetName, labels: string[], without: string[] = []): Choices => ({
  [name]: { with: labels, without },
});
const hits = (choices: Choices): string =>
  list
    .filter((_, at) => only(choices).hits[at] === 1)
    .map(({ name }) => name)
    .join('');
const countOf = (name: FacetName, label: string, choices: Choices): number => {
  const facet = facets.find((one) => one.name === name);
  return only(choices).counts.get(name)?.[facet?.labels.indexOf(label) ?? -1] ?? -1;
};

describe('filtering', () => {
  it.each<[string, Choices, string]>([
    ['nothing chosen', {}, 'abcd'],
    ['one value', chosen('type', ['LORA']), 'ab'],
    ['either of two types', chosen('type', ['LORA', 'VAE']), 'abc'],
    ['both of two tags', chosen('tag', ['ink', 'night']), 'a'],
    ['without a tag', chosen('tag', [], ['ink']), 'cd'],
    ['cards that have no tag', chosen('tag', ['no tags']), 'd'],
    ['cards of unknown type', chosen('type', ['unknown type']), 'd'],
    ['a folder and all below it, but none of like name', chosen('folder', ['x/y']), 'a'],
    ['a parent folder', chosen('folder', ['x']), 'abc'],
    ['a state', chosen('state', ['has update']), 'c'],
    ['known to the site', chosen('state', ['known to the site']), 'abc'],
    ['a value nobody has any more', chosen('type', ['Gone']), ''],
    ['two facets', { ...chosen('type', ['LORA']), ...chosen('tag', ['night']) }, 'a'],
  ])('lets through %s', (_what, choices, expected) => {
    expect(hits(choices)).toBe(expected);
  });

  it('counts what choosing another value of the same facet would add', () => {
    expect(countOf('type', 'VAE', chosen('type', ['LORA']))).toBe(1);
    expect(countOf('type', 'VAE', { ...chosen('type', ['LORA']), ...chosen('tag', ['ink']) })).toBe(0);
  });

  it('counts tags among what is left, for all chosen must be there', () => {
    expect(countOf('tag', 'night', chosen('tag', ['ink']))).toBe(1);
  });

  it('searches and filters together', () => {
    expect(only(chosen('type', ['LORA']), Uint8Array.of(0, 1, 1, 1)).count).toBe(1);
  });

  it('counts in each facet exactly the cards that choosing a value there alone would show', () => {
    const label = fc.constantFrom('LORA', 'VAE', 'unknown type');
    fc.assert(
      fc.property(
        fc.uniqueArray(label),
        fc.uniqueArray(fc.constantFrom('ink', 'night', 'no tags')),
        (types, tags) => {
          const choices = { ...chosen('type', types), ...chosen('tag', tags) };
          for (const type of ['LORA', 'VAE', 'unknown type']) {
            expect(countOf('type', type, choices)).toBe(
              hits({ ...choices, ...chosen('type', [type]) }).length,
            );
          }
        },
      ),
    );
  });
});
