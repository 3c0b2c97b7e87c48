import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAir, parseAir } from './air.ts';

describe('parseAir', () => {
  it.each([
    [
      'urn:air:sdxl:lora:civitai:328553@368189',
      'sdxl',
      'lora',
      'civitai',
      '328553',
      '368189',
      undefined,
      undefined,
    ],
    [
      'URN:AIR:SDXL:LORA:CIVITAI:328553@368189',
      'sdxl',
      'lora',
      'civitai',
      '328553',
      '368189',
      undefined,
      undefined,
    ],
    [
      'air:sd1:checkpoint:civitai:4384@128713+99.safetensors',
      'sd1',
      'checkpoint',
      'civitai',
      '4384',
      '128713',
      '99',
      'safetensors',
    ],
    ['lora:civitai:5@6', undefined, 'lora', 'civitai', '5', '6', undefined, undefined],
    ['civitai:5@6', undefined, undefined, 'civitai', '5', '6', undefined, undefined],
    ['civitai:5', undefined, undefined, 'civitai', '5', undefined, undefined, undefined],
    ['civitai:5+7.ckpt', undefined, undefined, 'civitai', '5', undefined, '7', 'ckpt'],
    [
      'urn:air:flux1:checkpoint:huggingface:owner/name@main',
      'flux1',
      'checkpoint',
      'huggingface',
      'owner/name',
      'main',
      undefined,
      undefined,
    ],
  ])('reads %s', (text, ecosystem, type, source, id, version, fileId, format) => {
    expect(parseAir(text)).toEqual({ ecosystem, type, source, id, version, fileId, format });
  });

  it.each([
    '',
    'civitai',
    ':',
    'a:',
    ':a',
    'https://civitai.com/models/1',
    'a b:c',
    'urn:air:a:b:c:d:e',
    'x:'.repeat(400),
  ])('takes %s for none', (text) => {
    expect(parseAir(text)).toBeUndefined();
  });

  it('reads back what formatAir prints', () => {
    const word = fc
      .stringMatching(/^[a-z][a-z0-9_-]{0,12}$/)
      .filter((text) => text !== 'urn' && text !== 'air');
    const number = fc.integer({ min: 1, max: 2_147_483_647 }).map(String);
    const air = fc.record({
      ecosystem: word,
      type: word,
      source: word,
      id: number,
      version: fc.option(number, { nil: undefined }),
      fileId: fc.option(number, { nil: undefined }),
      format: fc.option(fc.constantFrom('safetensors', 'ckpt', 'gguf'), { nil: undefined }),
    });
    fc.assert(
      fc.property(air, (value) => {
        expect(parseAir(formatAir(value))).toEqual(value);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseAir(text);
        parseAir(`urn:air:a:b:civitai:${text}`);
      }),
    );
  });
});
