import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterCards } from '../browse/filter.ts';
import { type Images, readHead, readImages } from './image-data.ts';
import { imageFacets, postLabel } from './image-facets.ts';
import { positionBeside, rowOf, rowStarts, shapeOf } from './image-rows.ts';
import { IMAGE_SORTS, sortImages } from './image-sort.ts';
import { formatImageHash, IMAGE_FACETS, type ImageView, parseImageHash } from './image-view.ts';

const columns = {
  id: [1, 2, 3],
  created: [30, -1, 10],
  level: [1, 4, 1],
  media: [0, 1, 0],
  width: [600, -1, 1000],
  height: [900, -1, 500],
  thumb: ['a', '', 'c'],
  blurhash: ['', '', ''],
  creator: [1, -1, 0],
  post: [0, 1, -1],
  used: [[0], [], [0, 1]],
  base: [[0], [], [0]],
};
const head = {
  version: 1,
  count: 3,
  cards: 1,
  parts: 1,
  partSize: 500,
  levels: ['unrated', 'PG', 'PG-13', 'R', 'X'],
  creators: [['Bea', 'creators/bea.html'], ['Ada', 'creators/ada.html']], // prettier-ignore
  posts: [[7, 'Quays'], [8, '']], // prettier-ignore
  versions: [[5, 'Ink v1', 'LORA', '../ink.html'], [6, 'Wash v2', 'LORA', '']], // prettier-ignore
  bases: ['SDXL'],
};

function read(change: Record<string, unknown> = {}): Images {
  const list = [{ index: 0, head, columns: { ...columns, ...change } }];
  return readImages(list, readHead(list));
}

describe('the data of images', () => {
  it('is refused when a list is missing, too short or of another kind', () => {
    expect(read().count).toBe(3);
    for (const spoilt of [{ id: undefined }, { level: [1] }, { thumb: [1, 2, 3] }, { used: [1, 2, 3] }])
      expect(() => read(spoilt)).toThrow('spoilt list');
    expect(() => readHead([{ head: { version: 2 } }])).toThrow('not of its version');
    expect(() => readImages([], readHead([{ index: 0, head }]))).toThrow('missing');
  });

  it('takes words that are not what they should be for none', () => {
    const list = [{ index: 0, head: { ...head, posts: [['x', 3], 'y'], creators: 'z' }, columns }];

    const images = readImages(list, readHead(list));

    expect(images.posts).toEqual([[0, ''], [0, '']]); // prettier-ignore
    expect(images.creators).toEqual([]);
  });
});

describe('the facets of images', () => {
  it('count creators, models, base models, kinds, ratings and posts', () => {
    const images = read();
    const facets = imageFacets(images);

    const { counts, hits } = filterCards(facets, { used: { with: ['Ink v1'], without: [] } }, 3, undefined);

    expect([...hits]).toEqual([1, 0, 1]);
    expect(facets.map(({ name }) => name)).toEqual(IMAGE_FACETS);
    expect([...(counts.get('creator') ?? [])]).toEqual([1, 1, 0]);
    expect([...(counts.get('media') ?? [])]).toEqual([2, 0, 0]);
    expect(facets.find(({ name }) => name === 'post')?.labels).toEqual(['Quays (7)', 'Post 8', 'no post']);
    expect(postLabel([8, ''])).toBe('Post 8');
  });
});

describe('sorting images', () => {
  it('puts what is unknown last, whichever way', () => {
    const images = read();
    const ids = (sort: Parameters<typeof sortImages>[1], falling: boolean): number[] =>
      Array.from(sortImages(images, sort, falling), (at) => images.id[at] ?? 0);

    expect(ids('newest', true)).toEqual([1, 3, 2]);
    expect(ids('newest', false)).toEqual([3, 1, 2]);
    expect(ids('creator', false)).toEqual([1, 3, 2]);
    expect(ids('shape', true)).toEqual([3, 1, 2]);
    expect(ids('post', true)).toEqual([2, 1, 3]);
  });
});

describe('rows of images', () => {
  const shapes = fc.array(fc.double({ min: 0.5, max: 2.4, noNaN: true }), { minLength: 1, maxLength: 200 });

  it('hold every image once, in order, none of them empty', () => {
    fc.assert(
      fc.property(
        shapes,
        fc.integer({ min: 200, max: 2000 }),
        fc.integer({ min: 96, max: 360 }),
        (list, width, height) => {
          const starts = rowStarts(list, width, height, 8);

          expect(starts[0]).toBe(0);
          expect(starts.at(-1)).toBe(list.length);
          for (let row = 1; row < starts.length; row += 1)
            expect(starts[row] ?? 0).toBeGreaterThan(starts[row - 1] ?? 0);
          for (const [position] of list.entries()) {
            const row = rowOf(starts, position);
            expect(starts[row] ?? 0).toBeLessThanOrEqual(position);
            expect(starts[row + 1] ?? 0).toBeGreaterThan(position);
          }
        },
      ),
    );
  });

  it('are left up and down for the image that stands nearest', () => {
    fc.assert(
      fc.property(shapes, fc.nat(199), (list, at) => {
        const position = at % list.length;
        const starts = rowStarts(list, 900, 200, 8);
        const row = rowOf(starts, position);

        expect(rowOf(starts, positionBeside(starts, list, position, 1))).toBe(
          Math.min(row + 1, starts.length - 2),
        );
        expect(rowOf(starts, positionBeside(starts, list, position, -1))).toBe(Math.max(row - 1, 0));
      }),
    );
    const starts = Uint32Array.from([0, 2, 5]);
    expect(positionBeside(starts, [1, 1, 1, 1, 1], 1, 1)).toBe(4);
    expect(positionBeside(starts, [1, 1, 1, 1, 1], 3, -1)).toBe(0);
  });

  it('are never as long as a banner is', () => {
    expect(shapeOf({ width: [10_000], height: [10] }, 0)).toBe(2.4);
    expect(shapeOf({ width: [-1], height: [-1] }, 0)).toBeCloseTo(2 / 3);
  });

  it('of none are none', () => {
    expect([...rowStarts([], 900, 200, 8)]).toEqual([0]);
    expect(rowOf(Uint32Array.from([0]), 3)).toBe(0);
  });
});

describe('the view of images in the URL', () => {
  const labels = fc.uniqueArray(fc.string({ minLength: 1, unit: 'grapheme' }), { maxLength: 3 });
  const choice = fc
    .record({ with: labels, without: labels })
    .filter((one) => one.with.length + one.without.length > 0);
  const view: fc.Arbitrary<ImageView> = fc.record({
    query: fc.string({ unit: 'grapheme' }),
    choices: fc.dictionary(fc.constantFrom(...IMAGE_FACETS), choice, { noNullPrototype: true }),
    sort: fc.constantFrom(...IMAGE_SORTS.map(([name]) => name)),
    falling: fc.boolean(),
    open: fc.option(fc.integer({ min: 1, max: 2 ** 40 }), { nil: undefined }),
  });

  it('comes back from the hash as it went in', () => {
    fc.assert(
      fc.property(view, (one) => {
        expect(parseImageHash(`#${formatImageHash(one)}`)).toEqual(one);
      }),
    );
  });

  it('is read from anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const read = parseImageHash(text);
        expect(read.open === undefined || Number.isSafeInteger(read.open)).toBe(true);
      }),
    );
  });
});
