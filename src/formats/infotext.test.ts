import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseSettings } from './infotext-settings.ts';
import { looksLikeInfotext, parseInfotext } from './infotext.ts';

/** Any UTF-16 unit, lone halves of pairs too. */
const anyLetter = fc.nat(0xffff).map((code) => String.fromCharCode(code));

describe('parseInfotext', () => {
  it('takes prompt, negative prompt and settings apart', () => {
    const text =
      'a fox,\nin snow \nNegative prompt: blurry,\nlow quality\nSteps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7.5, Seed: 12, Size: 512x768';

    expect(parseInfotext(text)).toEqual({
      prompt: 'a fox,\nin snow',
      negativePrompt: 'blurry,\nlow quality',
      settings: { Steps: '20', Sampler: 'DPM++ 2M Karras', 'CFG scale': '7.5', Seed: '12', Size: '512x768' },
    });
  });

  it('reads CR LF line ends', () => {
    expect(parseInfotext('a\r\nb\r\nNegative prompt: c\r\nSteps: 1, Seed: 2')).toMatchObject({
      prompt: 'a\nb',
      negativePrompt: 'c',
      settings: { Seed: '2' },
    });
  });

  it('reads a text without any line break', () => {
    const text =
      'a knight, sharp,Negative prompt: bad_handsSteps: 30, Sampler: Euler a, Seed: 5, Hires steps: 12';

    expect(parseInfotext(text)).toEqual({
      prompt: 'a knight, sharp,',
      negativePrompt: 'bad_hands',
      settings: { Steps: '30', Sampler: 'Euler a', Seed: '5', 'Hires steps': '12' },
    });
  });

  it('reads an empty negative prompt with the settings behind it on the line', () => {
    expect(parseInfotext('a tree\nNegative prompt: Steps: 23, Sampler: LMS, Seed: 4')).toMatchObject({
      prompt: 'a tree',
      negativePrompt: '',
      settings: { Steps: '23' },
    });
  });

  it('does not take a prompt that begins with "Negative space" for a negative prompt', () => {
    expect(parseInfotext('Negative space, minimal\nSteps: 8, Seed: 1')).toMatchObject({
      prompt: 'Negative space, minimal',
      negativePrompt: '',
    });
  });

  it('keeps steps that the prompt speaks of', () => {
    const parsed = parseInfotext(
      'cooking\nSteps: 3 to success\nNegative prompt: salt\nSteps: 20, Seed: 9, Sampler: UniPC',
    );

    expect(parsed).toMatchObject({
      prompt: 'cooking\nSteps: 3 to success',
      settings: { Steps: '20', Seed: '9' },
    });
  });

  it('reads what exiftool prints, where line breaks are dots', () => {
    const text =
      'Parameters                      : a boat.Negative prompt: fog.Steps: 4, Sampler: Euler, Seed: 3';

    expect(parseInfotext(text)).toMatchObject({
      prompt: 'a boat',
      negativePrompt: 'fog',
      settings: { Seed: '3' },
    });
  });

  it('reads settings that do not begin with the steps, or lack them', () => {
    expect(parseInfotext('a cup\nSize: 512x512, Seed: 8, Model: tea, CFG scale: 2')).toMatchObject({
      prompt: 'a cup',
      settings: { Size: '512x512', Seed: '8', Model: 'tea' },
    });
    expect(parseInfotext('a cup')).toEqual({ prompt: 'a cup', negativePrompt: '', settings: {} });
  });

  it('drops the line-end tags of a text copied from a page', () => {
    expect(parseInfotext('a hill<br>\nNegative prompt: rain<br>\nSteps: 2, Seed: 1, Model: m')).toMatchObject(
      {
        prompt: 'a hill',
        negativePrompt: 'rain',
      },
    );
  });

  it('keeps every prompt and negative prompt as they were, ends trimmed', () => {
    const words = fc.stringMatching(/^[a-z(<][a-z0-9 ,():<>\n.-]{0,80}$/);
    fc.assert(
      fc.property(words, words, (prompt, negative) => {
        const parsed = parseInfotext(
          `${prompt}\nNegative prompt: ${negative}\nSteps: 20, Sampler: Euler, Seed: 7`,
        );
        expect(parsed.prompt).toBe(prompt.trim());
        expect(parsed.negativePrompt).toBe(negative.trim());
        expect(parsed.settings['Seed']).toBe('7');
      }),
    );
  });

  it('never throws, and says no for a text of another kind', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyLetter, maxLength: 200 }), (text) => {
        expect(() => parseInfotext(text)).not.toThrow();
      }),
    );
    expect(looksLikeInfotext('Created with GIMP')).toBe(false);
    expect(looksLikeInfotext('x\nNegative prompt: y')).toBe(true);
  });

  it.each([
    ['open brackets', 'a\nSteps: 1, ' + 'a: {, '.repeat(200_000)],
    ['open quotes', 'a\nSteps: 1, ' + 'a:"\\'.repeat(200_000)],
    ['line breaks', '\n'.repeat(1_000_000)],
    ['blanks', `a${' '.repeat(1_000_000)}Steps`],
    ['colons', 'Steps: '.repeat(150_000)],
    ['negative prompts', 'Negative prompt: '.repeat(60_000)],
  ])('reads a million characters of %s without growing slow', (_name, text) => {
    expect(parseInfotext(text)).toHaveProperty('settings');
  });
});

