import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { namedResources, resourceViews } from './view-resources.ts';
import { settingsView } from './view-settings.ts';

const unread = { seed: null, steps: null, cfg: null, sampler: null, model: null };

describe('settingsView', () => {
  it('puts first what people look for, under one name each, then the rest as it came', () => {
    const settings = {
      prompt: 'x', ENSD: 31337, 'Clip skip': '2', clipSkip: 2, scheduler: 'Karras', cfgScale: 7, Size: '512x768', 'ControlNet 0': { model: 'canny', weight: 1 },
      comfy: '{}', hashes: { model: 'ab' }, resources: [], engine: null, tools: ['a', 'b'], negativePrompt: 'y', fluxMode: '',
    }; // prettier-ignore

    expect(
      settingsView({ ...unread, seed: '18446744073709551615', steps: 20, model: 'm' }, settings),
    ).toEqual([
      ['Steps', '20'],
      ['Schedule type', 'Karras'],
      ['CFG scale', '7'],
      ['Seed', '18446744073709551615'],
      ['Size', '512x768'],
      ['Model', 'm'],
      ['Clip skip', '2'],
      ['ENSD', '31337'],
      ['ControlNet 0', 'model: canny, weight: 1'],
      ['tools', 'a, b'],
    ]);
  });

  it('makes the size of width and height', () => {
    expect(settingsView(unread, { width: 512, height: '768' })).toEqual([['Size', '512x768']]);
    expect(settingsView(unread, { width: 0, height: 1 })).toEqual([]);
  });

  it('leaves out pieces of prompts, and never throws', () => {
    const long = 'x'.repeat(61);
    expect(settingsView(unread, { '"add_detail"': 1, [long]: 1, '1.3)': 'z' })).toEqual([['1.3)', 'z']]);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (settings) => {
        for (const [label, value] of settingsView(unread, settings)) {
          expect(label.length).toBeLessThanOrEqual(60);
          expect(value).not.toBe('');
          expect(value.length).toBeLessThanOrEqual(500);
        }
      }),
    );
  });
});

describe('resources', () => {
  it('are read from every form there is', () => {
    const settings = {
      resources: [{ type: 'lora', name: 'ink', weight: 0.8, hash: 'ABCDEF12' }, { type: 'model', name: 'base', hash: 'e3b0c44298fc' }],
      civitaiResources: [
        { type: 'checkpoint', modelVersionId: 7 },
        { type: 'ImageJobNetworkParams { Strength = 1, TriggerWord = , Type = lora }', weight: 1, modelVersionId: '8', modelVersionName: 'v1' },
        { air: 'urn:air:sdxl:lora:civitai:1@9', modelName: 'Brush', versionName: 'v3', strength: '0.5' },
      ],
      additionalResources: [{ name: 'urn:air:sdxl:lora:civitai:5@10', type: 'lora', strength: 1 }],
      hashes: { model: '11111111aa', 'lora:wash': '22222222bb', 'embed:x': '' },
    }; // prettier-ignore
    const known = { names: new Map([[7, 'Base v2']]), versionOfHash: new Map([['abcdef12', 77]]) };

    expect(resourceViews(namedResources(settings), known)).toEqual([
      { name: 'Base v2', type: 'checkpoint', weight: undefined, versionId: 7 },
      { name: 'version 8', type: 'lora', weight: '1', versionId: 8 },
      { name: 'Brush v3', type: '', weight: '0.5', versionId: 9 },
      { name: 'version 10', type: 'lora', weight: '1', versionId: 10 },
      { name: 'ink', type: 'lora', weight: '0.8', versionId: 77 },
      { name: 'base', type: 'model', weight: undefined, versionId: undefined },
      { name: 'wash', type: 'lora', weight: undefined, versionId: undefined },
      { name: 'x', type: 'embed', weight: undefined, versionId: undefined },
    ]);
  });

  it('are named once', () => {
    const settings = {
      resources: [
        { type: 'lora', name: 'ink', hash: 'aaaaaaaa' },
        { type: 'lora', name: 'INK' },
      ],
      hashes: { 'lora:other': 'aaaaaaaa' },
      civitaiResources: [{ modelVersionId: 5 }, { modelVersionId: 5 }],
    };

    const versionOfHash = new Map([['aaaaaaaa', 5]]);
    expect(resourceViews(namedResources(settings), { names: new Map(), versionOfHash })).toHaveLength(1);
  });

  it('never throw, whatever the settings hold', () => {
    const key = fc.constantFrom('resources', 'civitaiResources', 'additionalResources', 'hashes');
    const part = fc.dictionary(
      fc.constantFrom('name', 'type', 'weight', 'strength', 'hash', 'air', 'modelVersionId'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.dictionary(key, fc.oneof(fc.jsonValue(), fc.array(part), part)), (settings) => {
        expect(namedResources(settings).length).toBeLessThanOrEqual(40);
      }),
    );
  });
});
