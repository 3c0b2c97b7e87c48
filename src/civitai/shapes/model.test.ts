import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFile } from './file.ts';
import { readImage } from './image.ts';
import { readCommercialUse, readModel } from './model.ts';
import { readVersion } from './version.ts';

const quiet = (): void => undefined;

describe('readModel', () => {
  it('reads a model of the least there can be', () => {
    expect(readModel({ id: 1 }, quiet)).toMatchObject({
      id: 1,
      name: '',
      type: 'Other',
      creator: undefined,
      tags: [],
      versions: [],
      stats: { downloadCount: undefined, rating: undefined },
    });
  });

  it.each([
    [
      ['Image', 'Rent'],
      ['Image', 'Rent'],
    ],
    [[], []],
    ['Sell', ['Sell']],
    ['None', ['None']],
    ['{RentCivit,Rent,Image}', ['RentCivit', 'Rent', 'Image']],
    ['{"Image",RentCivit}', ['Image', 'RentCivit']],
    ['{}', []],
    [null, undefined],
    [undefined, undefined],
  ])('reads the commercial use %j', (value, list) => {
    expect(readCommercialUse(value)).toEqual(list);
  });

  it('reads tags of both forms, each once', () => {
    expect(readModel({ id: 1, tags: ['a', { name: 'b' }, 'a', ' ', null, { id: 3 }] }, quiet)?.tags).toEqual([
      'a',
      'b',
    ]);
  });

  it.each([
    [undefined, undefined],
    [null, undefined],
    [{ username: null, image: null }, undefined],
    [
      { username: 'x', image: 'blob:https://civitai.com/y' },
      { username: 'x', image: undefined },
    ],
    [
      { username: 'x', image: 'https://a/b' },
      { username: 'x', image: 'https://a/b' },
    ],
  ])('reads the creator %j', (creator, read) => {
    expect(readModel({ id: 1, creator }, quiet)?.creator).toEqual(read);
  });

  it('tells hidden counters from silent ones', () => {
    const stats = readModel(
      { id: 1, stats: { downloadCount: null, thumbsUpCount: 3, rating: 4.5 } },
      quiet,
    )?.stats;

    expect(stats).toMatchObject({
      downloadCount: null,
      thumbsUpCount: 3,
      commentCount: undefined,
      rating: 4.5,
    });
    expect(readModel({ id: 1, stats: null }, quiet)?.stats.downloadCount).toBeUndefined();
  });

  it('leaves out a bad version, file or image with a warning, and keeps their neighbours', () => {
    const warnings: string[] = [];
    const model = readModel(
      {
        id: 1,
        modelVersions: [
          null,
          { name: 'no id' },
          { id: 2, files: [null, { id: 'x' }, { id: 3 }], images: [{}, 'y', { url: 'https://z' }] },
        ],
      },
      (message) => warnings.push(message),
    );

    expect(model?.versions).toHaveLength(1);
    expect(model?.versions[0]).toMatchObject({
      id: 2,
      modelId: 1,
      files: [{ id: 3 }],
      images: [{ url: 'https://z' }],
    });
    expect(warnings).toHaveLength(6);
    expect(warnings).toContain("model 1: version 2: image 0 can't be read and is left out");
  });
});

describe('readVersion', () => {
  it('tells an absent list from an empty one', () => {
    expect(readVersion({ id: 1 }, quiet)).toMatchObject({
      files: undefined,
      images: undefined,
      trainedWords: [],
    });
    expect(readVersion({ id: 1, files: [], images: null, trainedWords: null }, quiet)).toMatchObject({
      files: [],
      images: undefined,
      trainedWords: [],
    });
  });

  it('keeps trained words as they are, commas, newlines and all', () => {
    expect(readVersion({ id: 1, trainedWords: ['a, b', '', 'c\nd', 5] }, quiet)?.trainedWords).toEqual([
      'a, b',
      '',
      'c\nd',
    ]);
  });

  it('reads the end of early access wherever it stands', () => {
    const end = '2026-08-11T21:26:30.000Z';
    for (const fields of [
      { earlyAccessDeadline: end },
      { earlyAccessEndsAt: end },
      { paidAccess: { permanent: false, endsAt: end } },
    ]) {
      expect(readVersion({ id: 1, ...fields }, quiet)?.earlyAccessUntil).toBe(Date.parse(end));
    }
  });

  it('reads the model part of a version answer', () => {
    const model = { name: 'n', type: 'LORA', nsfw: true, poi: false, mode: 'Archived' };

    expect(readVersion({ id: 1, modelId: 5, model }, quiet)).toMatchObject({ modelId: 5, model });
    expect(readVersion({ id: 1, model: null }, quiet)?.model).toBeUndefined();
  });
});

describe('readFile', () => {
  it('gives bytes, lower-case hashes and one format', () => {
    const file = readFile({
      id: 9,
      name: 'a.safetensors',
      sizeKB: 6_775_454.5,
      metadata: { format: 'SafeTensor', size: 'pruned', fp: null },
      hashes: { SHA256: 'AB'.repeat(32), AutoV3: 'B0DB60085631', Junk: 'not hex', Other: null },
      primary: true,
    });

    expect(file).toMatchObject({
      size: 6_938_065_408,
      format: 'SafeTensor',
      extent: 'pruned',
      fp: undefined,
      primary: true,
    });
    expect(file?.hashes).toEqual({ SHA256: 'ab'.repeat(32), AutoV3: 'b0db60085631' });
  });

  it('reads the forms of other years', () => {
    expect(
      readFile({
        id: 9,
        format: 'PickleTensor',
        hashes: [{ type: 'AutoV2', hash: 'FF51B7D4AA' }],
        sizeKB: '5',
      }),
    ).toMatchObject({
      name: 'file-9',
      type: 'Model',
      format: 'PickleTensor',
      size: 5120,
      primary: false,
      hashes: { AutoV2: 'ff51b7d4aa' },
    });
  });
});

describe('every reader', () => {
  it('never throws, whatever it is given', () => {
    const keys = fc.constantFrom(
      'id',
      'url',
      'stats',
      'files',
      'images',
      'hashes',
      'meta',
      'tags',
      'creator',
      'modelVersions',
      'model',
    );
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue(),
        fc.array(tie('tree')),
        fc.dictionary(keys, tie('tree')),
        fc.constant({ id: 1 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        readModel(value, quiet);
        readVersion(value, quiet);
        readFile(value);
        readImage(value);
      }),
    );
  });
});
