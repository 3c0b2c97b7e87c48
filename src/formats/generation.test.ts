import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { jpegWith, pngWith, textChunk, tiffWith, userComment, webpWith } from './testing/image-samples.ts';
import { readGeneration, readGenerationText } from './generation.ts';

const INFOTEXT =
  'a fox, <lora:ink:0.7>, 狐\nNegative prompt: fog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 123456789012345678901, Size: 8x8, Model hash: 0123456789, Model: base, Lora hashes: "ink: 0a1b2c3d4e5f"';
const EXPECTED = {
  tool: 'A1111',
  prompt: 'a fox, <lora:ink:0.7>, 狐',
  negativePrompt: 'fog',
  seed: '123456789012345678901',
  steps: 20,
  cfgScale: 7,
  sampler: 'Euler a',
  model: 'base',
};
const GRAPH = JSON.stringify({
  '1': { class_type: 'CLIPTextEncode', inputs: { text: 'a whale' } },
  '3': {
    class_type: 'KSampler',
    inputs: { seed: 5, steps: 9, cfg: 2, sampler_name: 'lms', positive: ['1', 0] },
  },
});

function png(keyword: string, text: string): Uint8Array {
  return pngWith([textChunk('tEXt', keyword, text)]);
}

describe('readGeneration', () => {
  it.each([
    ['PNG', png('parameters', INFOTEXT)],
    ['PNG with iTXt', pngWith([textChunk('iTXt', 'parameters', INFOTEXT)])],
    ['PNG with EXIF', pngWith([['eXIf', tiffWith('II', { 0x9286: userComment('unicode-le', INFOTEXT) })]])],
    ['JPEG', jpegWith(tiffWith('MM', { 0x9286: userComment('unicode-be', INFOTEXT) }))],
    ['JPEG in the other order', jpegWith(tiffWith('II', { 0x9286: userComment('unicode-be', INFOTEXT) }))],
    ['JPEG with swapped letters', jpegWith(tiffWith('II', { 0x9286: userComment('swapped', INFOTEXT) }))],
    ['JPEG with a comment', jpegWith(undefined, ['x', INFOTEXT])],
    ['WebP', webpWith(tiffWith('MM', { 0x9286: userComment('unicode-be', INFOTEXT) }))],
  ])('reads an infotext from %s', (_name, bytes) => {
    expect(readGeneration(bytes)).toMatchObject(EXPECTED);
  });

  it('joins what prompt and hash lists say of a resource', () => {
    expect(readGeneration(png('parameters', INFOTEXT))?.resources).toEqual([
      {
        kind: 'lora',
        name: 'ink',
        hash: '0a1b2c3d4e5f',
        weight: 0.7,
        modelId: undefined,
        versionId: undefined,
      },
      {
        kind: 'checkpoint',
        name: 'base',
        hash: '0123456789',
        weight: undefined,
        modelId: undefined,
        versionId: undefined,
      },
    ]);
  });

  it('puts the facts under the site names and the settings under their own into `all`', () => {
    expect(readGeneration(png('parameters', INFOTEXT))?.all).toMatchObject({
      prompt: EXPECTED.prompt,
      cfgScale: 7,
      Size: '8x8',
      'CFG scale': '7',
      tool: 'A1111',
    });
  });

  it('keeps a bare prompt of a parameters chunk, but not any text of a camera', () => {
    expect(readGeneration(png('parameters', 'only words'))).toMatchObject({
      prompt: 'only words',
      seed: undefined,
    });
    expect(
      readGeneration(jpegWith(tiffWith('II', { 0x010e: Buffer.from('Created with GIMP\0') }))),
    ).toBeUndefined();
    expect(readGeneration(png('Software', 'paint'))).toBeUndefined();
  });

  it('reads ComfyUI from PNG chunks, a UserComment, and the tags of its WebP files', () => {
    const whale = { tool: 'ComfyUI', prompt: 'a whale', seed: '5', steps: 9, cfgScale: 2, sampler: 'lms' };
    const tags = {
      0x010e: Buffer.from('Workflow: {"nodes": []}\0'),
      0x010f: Buffer.from(`Prompt: ${GRAPH}\0`),
    };

    expect(readGeneration(png('prompt', GRAPH))).toMatchObject(whale);
    expect(
      readGeneration(
        jpegWith(
          tiffWith('MM', { 0x9286: userComment('bare', `{"prompt": ${GRAPH}, "workflow": undefined}`) }),
        ),
      ),
    ).toMatchObject(whale);
    expect(readGeneration(webpWith(tiffWith('MM', tags)))).toMatchObject(whale);
  });

  it('reads NovelAI from PNG chunks and from the object in its WebP files, characters beside the prompt', () => {
    const comment = JSON.stringify({
      prompt: 'two cats',
      uc: 'dogs',
      steps: 28,
      scale: 5,
      seed: 7,
      sampler: 'k_euler',
      v4_prompt: { caption: { base_caption: 'two cats', char_captions: [{ char_caption: 'cat, black' }] } },
    });
    const chunks = [
      textChunk('tEXt', 'Software', 'NovelAI'),
      textChunk('tEXt', 'Source', 'NovelAI V4'),
      textChunk('tEXt', 'Comment', comment),
    ];
    const wrapped = userComment('ascii', JSON.stringify({ Comment: comment, Source: 'NovelAI V4' }));
    const expected = {
      tool: 'NovelAI',
      prompt: 'two cats',
      negativePrompt: 'dogs',
      seed: '7',
      steps: 28,
      cfgScale: 5,
      model: 'NovelAI V4',
      all: { characters: ['cat, black'] },
    };

    expect(readGeneration(pngWith(chunks))).toMatchObject(expected);
    expect(readGeneration(webpWith(tiffWith('MM', { 0x9286: wrapped })))).toMatchObject(expected);
  });

  it.each([
    [
      'SwarmUI',
      'parameters',
      {
        sui_image_params: {
          prompt: 'p',
          negativeprompt: 'n',
          seed: 1,
          steps: 2,
          cfgscale: 3,
          sampler: 'euler',
          model: 'm',
          loras: ['l'],
          loraweights: ['0.5'],
        },
      },
      { cfgScale: 3, model: 'm', resources: [{ kind: 'lora', name: 'l', weight: 0.5 }] },
    ],
    [
      'RuinedFooocus',
      'parameters',
      {
        Prompt: 'p',
        Negative: 'n',
        seed: 1,
        steps: 2,
        cfg: 8,
        sampler_name: 'dpm',
        base_model_name: 'b.safetensors',
        software: 'RuinedFooocus',
        loras: [],
      },
      { cfgScale: 8, sampler: 'dpm', model: 'b.safetensors' },
    ],
    [
      'Fooocus',
      'parameters',
      {
        prompt: 'p',
        negative_prompt: 'n',
        seed: '1',
        steps: 2,
        guidance_scale: 4,
        base_model: 'b',
        loras: [['l', 0.1]],
        version: 'Fooocus v2.5',
      },
      { cfgScale: 4, resources: [{ kind: 'checkpoint' }, { kind: 'lora', name: 'l', weight: 0.1 }] },
    ],
    [
      'InvokeAI',
      'invokeai_metadata',
      {
        generation_mode: 'txt2img',
        positive_prompt: 'p',
        negative_prompt: 'n',
        seed: 1,
        steps: 2,
        cfg_scale: 6,
        scheduler: 'euler_a',
        model: { name: 'x', hash: 'blake3:00112233445566778899' },
      },
      { sampler: 'euler_a', model: 'x', resources: [{ hash: '00112233445566778899' }] },
    ],
    [
      'Tensor.Art',
      'generation_data',
      {
        prompt: 'p',
        negativePrompt: 'n',
        seed: '1',
        steps: 2,
        cfgScale: 7,
        ksamplerName: 'euler',
        baseModel: { modelFileName: 'w' },
      },
      { sampler: 'euler', model: 'w' },
    ],
  ])('reads the object of %s', (tool, keyword, object, more) => {
    const common = { tool, prompt: 'p', negativePrompt: 'n', seed: '1', steps: 2 };
    expect(readGeneration(png(keyword, `${JSON.stringify(object)}\0`))).toMatchObject({ ...common, ...more });
  });

  it('names Stability Matrix by its second chunk', () => {
    const chunks = [textChunk('tEXt', 'parameters', INFOTEXT), textChunk('tEXt', 'parameters-json', '{}')];

    expect(readGeneration(pngWith(chunks))).toMatchObject({ ...EXPECTED, tool: 'Stability Matrix' });
  });

  it('takes what the user typed from the files of the site itself', () => {
    const extra = JSON.stringify({ prompt: 'typed', negativePrompt: 'not', steps: 25, seed: 3 });
    const text = `{"1": {"class_type": "CLIPTextEncode", "inputs": {"text": "inner"}}, "extraMetadata": ${JSON.stringify(extra)}}`;

    expect(readGenerationText(text)).toMatchObject({
      tool: 'Civitai',
      prompt: 'typed',
      steps: 25,
      seed: '3',
    });
  });

  it('is not fooled into a prototype by an object', () => {
    const read = readGenerationText('{"prompt": "p", "__proto__": {"polluted": 1}, "steps": 1}');

    expect(read?.prompt).toBe('p');
    expect(Object.keys(read?.all ?? {})).not.toContain('__proto__');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('never throws, whatever bytes or text it meets', () => {
    const whole = [
      pngWith([textChunk('zTXt', 'parameters', INFOTEXT), textChunk('tEXt', 'prompt', GRAPH)]),
      jpegWith(tiffWith('II', { 0x9286: userComment('unicode-le', INFOTEXT) })),
      webpWith(tiffWith('MM', { 0x010f: Buffer.from(`Prompt: ${GRAPH}`) })),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.nat(800),
        fc.uint8Array({ minLength: 1, maxLength: 9 }),
        (file, at, noise) => {
          const broken = Buffer.from(file);
          broken.set(noise.subarray(0, Math.max(0, broken.length - at)), Math.min(at, broken.length));
          expect(() => readGeneration(broken)).not.toThrow();
        },
      ),
    );
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(() => readGenerationText(text)).not.toThrow();
      }),
    );
  });
});
