import { describe, expect, it } from 'vitest';
import { readGeneration } from './generation.ts';
import { readImage } from './image.ts';

const UUID = '0b8e6a2c-1111-4222-8333-0123456789ab';
const URL_OF = (name: string): string =>
  `https://image.civitai.com/xG1nkqKTMzGDvpLrqFT7WA/${UUID}/original=true/${name}`;

describe('readImage', () => {
  it('takes the id from the address when the answer has none', () => {
    expect(readImage({ url: URL_OF('139221483.jpeg'), id: null })).toMatchObject({
      id: 139_221_483,
      uuid: UUID,
    });
    expect(readImage({ url: URL_OF('5.jpeg'), id: 7 })).toMatchObject({ id: 7 });
    expect(readImage({ url: URL_OF(`${UUID}.jpeg`) })).toMatchObject({ id: undefined, uuid: UUID });
  });

  it.each<[unknown, number]>([
    [{ browsingLevel: 16, nsfwLevel: 'X', nsfw: true }, 16],
    [{ nsfwLevel: 8 }, 8],
    [{ nsfwLevel: 'Soft', nsfw: true }, 2],
    [{ nsfw: 'Mature' }, 4],
    [{ nsfw: true }, 4],
    [{ nsfw: false }, 1],
    [{ nsfwLevel: 28 }, 16],
    [{ nsfwLevel: 0 }, 0],
    [{ nsfwLevel: null }, 0],
    [{}, 0],
  ])('reads the level of %j', (fields, level) => {
    expect(readImage({ url: 'https://x/a.png', ...(fields as object) })?.nsfwLevel).toBe(level);
  });

  it('knows a video by its type, else by its address', () => {
    expect(readImage({ url: URL_OF('5.jpeg'), type: 'video' })?.media).toBe('video');
    expect(readImage({ url: URL_OF('5.mp4') })?.media).toBe('video');
    expect(readImage({ url: URL_OF('5.jpeg'), type: 'hologram' })?.media).toBe('image');
  });

  it('says nothing about sizes and users that are not known', () => {
    expect(
      readImage({
        url: 'u',
        width: 0,
        height: null,
        username: 'unknown',
        createdAt: '2024-04-27T21:17:26.787',
      }),
    ).toMatchObject({
      width: undefined,
      height: undefined,
      username: undefined,
      createdAt: Date.parse('2024-04-27T21:17:26.787Z'),
    });
  });

  it.each([null, 5, 'u', [], {}, { url: '' }, { url: null }])(
    'is nothing without an address: %j',
    (value) => {
      expect(readImage(value)).toBeUndefined();
    },
  );
});

describe('readGeneration', () => {
  it('reads flat, nested and stringified meta alike', () => {
    const flat = {
      prompt: 'p',
      seed: '18446744073709551615',
      steps: '20',
      cfgScale: 7.5,
      sampler: 'Euler',
      Model: 'm',
    };
    const expected = {
      prompt: 'p',
      seed: '18446744073709551615',
      steps: 20,
      cfgScale: 7.5,
      sampler: 'Euler',
      model: 'm',
    };

    expect(readGeneration(flat)).toMatchObject(expected);
    expect(readGeneration({ id: 1, meta: flat })).toMatchObject(expected);
    expect(
      readGeneration(
        '{"prompt":"p","seed":18446744073709551615,"steps":20,"cfgScale":7.5,"sampler":"Euler","Model":"m"}',
      ),
    ).toMatchObject(expected);
  });

  it('keeps every key as it was, comfy text included', () => {
    const meta = {
      comfy: '{"workflow": undefined}',
      '"add_detail': '1"',
      resources: [{ weight: null }],
      hashes: [],
    };

    expect(readGeneration(meta)?.all).toEqual(meta);
  });

  it('takes odd types in known fields for silence there and keeps the rest', () => {
    expect(
      readGeneration({ prompt: { a: 1 }, seed: {}, steps: 'many', cfgScale: null, sampler: 3, x: 1 }),
    ).toEqual({
      prompt: undefined,
      negativePrompt: undefined,
      seed: undefined,
      steps: undefined,
      cfgScale: undefined,
      sampler: undefined,
      model: undefined,
      all: { prompt: { a: 1 }, seed: {}, steps: 'many', cfgScale: null, sampler: 3, x: 1 },
    });
  });

  it.each([null, undefined, {}, [], '', 'words', '{broken', 5, { id: 1, meta: null }])(
    'is nothing: %j',
    (value) => {
      expect(readGeneration(value)).toBeUndefined();
    },
  );

  it('lets no key reach the prototype', () => {
    const meta = readGeneration(JSON.parse('{"__proto__":{"polluted":1},"prompt":"p"}'));

    expect(Object.keys(meta?.all ?? {})).toEqual(['prompt']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
