import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { chooseCandidate } from './candidate-choice.ts';
import type { ChoiceCandidate } from './candidate-choice.ts';

function candidate(given: Partial<ChoiceCandidate>): ChoiceCandidate {
  return {
    versionId: 1,
    modelId: 1,
    civitaiFileId: 10,
    fileName: 'model.safetensors',
    sizeBytes: 1000,
    precision: undefined,
    format: 'SafeTensor',
    type: 'Model',
    modelName: 'Some Model',
    versionName: 'v1',
    publishedAt: 100,
    primary: true,
    ...given,
  };
}

function file(name: string, size = 1000): { name: string; stem: string; size: number } {
  return { name, stem: name.replace(/\.[^.]*$/, ''), size };
}

describe('chooseCandidate', () => {
  it('has nothing to choose from nothing', () => {
    expect(chooseCandidate(file('a.pt'), [])).toBeUndefined();
  });

  it.each<[string, string, Partial<ChoiceCandidate>, Partial<ChoiceCandidate>, string]>([
    [
      'the same file name',
      'Ink.safetensors',
      { fileName: 'ink.safetensors' },
      { publishedAt: 1 },
      'its file has the same name',
    ],
    [
      'nearly the same name',
      'ink wash_v2 (1).pt',
      { fileName: 'ink_wash-v2.safetensors' },
      { publishedAt: 1 },
      'its file has nearly the same name',
    ],
    [
      'a name like model and version',
      'InkWash-v2.pt',
      { modelName: 'Ink Wash', versionName: 'v2' },
      { modelName: 'Ink Wash', publishedAt: 1 },
      'the file is named after it',
    ],
    [
      'the same size within a byte',
      'x.pt',
      { sizeBytes: 1001 },
      { sizeBytes: 1002, publishedAt: 1 },
      'its file has the same size',
    ],
    [
      'the precision in the name',
      'x-fp16.pt',
      { precision: 'fp16' },
      { precision: 'fp32', publishedAt: 1 },
      'the file name tells its precision',
    ],
    [
      'no wrong precision',
      'x-fp16.pt',
      { precision: undefined },
      { precision: 'fp32', publishedAt: 1 },
      'the file name tells its precision',
    ],
    ['a main file', 'x.pt', {}, { primary: false, publishedAt: 1 }, "it is the version's main file"],
    ['the oldest publication', 'x.pt', { publishedAt: 100 }, { publishedAt: 101 }, 'it was published first'],
    ['any publication', 'x.pt', { publishedAt: 100 }, { publishedAt: undefined }, 'it was published first'],
    ['the lowest number', 'x.pt', {}, { modelId: 9 }, 'it has the lowest number'],
  ])('prefers %s', (_what, name, good, other, reason) => {
    const candidates = [
      candidate({ versionId: 2, ...other }),
      candidate({ versionId: reason.includes('number') ? 1 : 3, ...good }),
    ];

    expect(chooseCandidate(file(name), candidates)).toEqual({
      versionId: candidates[1]?.versionId,
      civitaiFileId: 10,
      reason,
    });
  });

  it('names no reason to wonder when there is one version only', () => {
    const twins = [candidate({ civitaiFileId: 11, fileName: 'other' }), candidate({ civitaiFileId: 12 })];

    expect(chooseCandidate(file('model.safetensors'), twins)).toEqual({
      versionId: 1,
      civitaiFileId: 12,
      reason: 'the only version with these bytes',
    });
  });

  it('takes what no answer described when there is nothing else', () => {
    const vague = candidate({
      civitaiFileId: 0,
      fileName: undefined,
      sizeBytes: undefined,
      primary: false,
      versionName: undefined,
      modelName: undefined,
    });

    expect(chooseCandidate(file('a'), [vague])?.versionId).toBe(1);
  });

  it('does not care about the order of the candidates', () => {
    const anyCandidate = fc.record({
      versionId: fc.integer({ min: 1, max: 4 }),
      modelId: fc.constant(1),
      civitaiFileId: fc.integer({ min: 0, max: 4 }),
      fileName: fc.constantFrom(undefined, 'a.pt', 'a-fp16.pt'),
      sizeBytes: fc.constantFrom(undefined, 999, 1005),
      precision: fc.constantFrom(undefined, 'fp16', 'fp32'),
      format: fc.constant(undefined),
      type: fc.constant(undefined),
      modelName: fc.constantFrom(undefined, 'a', '水墨'),
      versionName: fc.constantFrom(undefined, 'fp16', ''),
      publishedAt: fc.constantFrom(undefined, 1, 2),
      primary: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(anyCandidate, { maxLength: 6 }),
        fc.constantFrom('a.pt', 'a-fp16.pt', '水墨_fp32.pt'),
        (candidates, name) => {
          const chosen = chooseCandidate(file(name), candidates);

          expect(chooseCandidate(file(name), candidates.toReversed())).toEqual(chosen);
          expect(chosen === undefined).toBe(candidates.length === 0);
        },
      ),
    );
  });
});
