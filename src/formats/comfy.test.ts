import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readComfy, readComfyValue } from './comfy.ts';

type Nodes = Record<string, { class_type: string; inputs: Record<string, unknown> }>;

function node(classType: string, inputs: Record<string, unknown>): Nodes[string] {
  return { class_type: classType, inputs };
}

function simple(changes: Nodes = {}): Nodes {
  return {
    '4': node('CheckpointLoaderSimple', { ckpt_name: 'sd\\base.safetensors' }),
    '5': node('EmptyLatentImage', { width: 832, height: 1216, batch_size: 1 }),
    '6': node('CLIPTextEncode', { text: 'a red fox', clip: ['4', 1] }),
    '7': node('CLIPTextEncode', { text: 'fog', clip: ['4', 1] }),
    '3': node('KSampler', {
      seed: '18446744073709551615',
      steps: 20,
      cfg: 6.5,
      sampler_name: 'euler',
      scheduler: 'karras',
      denoise: 1,
      model: ['4', 0],
      positive: ['6', 0],
      negative: ['7', 0],
      latent_image: ['5', 0],
    }),
    '8': node('VAEDecode', { samples: ['3', 0], vae: ['4', 2] }),
    '9': node('SaveImage', { images: ['8', 0] }),
    ...changes,
  };
}

