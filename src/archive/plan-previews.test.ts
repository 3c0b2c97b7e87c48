import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateBytes, parsePreviewWish, planPreviews } from './plan-previews.ts';
import type { PreviewImage, PreviewSubject, PreviewWish } from './plan-previews.ts';

function image(imageId: number, more: Partial<PreviewImage> = {}): PreviewImage {
  return {
    imageId,
    url: `https://image.civitai.com/${imageId}`,
    media: 'image',
    nsfwLevel: 1,
    width: 512,
    height: 768,
    ...more,
  };
}

function plan(
  images: readonly PreviewImage[],
  wish: PreviewWish,
  held: PreviewSubject['held'] = new Map(),
  levels = 31,
): [number, number][] {
  return planPreviews([{ fileId: 1, images, held }], wish, levels).map((step) => [
    step.slot,
    step.image.imageId,
  ]);
}

const THREE = [image(10), image(11), image(12)];

describe('planPreviews', () => {
  it('brings as many as are wanted, each into the slot of its place', () => {
    expect(plan(THREE, 'none')).toEqual([]);
    expect(plan(THREE, 'first')).toEqual([[1, 10]]);
    expect(plan(THREE, 2)).toEqual([
      [1, 10],
      [2, 11],
    ]);
    expect(plan(THREE, 'all')).toEqual([
      [1, 10],
      [2, 11],
      [3, 12],
    ]);
    expect(plan(THREE, 99)).toEqual(plan(THREE, 'all'));
  });

  it('brings nothing twice, and counts what is there', () => {
    expect(
      plan(
        THREE,
        'all',
        new Map([
          [1, 10],
          [3, 12],
        ]),
      ),
    ).toEqual([[2, 11]]);
    expect(plan(THREE, 'first', new Map([[1, 10]]))).toEqual([]);
  });

  it("leaves the slot of the user's own picture alone", () => {
    expect(plan(THREE, 'first', new Map([[1, undefined]]))).toEqual([]);
    expect(plan(THREE, 'all', new Map([[1, undefined]]))).toEqual([
      [2, 10],
      [3, 11],
      [4, 12],
    ]);
  });

  it('leaves out sound and what the levels exclude; unrated pictures pass', () => {
    const images = [
      image(10, { media: 'audio' }),
      image(11, { nsfwLevel: 16 }),
      image(12, { nsfwLevel: 0 }),
      image(13, { nsfwLevel: 4, media: 'video' }),
    ];

    expect(plan(images, 'all', new Map(), 7)).toEqual([
      [1, 12],
      [2, 13],
    ]);
  });

  it('never gives one slot to two pictures nor brings one that is there, and is done after one run', () => {
    const images = fc
      .uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 12 })
      .map((ids) => ids.map((id) => image(id)));
    const held = fc.uniqueArray(
      fc.tuple(
        fc.integer({ min: 1, max: 14 }),
        fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
      ),
      { selector: ([slot]) => slot, maxLength: 6 },
    );
    const wish = fc.constantFrom<PreviewWish>('first', 'all', 3);
    fc.assert(
      fc.property(images, held, wish, (all, there, most) => {
        const steps = plan(all, most, new Map(there));
        const after = new Map([...there, ...steps]);
        expect(after.size).toBe(there.length + steps.length);
        expect(plan(all, most, after)).toEqual([]);
      }),
    );
  });
});

describe('parsePreviewWish', () => {
  it('reads words and numbers', () => {
    expect(['first', 'all', 'none', '0', '12'].map(parsePreviewWish)).toEqual([
      'first',
      'all',
      'none',
      0,
      12,
    ]);
    expect(['', 'some', '-1', '1.5', '99999', 'FIRST'].map(parsePreviewWish)).toEqual(
      Array.from({ length: 6 }, () => undefined),
    );
  });
});

describe('estimateBytes', () => {
  it('grows with the measures, and takes a guess where there are none', () => {
    const small = estimateBytes([image(1)]);

    expect(small).toBeGreaterThan(50_000);
    expect(estimateBytes([image(1, { width: 1024, height: 1536 })])).toBeCloseTo(4 * small, -1);
    expect(estimateBytes([image(1, { width: null, height: null })])).toBeGreaterThan(small);
    expect(estimateBytes([image(1, { media: 'video' })])).toBeGreaterThan(small);
    expect(estimateBytes([])).toBe(0);
  });
});