describe('parseSettings', () => {
  it('keeps commas inside quotes, and undoes escapes', () => {
    expect(
      parseSettings(
        'Steps: 5, ADetailer prompt: "a \\"b\\", c: d", Lora hashes: "x y: 0a1b, z: 2c", Version: v1',
      ),
    ).toEqual({
      Steps: '5',
      'ADetailer prompt': 'a "b", c: d',
      'Lora hashes': 'x y: 0a1b, z: 2c',
      Version: 'v1',
    });
  });

  it('reads JSON values, nested, with large numbers kept', () => {
    const text =
      'Hashes: {"model": "0a", "lora:b, c": "1"}, Civitai resources: [{"weight":0.4,"modelVersionId":7}], Civitai metadata: {"a": {"b": 12345678901234567890}}, Seed: 1';

    expect(parseSettings(text)).toEqual({
      Hashes: { model: '0a', 'lora:b, c': '1' },
      'Civitai resources': [{ weight: 0.4, modelVersionId: 7 }],
      'Civitai metadata': { a: { b: '12345678901234567890' } },
      Seed: '1',
    });
  });

  it('reads a weight that is not a number as null instead of losing the list', () => {
    expect(parseSettings('Civitai resources: [{"weight": NaN, "name": "NaN"}], Seed: 1')).toEqual({
      'Civitai resources': [{ weight: null, name: 'NaN' }],
      Seed: '1',
    });
  });

  it('keeps the first of repeated names and empty values', () => {
    expect(parseSettings('Steps: 30, Model: , TE: a.gguf, TE: b.gguf, Eta: inf, Steps: 40')).toEqual({
      Steps: '30',
      Model: '',
      TE: 'a.gguf',
      Eta: 'inf',
    });
  });

  it('joins a part without a name to the value before it, and passes empty parts', () => {
    expect(parseSettings('Model: one, two (v1:2), , Seed: 3')).toEqual({
      Model: 'one, two (v1:2)',
      Seed: '3',
    });
  });

  it('keeps a hash list without quotes together', () => {
    expect(parseSettings('Steps: 1, TI hashes: neg: 0123456789ab, hand: 0123456789, Version: 1.6')).toEqual({
      Steps: '1',
      'TI hashes': 'neg: 0123456789ab, hand: 0123456789',
      Version: '1.6',
    });
  });

  it('takes a quote or bracket that never closes for text', () => {
    expect(parseSettings('Model: "half, Seed: 3, VAE: {a, Size: 1x1')).toEqual({
      Model: '"half',
      Seed: '3',
      VAE: '{a',
      Size: '1x1',
    });
  });

  it('reads templates on lines of their own, commas and all', () => {
    expect(parseSettings('Steps: 1, Seed: 2\nTemplate: a {b|c}, Seed: x\nNegative Template: d, e')).toEqual({
      Steps: '1',
      Seed: '2',
      Template: 'a {b|c}, Seed: x',
      'Negative Template': 'd, e',
    });
  });

  it('leaves out names that reach into prototypes', () => {
    const settings = parseSettings('Steps: 1, __proto__: {"polluted": true}, constructor: x, Seed: 2');

    expect(Object.keys(settings)).toEqual(['Steps', 'Seed']);
  });
});