describe('readComfy, the graph sent to the server', () => {
  it('follows the sampler to its texts, numbers, model and size', () => {
    expect(readComfy(simple(), undefined)).toMatchObject({
      tool: 'ComfyUI',
      prompt: 'a red fox',
      negativePrompt: 'fog',
      seed: '18446744073709551615',
      steps: 20,
      cfgScale: 6.5,
      sampler: 'euler',
      model: 'sd/base.safetensors',
      settings: { scheduler: 'karras', denoise: 1, width: 832, height: 1216 },
    });
  });

  it('reads the graph as JSON text with a seed no double can hold, and with NaN in it', () => {
    const text = JSON.stringify(simple()).replace('"18446744073709551615"', '18446744073709551615');

    expect(readComfy(text.replace('"is_changed"', '').replace('{', '{"x": NaN, '), undefined)?.seed).toBe(
      '18446744073709551615',
    );
  });

  it('reads hexadecimal seeds and seeds from another node', () => {
    const sampler = simple()['3'];
    const linked = simple({
      '3': node('KSampler', { ...sampler?.inputs, seed: ['11', 0] }),
      '11': node('Seed Box', { seed: '0xFF' }),
    });

    expect(readComfy(linked, undefined)?.seed).toBe('255');
  });

  it('collects LoRAs with their strengths, those switched off left out', () => {
    const graph = simple({
      '10': node('LoraLoader', {
        lora_name: 'ink.safetensors',
        strength_model: 0.8,
        model: ['12', 0],
        clip: ['4', 1],
      }),
      '12': node('Power Lora Loader (rgthree)', {
        lora_1: { on: true, lora: 'a\\b.safetensors', strength: 0.5 },
        lora_2: { on: false, lora: 'off.safetensors', strength: 1 },
        model: ['4', 0],
      }),
    });
    const sampler = graph['3'];
    if (sampler !== undefined) sampler.inputs['model'] = ['10', 0];

    const loras = readComfy(graph, undefined)?.resources.filter((item) => item.kind === 'lora');
    expect(loras?.map((item) => [item.name, item.weight])).toEqual([
      ['ink.safetensors', 0.8],
      ['a/b.safetensors', 0.5],
    ]);
  });

  it('reads the version out of the addresses the site itself uses', () => {
    const graph = simple({
      '4': node('CheckpointLoaderSimple', { ckpt_name: 'urn:air:sdxl:checkpoint:civitai:101@202' }),
    });

    expect(readComfy(graph, undefined)?.resources[0]).toMatchObject({ modelId: 101, versionId: 202 });
  });

  it('takes the pass that laid the picture down, not the one that refined it', () => {
    const graph = simple({
      '20': node('LatentUpscale', { samples: ['3', 0] }),
      '21': node('KSampler', {
        seed: 99,
        steps: 8,
        cfg: 2,
        positive: ['6', 0],
        negative: ['7', 0],
        latent_image: ['20', 0],
      }),
      '8': node('VAEDecode', { samples: ['21', 0] }),
    });

    expect(readComfy(graph, undefined)).toMatchObject({ steps: 20, cfgScale: 6.5 });
  });

  it('reads samplers made of parts: noise, guider, sigmas', () => {
    const graph = {
      '1': node('SamplerCustomAdvanced', {
        noise: ['2', 0],
        guider: ['3', 0],
        sampler: ['4', 0],
        sigmas: ['5', 0],
      }),
      '2': node('RandomNoise', { noise_seed: 42 }),
      '3': node('BasicGuider', { model: ['7', 0], conditioning: ['6', 0] }),
      '4': node('KSamplerSelect', { sampler_name: 'deis' }),
      '5': node('BasicScheduler', { scheduler: 'beta', steps: 25, denoise: 0.5, model: ['7', 0] }),
      '6': node('FluxGuidance', { guidance: 3.5, conditioning: ['8', 0] }),
      '7': node('UNETLoader', { unet_name: 'flux.sft' }),
      '8': node('CLIPTextEncodeFlux', { clip_l: 'a pond', t5xxl: 'a pond', clip: ['9', 0] }),
      '9': node('DualCLIPLoader', {}),
    };

    expect(readComfy(graph, undefined)).toMatchObject({
      prompt: 'a pond',
      negativePrompt: undefined,
      seed: '42',
      steps: 25,
      cfgScale: 3.5,
      sampler: 'deis',
      model: 'flux.sft',
      settings: { scheduler: 'beta', denoise: 0.5, guidance: 3.5 },
    });
  });

  it('follows texts through joins, combined conditioning and control nets', () => {
    const graph = simple({
      '6': node('ConditioningCombine', { conditioning_1: ['30', 0], conditioning_2: ['31', 0] }),
      '30': node('CLIPTextEncode', { text: ['32', 0], clip: ['4', 1] }),
      '31': node('CLIPTextEncode', { text: 'stars', clip: ['4', 1] }),
      '32': node('StringConcatenate', { string_a: ['33', 0], string_b: 'at night', delimiter: ', ' }),
      '33': node('PrimitiveStringMultiline', { value: 'a lake' }),
      '7': node('ControlNetApplyAdvanced', {
        positive: ['30', 0],
        negative: ['34', 0],
        control_net: ['35', 0],
      }),
      '34': node('CLIPTextEncode', { text: 'noise', clip: ['4', 1] }),
      '35': node('ControlNetLoader', {}),
    });

    expect(readComfy(graph, undefined)).toMatchObject({
      prompt: 'a lake, at night\nstars',
      negativePrompt: 'noise',
    });
  });

  it('ends on loops of links and on joins that double', () => {
    const graph = simple({
      '6': node('ConditioningConcat', { conditioning_to: ['6', 0], conditioning_from: ['40', 0] }),
    });
    for (let index = 40; index < 80; index += 1) {
      graph[String(index)] = node('ConditioningConcat', {
        conditioning_to: [String(index + 1), 0],
        conditioning_from: [String(index + 1), 0],
      });
    }
    graph['80'] = node('CLIPTextEncode', { text: ['81', 0], clip: ['4', 1] });
    for (let index = 81; index < 140; index += 1) {
      graph[String(index)] = node('Text Concatenate', {
        text_a: [String(index + 1), 0],
        text_b: [String(index + 1), 0],
      });
    }
    graph['140'] = node('Text Concatenate', { text_a: 'word', text_b: ['81', 0] });

    expect(readComfy(graph, undefined)?.prompt?.startsWith('word, word')).toBe(true);
  });

  it('says undefined for what is no graph', () => {
    expect(readComfy('not json', '[]')).toBeUndefined();
    expect(readComfyValue({ prompt: 'a fox', seed: 1 })).toBeUndefined();
  });

  it('never throws on graphs of any shape', () => {
    const names = fc.constantFrom(
      'text',
      'positive',
      'negative',
      'model',
      'seed',
      'steps',
      'latent_image',
      'lora_name',
      'conditioning',
    );
    const ids = fc.constantFrom('1', '2', '3', '__proto__');
    const input = fc.oneof(
      fc.tuple(ids, fc.nat(2)),
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.constant({ lora: 1 }),
    );
    const types = fc.constantFrom(
      'KSampler',
      'CLIPTextEncode',
      'LoraLoader',
      'SaveImage',
      'Text Concatenate',
    );
    const nodes = fc.record({ class_type: types, inputs: fc.dictionary(names, input) });
    fc.assert(
      fc.property(fc.dictionary(ids, nodes), (graph) => {
        expect(() => readComfy(graph, graph)).not.toThrow();
      }),
    );
  });
});

