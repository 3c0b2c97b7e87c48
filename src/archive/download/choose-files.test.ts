import { describe, expect, it } from 'vitest';
import { readVersion } from '../../civitai/shapes/version.ts';
import type { File, Version } from '../../civitai/shapes/types.ts';
import { chooseFiles, chooseVersions, parseFileChoice, parseVersionChoice } from './choose-files.ts';

function version(id: number, more: Record<string, unknown> = {}): Version {
  const read = readVersion({ id, modelId: 1, name: `v${id}`, files: [], images: [], ...more }, () => {});
  if (read === undefined) throw new Error('unread');
  return read;
}

const FILES: readonly File[] =
  version(1, {
    files: [
      {
        id: 1,
        name: 'a.safetensors',
        type: 'Model',
        sizeKB: 1,
        primary: true,
        metadata: { format: 'SafeTensor', fp: 'fp16', size: 'pruned' },
      },
      {
        id: 2,
        name: 'a.safetensors',
        type: 'Model',
        sizeKB: 2,
        metadata: { format: 'SafeTensor', fp: 'fp32', size: 'full' },
      },
      { id: 3, name: 'a.vae.pt', type: 'VAE', sizeKB: 1, metadata: { format: 'PickleTensor' } },
      { id: 4, name: 'a.zip', type: 'Training Data', sizeKB: 1, metadata: { format: 'Other' } },
      { id: 5, name: 'a.gguf', type: 'Model', sizeKB: 1, metadata: { format: 'GGUF', quantType: 'Q4_K_M' } },
    ],
  }).files ?? [];

describe('--files', () => {
  it.each([
    ['primary', [1]],
    ['all', [1, 2, 3, 4, 5]],
    ['vae', [3]],
    ['VAE,training data', [3, 4]],
    ['training', [4]],
    ['model+fp32', [2]],
    ['primary,full', [1, 2]],
    ['pickletensor', [3]],
    ['gguf', [5]],
    ['q4_k_m', [5]],
    ['onnx', []],
  ])('%s means %j', (text, ids) => {
    expect(chooseFiles(FILES, parseFileChoice(text) ?? []).map(({ id }) => id)).toEqual(ids);
  });

  it('takes the first model file for the primary one where the site names none', () => {
    const unnamed = FILES.map((file) => ({ ...file, primary: false })).toReversed();

    expect(chooseFiles(unnamed, [['primary']]).map(({ id }) => id)).toEqual([5]);
  });

  it.each(['', 'vae,', 'model++fp16'])('%j is no choice', (text) => {
    expect(parseFileChoice(text)).toBeUndefined();
  });
});

describe('--versions', () => {
  const versions = [
    version(4, { baseModel: 'Pony', publishedAt: '2026-03-01T00:00:00Z' }),
    version(3, { baseModel: 'SDXL 1.0', publishedAt: '2026-02-01T00:00:00Z' }),
    version(2, { baseModel: 'Pony', publishedAt: '2026-01-01T00:00:00Z', status: 'Draft' }),
    version(1, { baseModel: 'SD 1.5', publishedAt: '2025-01-01T00:00:00Z' }),
  ];

  it.each([
    ['latest', undefined, [4]],
    ['all', undefined, [4, 3, 1]],
    ['base:sdxl1.0', undefined, [3]],
    ['base:Pony', undefined, [4]],
    ['all', '2026-01-15', [4, 3]],
    ['latest', '2026-04-01', []],
  ] as const)('%s since %s means %j', (text, since, ids) => {
    const choice = parseVersionChoice(text) ?? 'all';
    const chosen = chooseVersions(versions, choice, since === undefined ? undefined : Date.parse(since));

    expect(chosen.map(({ id }) => id)).toEqual(ids);
  });

  it.each(['', 'newest', 'base:', 'base'])('%j is no choice', (text) => {
    expect(parseVersionChoice(text)).toBeUndefined();
  });
});
