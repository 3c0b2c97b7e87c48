import { describe, expect, it } from 'vitest';
import { readModel } from '../civitai/shapes/model.ts';
import { readVersion } from '../civitai/shapes/version.ts';
import { modelFacts, shortModelFacts, versionFacts } from './to-facts.ts';

const VERSION = {
  id: 20,
  modelId: 10,
  name: 'v2',
  baseModel: 'SDXL 1.0',
  trainedWords: ['ink'],
  stats: { downloadCount: 5, thumbsUpCount: 3 },
  model: { name: 'Ink', type: 'LORA', nsfw: false, poi: false },
  files: [
    {
      id: 30,
      name: 'ink.safetensors',
      sizeKB: 2,
      type: 'Model',
      primary: true,
      metadata: { fp: 'fp16', format: 'SafeTensor' },
      hashes: { SHA256: 'AB'.repeat(32) },
    },
  ],
  images: [
    {
      id: 40,
      url: 'https://image.civitai.com/x/6e1a7d1c-0000-4000-8000-000000000000/original=true/40.jpeg',
      nsfwLevel: 1,
      width: 8,
      height: 9,
      type: 'image',
      meta: { prompt: 'a brush', seed: 1, steps: 20, cfgScale: 7, sampler: 'Euler' },
    },
  ],
};

function version(more: object = {}): NonNullable<ReturnType<typeof readVersion>> {
  const read = readVersion({ ...VERSION, ...more }, () => {});
  if (read === undefined) throw new Error('No version.');
  return read;
}

describe('versionFacts', () => {
  it('carries what an answer says: files with hashes, images with their settings', () => {
    expect(versionFacts(version(), 10, { ordered: false, filesComplete: true })).toMatchObject({
      id: 20,
      modelId: 10,
      position: undefined,
      trainedWords: ['ink'],
      downloads: 5,
      thumbsUp: 3,
      files: [{ id: 30, sizeBytes: 2048, precision: 'fp16', hashes: { SHA256: 'ab'.repeat(32) } }],
      images: [{ id: 40, generation: { prompt: 'a brush', seed: '1', steps: 20 } }],
    });
  });

  it('takes the model that it was asked for when the answer names none', () => {
    expect(
      versionFacts(version({ modelId: undefined }), 10, { ordered: true, filesComplete: false }).modelId,
    ).toBe(10);
  });

  it('keeps silence apart from emptiness', () => {
    const silent = versionFacts(version({ files: undefined, images: undefined }), 10, {
      ordered: true,
      filesComplete: false,
    });
    const empty = versionFacts(version({ files: [], images: [] }), 10, {
      ordered: true,
      filesComplete: false,
    });

    expect([silent.files, silent.images]).toEqual([undefined, undefined]);
    expect([empty.files, empty.images]).toEqual([[], []]);
  });
});

describe('modelFacts', () => {
  it('says that a model without a mode has none, so that an archived one can come back', () => {
    const model = readModel({ id: 10, name: 'Ink', type: 'LORA', modelVersions: [] }, () => {});
    const archived = readModel(
      { id: 10, name: 'Ink', type: 'LORA', mode: 'Archived', modelVersions: [] },
      () => {},
    );

    expect(model === undefined ? undefined : modelFacts(model).mode).toBeNull();
    expect(archived === undefined ? undefined : modelFacts(archived).mode).toBe('Archived');
  });
});

describe('shortModelFacts', () => {
  it('takes the little that a version says of its model, and is silent about the rest', () => {
    const [facts] = shortModelFacts(version());

    expect(facts).toMatchObject({
      id: 10,
      name: 'Ink',
      type: 'LORA',
      description: undefined,
      tags: undefined,
      creator: undefined,
    });
    expect(shortModelFacts(version({ model: undefined }))).toEqual([]);
    expect(shortModelFacts(version({ modelId: undefined }))).toEqual([]);
  });
});
