import { describe, expect, it } from 'vitest';

import {
  hashOf,
  mergeResources,
  resource,
  resourceKind,
  resourcesInPrompt,
  resourcesInSettings,
} from './generation-resource.ts';

describe('resourcesInPrompt', () => {
  it('reads tags with and without weights, names with folders, brackets and blanks', () => {
    const prompt = '<lora:a\\b (c) d:0.5> x <LoRA:e> <lora:f:-1:lbw=0> <hypernet:g:2> <lora:> <broken:h:1>';

    expect(resourcesInPrompt(prompt).map((item) => [item.kind, item.name, item.weight])).toEqual([
      ['lora', 'a/b (c) d', 0.5],
      ['lora', 'e', 1],
      ['lora', 'f', -1],
      ['other', 'g', 2],
    ]);
  });
});

describe('resourcesInSettings', () => {
  it('joins model, VAE, hash lists, the list of the site and numbered LoRAs', () => {
    const found = resourcesInSettings({
      Model: 'base',
      'Model hash': '0123456789',
      VAE: 'v.pt',
      'Lora hashes': 'ink: 0123456789ab, none: e3b0c44298fc',
      'TI hashes': 'neg: 0123456789ab',
      Hashes: { model: '0123456789', 'lora:ink2': '00112233', 'embed:x': 'zz' },
      'Civitai resources': [
        { type: 'lora', weight: 0.4, modelVersionId: 7 },
        { air: 'urn:air:sdxl:lora:civitai:5@6', weight: null },
        3,
      ],
      'Lora_0 Model name': 'zero.safetensors',
      'Lora_0 Strength model': '-1.1',
      'AddNet Model 1': 'old(00112233aabb)',
      'AddNet Weight A 1': 'nan',
    });

    expect(
      found.map((item) => [item.kind, item.name, item.hash, item.weight, item.modelId, item.versionId]),
    ).toEqual([
      ['checkpoint', 'base', '0123456789', undefined, undefined, undefined],
      ['vae', 'v.pt', undefined, undefined, undefined, undefined],
      ['lora', 'ink', '0123456789ab', undefined, undefined, undefined],
      ['lora', 'none', undefined, undefined, undefined, undefined],
      ['embedding', 'neg', '0123456789ab', undefined, undefined, undefined],
      ['lora', 'ink2', '00112233', undefined, undefined, undefined],
      ['embedding', 'x', undefined, undefined, undefined, undefined],
      ['lora', undefined, undefined, 0.4, undefined, 7],
      ['lora', undefined, undefined, undefined, 5, 6],
      ['lora', 'zero.safetensors', undefined, -1.1, undefined, undefined],
      ['lora', 'old', '00112233aabb', undefined, undefined, undefined],
    ]);
  });
});

describe('mergeResources', () => {
  it('joins one resource named with and without extension, keeps nameless ones apart', () => {
    const merged = mergeResources([
      resource({ kind: 'lora', name: 'Ink', weight: 0.5 }),
      resource({ kind: 'lora', name: 'ink.safetensors', hash: '00112233' }),
      resource({ kind: 'lora', versionId: 1 }),
      resource({ kind: 'lora', versionId: 2 }),
    ]);

    expect(merged).toHaveLength(3);
    expect(merged[0]).toMatchObject({ name: 'Ink', weight: 0.5, hash: '00112233' });
  });
});

describe('resourceKind', () => {
  it.each([
    ['LORA', 'lora'],
    ['embed', 'embedding'],
    ['ImageJobNetworkParams { Strength = 1, TriggerWord = , Type = lora }', 'lora'],
    ['diffusionmodel', 'checkpoint'],
    ['whatever', 'other'],
  ])('reads %s as %s', (text, kind) => {
    expect(resourceKind(text)).toBe(kind);
  });
});

describe('hashOf', () => {
  it('takes hex in any case and with prefixes, never the hash of nothing', () => {
    expect([
      hashOf('0xABCDEF0123'),
      hashOf('blake3:00112233'),
      hashOf('e3b0c44298fc'),
      hashOf('none'),
      hashOf(5),
    ]).toEqual(['abcdef0123', '00112233', undefined, undefined, undefined]);
  });
});