interface UiNode {
  readonly id: number;
  readonly type: string;
  readonly mode?: number;
  readonly inputs?: readonly Record<string, unknown>[];
  readonly outputs?: readonly Record<string, unknown>[];
  readonly widgets_values?: readonly unknown[];
}

function workflow(extra: readonly UiNode[], links: readonly unknown[]): Record<string, unknown> {
  const nodes: UiNode[] = [
    {
      id: 3,
      type: 'KSampler',
      inputs: [
        { name: 'model', type: 'MODEL', link: 1 },
        { name: 'positive', type: 'CONDITIONING', link: 2 },
        { name: 'negative', type: 'CONDITIONING', link: 3 },
      ],
      widgets_values: [77, 'randomize', 15, 4.5, 'dpmpp_2m', 'karras', 1],
    },
    {
      id: 4,
      type: 'CheckpointLoaderSimple',
      outputs: [{ type: 'MODEL' }],
      widgets_values: ['base.safetensors'],
    },
    ...extra,
  ];
  return { nodes, links };
}

const TEXTS: readonly UiNode[] = [
  { id: 6, type: 'CLIPTextEncode', widgets_values: ['a green frog'] },
  { id: 7, type: 'CLIPTextEncode', widgets_values: ['mud'] },
];

describe('readComfy, the workflow saved by the editor', () => {
  it('reads widgets by their known order, seed controls passed', () => {
    const saved = workflow(TEXTS, [
      [1, 4, 0, 3, 0, 'MODEL'],
      [2, 6, 0, 3, 1, 'CONDITIONING'],
      [3, 7, 0, 3, 2, 'CONDITIONING'],
    ]);

    expect(readComfy(undefined, saved)).toMatchObject({
      prompt: 'a green frog',
      negativePrompt: 'mud',
      seed: '77',
      steps: 15,
      cfgScale: 4.5,
      sampler: 'dpmpp_2m',
      model: 'base.safetensors',
    });
  });

  it('leaves muted nodes out, passes bypassed ones, reroutes and Set/Get pairs', () => {
    const extra: UiNode[] = [
      ...TEXTS.map((item) => (item.id === 7 ? { ...item, mode: 2 } : item)),
      {
        id: 10,
        type: 'LoraLoader',
        mode: 4,
        inputs: [
          { name: 'model', type: 'MODEL', link: 11 },
          { name: 'clip', type: 'CLIP', link: null },
        ],
        outputs: [{ type: 'MODEL' }],
        widgets_values: ['off.safetensors', 1, 1],
      },
      { id: 12, type: 'Reroute', inputs: [{ name: '', type: '*', link: 12 }] },
      { id: 13, type: 'GetNode', widgets_values: ['m'] },
      {
        id: 14,
        type: 'SetNode',
        widgets_values: ['m'],
        inputs: [{ name: 'MODEL', type: 'MODEL', link: 13 }],
      },
    ];
    const links = [
      [1, 10, 0, 3, 0, 'MODEL'],
      [11, 12, 0, 10, 0, 'MODEL'],
      [12, 13, 0, 12, 0, '*'],
      [13, 4, 0, 14, 0, 'MODEL'],
      [2, 6, 0, 3, 1, 'CONDITIONING'],
      [3, 7, 0, 3, 2, 'CONDITIONING'],
    ];

    const facts = readComfy(undefined, workflow(extra, links));
    expect(facts).toMatchObject({
      prompt: 'a green frog',
      negativePrompt: undefined,
      model: 'base.safetensors',
    });
    expect(facts?.resources).toHaveLength(1);
  });

  it('unfolds nested graphs, their inputs and their outputs', () => {
    const inner = {
      id: 'sub-1',
      name: 'Texts',
      inputNode: { id: -10 },
      outputNode: { id: -20 },
      inputs: [{ name: 'words' }],
      outputs: [{ name: 'CONDITIONING', linkIds: [51] }],
      nodes: [
        {
          id: 60,
          type: 'CLIPTextEncode',
          inputs: [{ name: 'text', type: 'STRING', link: 50, widget: { name: 'text' } }],
          widgets_values: ['old'],
        },
      ],
      links: [
        { id: 50, origin_id: -10, origin_slot: 0, target_id: 60, target_slot: 0 },
        { id: 51, origin_id: 60, origin_slot: 0, target_id: -20, target_slot: 0 },
      ],
    };
    const extra: UiNode[] = [
      { id: 6, type: 'sub-1', inputs: [{ name: 'words', type: 'STRING', link: 20 }] },
      { id: 8, type: 'PrimitiveStringMultiline', widgets_values: ['from outside'] },
    ];
    const links = [
      [1, 4, 0, 3, 0],
      [2, 6, 0, 3, 1],
      [20, 8, 0, 6, 0],
    ];
    const saved = { ...workflow(extra, links), definitions: { subgraphs: [inner] } };

    expect(readComfy(undefined, saved)?.prompt).toBe('from outside');
  });

  it('ends on a graph that holds itself', () => {
    const inner = {
      id: 'sub-1',
      inputs: [],
      outputs: [{ linkIds: [1] }],
      outputNode: { id: -20 },
      nodes: [
        { id: 1, type: 'sub-1' },
        { id: 2, type: 'sub-1' },
      ],
      links: [[1, 1, 0, -20, 0]],
    };
    const saved = { nodes: [{ id: 1, type: 'sub-1' }], links: [], definitions: { subgraphs: [inner] } };

    expect(readComfy(undefined, saved)?.prompt).toBeUndefined();
  });

  it('prefers the graph that ran; takes the saved one when that has no prompt', () => {
    const saved = workflow(TEXTS, [[2, 6, 0, 3, 1]]);

    expect(readComfy(simple(), saved)?.prompt).toBe('a red fox');
    expect(readComfy({ '1': node('LoadImage', {}) }, saved)?.prompt).toBe('a green frog');
  });

  it('never throws on workflows of any shape', () => {
    const value = fc.oneof(
      fc.nat(5),
      fc.constantFrom('Reroute', 'KSampler', 'GetNode', 'x'),
      fc.constant(null),
    );
    const item = fc.dictionary(fc.constantFrom('id', 'type', 'mode', 'link', 'name'), value);
    const one = fc.record({
      id: fc.nat(4),
      type: value,
      mode: value,
      inputs: fc.array(item),
      widgets_values: fc.array(value),
    });
    const link = fc.oneof(fc.array(value, { maxLength: 6 }), item);
    fc.assert(
      fc.property(fc.array(one), fc.array(link), (nodes, links) => {
        expect(() => readComfy(undefined, { nodes, links })).not.toThrow();
      }),
    );
  });
});
