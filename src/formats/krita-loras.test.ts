import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { KritaLorasError, NO_LORAS, parseLoras, renderLoras } from './krita-loras.ts';

const INK = {
  id: 'styles\\ink.safetensors',
  name: 'styles/ink',
  source: 2,
  format: 'lora',
  metadata: { lora_strength: 0.8, mine: { deep: [1] }, lora_triggers: 'old' },
};
const BRUSH = {
  id: 'brush.safetensors',
  name: 'brush',
  source: 1,
  hash: Buffer.from('ab'.repeat(32), 'hex').toString('base64'),
  path: '/l/brush.safetensors',
  size: 3,
};

/** As the plug-in writes: Python's json.dump with indent 2. */
function written(...entries: unknown[]): string {
  return JSON.stringify(entries, undefined, 2);
}

describe('parseLoras', () => {
  it('reads ids, hashes as hex, paths, triggers and whether a strength is set', () => {
    expect(parseLoras(written(INK, BRUSH)).entries).toEqual([
      {
        id: 'styles\\ink.safetensors',
        sha256: undefined,
        path: undefined,
        triggers: 'old',
        hasStrength: true,
      },
      {
        id: 'brush.safetensors',
        sha256: 'ab'.repeat(32),
        path: '/l/brush.safetensors',
        triggers: undefined,
        hasStrength: false,
      },
    ]);
  });

  it('passes over lines of comment, and only those', () => {
    const text = `// mine\n${written({ ...INK, id: 'http://x' }).replace('[\n', '[\n   // of the list\r\n')}`;
    const loras = parseLoras(text);

    expect(loras.comments).toBe(2);
    expect(loras.entries[0]?.id).toBe('http://x');
  });

  it('warns of what makes the plug-in drop the list: an unknown key, a missing one', () => {
    const { source: _source, ...sourceless } = BRUSH;

    expect(parseLoras(written(INK, BRUSH)).warnings).toEqual([]);
    expect(parseLoras(written({ ...INK, colour: 1 })).warnings.join('')).toContain(
      'the unknown key "colour"',
    );
    expect(parseLoras(written(sourceless)).warnings.join('')).toContain('lacks source');
  });

  it.each([
    ['{"id":"x"}', 'no list'],
    ['[1]', 'entry 1 is no object'],
    ['[{"id":"x","metadata":[]}]', 'metadata'],
    ['[{"id":"x","id":"y"}]', 'twice'],
    ['[{"id":"x"} // here\n]', ''],
    ['', ''],
  ])('refuses %s', (text, why) => {
    expect(() => parseLoras(text)).toThrow(KritaLorasError);
    expect(() => parseLoras(text)).toThrow(why);
  });
});

describe('renderLoras', () => {
  it('gives back what the plug-in wrote, byte for byte, when nothing changes', () => {
    const python =
      '[\n  {\n    "id": "t\\u00e9 \\ud83c\\udfa8.safetensors",\n    "name": "x",\n    "source": 3,\n    "metadata": {\n      "lora_strength": 1.0,\n      "9": 1e-07\n    }\n  }\n]';

    for (const text of [python, `${python}\n`, python.replaceAll('\n', '\r\n'), '[]'])
      expect(renderLoras(parseLoras(text), new Map())).toBe(text);
  });

  it('changes the fields named, in their place, keeps the rest, and writes pure ASCII', () => {
    const loras = parseLoras(written(INK, BRUSH));
    const text = renderLoras(
      loras,
      new Map([
        [0, { triggers: 'tusche 墨' }],
        [1, { triggers: 'b', strength: 1 }],
      ]),
    );

    expect(text).toMatch(/^[\n -~]*$/);
    expect(text).toContain('"lora_triggers": "tusche \\u58a8"');
    expect(text).toContain('"lora_strength": 1.0');
    expect(JSON.parse(text)).toEqual([
      { ...INK, metadata: { ...INK.metadata, lora_triggers: 'tusche 墨' } },
      { ...BRUSH, metadata: { lora_triggers: 'b', lora_strength: 1 } },
    ]);
    expect(Object.keys((JSON.parse(text) as (typeof INK)[])[0]?.metadata ?? {})).toEqual([
      'lora_strength',
      'mine',
      'lora_triggers',
    ]);
  });

  it('adds entries as unavailable ones', () => {
    expect(
      JSON.parse(renderLoras(NO_LORAS, new Map(), [{ id: 'a/b.c.safetensors', triggers: 't' }])),
    ).toEqual([
      { id: 'a/b.c.safetensors', name: 'a/b.c', source: 0, format: 'lora', metadata: { lora_triggers: 't' } },
    ]);
  });

  it('keeps any list of entries whatever they hold', () => {
    const entry = fc.dictionary(fc.string(), fc.jsonValue()).filter((one) => !Object.hasOwn(one, 'metadata'));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 5 }), (entries) => {
        expect(JSON.parse(renderLoras(parseLoras(written(...entries)), new Map()))).toEqual(
          JSON.parse(written(...entries)),
        );
      }),
    );
  });
});
