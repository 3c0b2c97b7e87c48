import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readSidecar, sidecarNames, sidecarStem } from './read-sidecar.ts';

const SHA = 'AB'.repeat(32);

function read(name: string, value: unknown): ReturnType<typeof readSidecar> {
  return readSidecar(name, JSON.stringify(value));
}

const VERSION = {
  id: 20,
  modelId: 10,
  name: 'v2',
  baseModel: 'SDXL 1.0',
  trainedWords: ['ink wash', '', 'ink wash', 'brush, dry'],
  model: { name: 'Ink', type: 'LORA', tags: [{ name: 'style' }, 'paint'] },
  files: [
    { name: 'b.zip', sizeKB: 1, hashes: {} },
    {
      name: 'ink.safetensors',
      sizeKB: 1024.5,
      primary: true,
      hashes: { SHA256: SHA, AutoV3: '0123456789AB', CRC32: 'xyz' },
    },
  ],
};

describe('readSidecar', () => {
  it('reads what users of A1111 wrote', () => {
    const value = {
      'activation text': 'ink wash, (brush:1.1)',
      'negative text': 'photo',
      'preferred weight': 0.8,
      'sd version': 'SDXL',
      description: 'soft',
      notes: 'mine',
      sha256: SHA,
      modelId: 10,
    };

    expect(read('ink.json', value)).toMatchObject({
      format: 'a1111',
      trainedWords: ['ink wash, (brush:1.1)'],
      negativeText: 'photo',
      preferredWeight: 0.8,
      baseModel: 'SDXL',
      description: 'soft',
      notes: 'mine',
      hashes: { SHA256: SHA.toLowerCase() },
      modelId: 10,
    });
  });

  it('knows it by its keys also when only some were filled in by hand', () => {
    expect(read('ink.json', { notes: 'mine' })).toMatchObject({ format: 'a1111', notes: 'mine' });
    expect(read('ink.json', { notes: 'mine', other: 1 })).toBeUndefined();
  });

  it('takes the untouched fields of A1111 for nothing', () => {
    const value = {
      'activation text': '',
      'preferred weight': 0,
      'sd version': 'Unknown',
      modelId: 'Model not found',
    };

    expect(read('ink.json', value)).toMatchObject({
      trainedWords: [],
      preferredWeight: undefined,
      baseModel: undefined,
      modelId: undefined,
      unknownToSite: true,
    });
  });

  it.each([
    ['ink.civitai.info', 'civitai-info'],
    ['ink.api_info.json', 'api-info'],
    ['ink.json', 'civitscraper'],
    ['ink_civitai_model_version.json', 'data-manager-version'],
  ])('reads a version answer kept as %s', (name, format) => {
    expect(read(name, VERSION)).toMatchObject({
      format,
      modelName: 'Ink',
      versionName: 'v2',
      modelType: 'LORA',
      trainedWords: ['ink wash', 'brush, dry'],
      tags: ['style', 'paint'],
      modelId: 10,
      versionId: 20,
      hashes: { SHA256: SHA.toLowerCase(), AutoV3: '0123456789ab' },
      size: 1049088,
      unknownToSite: false,
    });
  });

  it('knows the two ways of saying "not on the site", and that an outage is neither', () => {
    expect(read('ink.civitai.info', {})?.unknownToSite).toBe(true);
    expect(
      read('ink_civitai_model_version.json', { error: 'Not found', status_code: 404 })?.unknownToSite,
    ).toBe(true);
    expect(read('ink_civitai_model_version.json', { error: 'Down', status_code: 503 })).toBeUndefined();
    expect(read('ink.json', {})).toBeUndefined();
  });

  it('reads a model answer', () => {
    const value = {
      id: 10,
      name: 'Ink',
      type: 'LORA',
      tags: ['a'],
      creator: { username: 'bo' },
      modelVersions: [],
    };

    expect(read('ink_civitai_model.json', value)).toMatchObject({
      modelName: 'Ink',
      creator: 'bo',
      modelId: 10,
    });
  });

  it('reads LoRA Manager with the size and time that prove its hash', () => {
    const value = {
      file_name: 'ink',
      model_name: 'Ink',
      sha256: SHA.toLowerCase(),
      autov3: 'e3b0c44298fc',
      size: 1234,
      modified: 1710000000.25,
      base_model: 'Unknown',
      usage_tips: '{"strength": 0.7}',
      from_civitai: true,
      civitai: { id: 20, modelId: 10, name: 'v2', baseModel: 'Pony', trainedWords: ['x'] },
      tags: ['t'],
    };

    expect(read('ink.metadata.json', value)).toMatchObject({
      format: 'lora-manager',
      hashes: { SHA256: SHA.toLowerCase() },
      size: 1234,
      modifiedAt: 1710000000250,
      preferredWeight: 0.7,
      baseModel: 'Pony',
      modelId: 10,
      versionId: 20,
      trainedWords: ['x'],
    });
  });

  it('reads Stability Matrix and SwarmUI', () => {
    const matrix = {
      ModelId: 10,
      ModelName: 'Ink',
      VersionId: 20,
      Hashes: { BLAKE3: SHA },
      TrainedWords: ['x'],
      Tags: ['t'],
    };
    const swarm = {
      'modelspec.title': 'Ink',
      'modelspec.trigger_phrase': 'x, y',
      'modelspec.tags': 'a, b',
      'modelspec.lora_default_weight': '0.6',
      'modelspec.hash_sha256': `0x${SHA}`,
    };

    expect(read('ink.cm-info.json', matrix)).toMatchObject({
      modelId: 10,
      hashes: { BLAKE3: SHA.toLowerCase() },
      trainedWords: ['x'],
    });
    expect(read('ink.swarm.json', swarm)).toMatchObject({
      trainedWords: ['x, y'],
      tags: ['a', 'b'],
      preferredWeight: 0.6,
      hashes: {},
    });
  });

  it('reads the hash file of the data manager', () => {
    const value = {
      hash_type: 'SHA256',
      hash_value: SHA,
      filename: 'ink.safetensors',
      timestamp: '2025-01-31T12:00:00.1',
    };

    expect(read('ink_hash.json', value)).toMatchObject({
      format: 'data-manager-hash',
      hashes: { SHA256: SHA.toLowerCase() },
    });
  });

  it('reads an answer kept as a text inside JSON, and one with a byte-order mark', () => {
    expect(read('ink.civitai.info', JSON.stringify(VERSION))?.versionId).toBe(20);
    expect(readSidecar('ink.civitai.info', `\uFEFF${JSON.stringify(VERSION)}`)?.versionId).toBe(20);
  });

  it('says undefined for damaged and foreign files', () => {
    expect(readSidecar('ink.civitai.info', '{"id": 1')).toBeUndefined();
    expect(readSidecar('ink.civitai.info', '[]')).toBeUndefined();
    expect(read('tokenizer.json', { version: '1.0', model: { type: 'BPE' } })).toBeUndefined();
    expect(read('ink.txt', VERSION)).toBeUndefined();
    expect(readSidecar('ink.json', ' '.repeat(9_000_000))).toBeUndefined();
  });

  it('never throws on values of any shape', () => {
    const keys = fc.constantFrom(
      'id',
      'files',
      'model',
      'civitai',
      'activation text',
      'file_name',
      'Hashes',
      'tags',
      'trainedWords',
      'usage_tips',
      'error',
      '__proto__',
    );
    const names = fc.constantFrom(...sidecarNames('x'));
    fc.assert(
      fc.property(names, fc.dictionary(keys, fc.jsonValue()), (name, value) => {
        expect(() => read(name, value)).not.toThrow();
      }),
    );
  });
});

describe('sidecarStem', () => {
  it('gives back the stem of every name a sidecar may have', () => {
    for (const name of sidecarNames('my.model v1.0')) expect(sidecarStem(name)).toBe('my.model v1.0');
  });

  it('is undefined for other names and for names that are only an ending', () => {
    expect(sidecarStem('ink.safetensors')).toBeUndefined();
    expect(sidecarStem('.json')).toBeUndefined();
  });
});
