import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTarget } from './target.ts';

const UUID = '0b8e6a2c-1111-4222-8333-0123456789ab';
const SHA = 'ab'.repeat(32);

describe('parseTarget', () => {
  it.each<[string, unknown]>([
    ['https://civitai.com/models/4384', { kind: 'model', modelId: 4384 }],
    ['https://civitai.com/models/4384/dreamshaper', { kind: 'model', modelId: 4384 }],
    ['civitai.com/models/4384.', { kind: 'model', modelId: 4384 }],
    [
      'HTTPS://WWW.CIVITAI.RED/models/4384/x?modelVersionId=128713#comments',
      { kind: 'version', versionId: 128_713, modelId: 4384 },
    ],
    ['https://civitai.com/models/4384?modelVersionId=x', { kind: 'model', modelId: 4384 }],
    ['https://civitai.green/model-versions/128713', { kind: 'version', versionId: 128_713 }],
    ['https://civitai.com/images/77?postId=3&modelId=4', { kind: 'image', imageId: 77 }],
    ['https://civitai.com/gallery/77', { kind: 'image', imageId: 77 }],
    ['https://civitai.com/posts/5/some-title', { kind: 'post', postId: 5 }],
    ['https://civitai.com/user/some%20one', { kind: 'user', username: 'some one' }],
    ['https://civitai.com/user/x/models', { kind: 'user', username: 'x', tab: 'models' }],
    ['https://civitai.com/user-id/9', { kind: 'entity', entity: 'user', id: 9 }],
    ['https://civitai.com/collections/11035869', { kind: 'entity', entity: 'collection', id: 11_035_869 }],
    ['https://civitai.com/articles/1/t', { kind: 'entity', entity: 'article', id: 1 }],
    ['https://civitai.com/bounties/1', { kind: 'entity', entity: 'bounty', id: 1 }],
    ['https://civitai.com/challenges/1', { kind: 'entity', entity: 'challenge', id: 1 }],
    ['https://civitai.com/reviews/1', { kind: 'entity', entity: 'review', id: 1 }],
    ['https://civitai.com/3d-models/1', { kind: 'entity', entity: '3d-model', id: 1 }],
    ['https://civitai.com/comments/v2/8', { kind: 'entity', entity: 'comment', id: 8 }],
    ['https://civitai.com/tools/comfy-ui', { kind: 'tool', slug: 'comfy-ui' }],
    ['https://civitai.com/tag/base%20model', { kind: 'tag', name: 'base model' }],
    [
      'https://civitai.com/models?types=LORA&types=LoCon&token=secret',
      { kind: 'listing', of: 'models', query: { types: ['LORA', 'LoCon'] } },
    ],
    [
      'https://civitai.com/images?modelVersionId=7',
      { kind: 'listing', of: 'images', query: { modelVersionId: ['7'] } },
    ],
    ['https://civitai.com/search/models?query=a', { kind: 'listing', of: 'models', query: { query: ['a'] } }],
    ['https://civitai.com/api/download/models/7', { kind: 'version', versionId: 7 }],
    [
      'https://civitai.com/api/download/models/7?type=Model&fileId=9&token=x',
      { kind: 'version', versionId: 7, fileId: 9 },
    ],
    ['https://civitai.com/api/download/training-data/7', { kind: 'version', versionId: 7 }],
    ['https://civitai.com/api/v1/models/4384', { kind: 'model', modelId: 4384 }],
    ['https://civitai.com/api/v1/models?limit=3', { kind: 'listing', of: 'models', query: { limit: ['3'] } }],
    ['https://api.civitai.com/api/v1/model-versions/7', { kind: 'version', versionId: 7 }],
    [
      'https://civitai.com/api/v1/model-versions/mini/7?modelFileId=9',
      { kind: 'version', versionId: 7, fileId: 9 },
    ],
    [
      `https://civitai.com/api/v1/model-versions/by-hash/${SHA.toUpperCase()}`,
      { kind: 'hash', hash: SHA, types: ['SHA256', 'BLAKE3', 'AutoV3'] },
    ],
    [`https://image.civitai.com/xG1/${UUID}/width=450/77.jpeg`, { kind: 'media', uuid: UUID, imageId: 77 }],
    [`https://image-b2.civitai.com/file/civitai-media-cache/${UUID}/original`, { kind: 'media', uuid: UUID }],
    ['urn:air:sdxl:lora:civitai:328553@368189', { kind: 'version', versionId: 368_189, modelId: 328_553 }],
    ['civitai:328553', { kind: 'model', modelId: 328_553 }],
    [
      'urn:air:sd1:checkpoint:civitai:4384@128713+99.safetensors',
      { kind: 'version', versionId: 128_713, modelId: 4384, fileId: 99 },
    ],
    [SHA, { kind: 'hash', hash: SHA, types: ['SHA256', 'BLAKE3', 'AutoV3'] }],
    [`0x${SHA}`, { kind: 'hash', hash: SHA, types: ['SHA256', 'BLAKE3', 'AutoV3'] }],
    ['FF51B7D4', { kind: 'hash', hash: 'ff51b7d4', types: ['AutoV1', 'CRC32'] }],
    ['1618EDB443', { kind: 'hash', hash: '1618edb443', types: ['AutoV2'] }],
    ['B0DB60085631', { kind: 'hash', hash: 'b0db60085631', types: ['AutoV3'] }],
    ['0x12345678', { kind: 'hash', hash: '12345678', types: ['AutoV1', 'CRC32'] }],
    ['9876543210', { kind: 'hash', hash: '9876543210', types: ['AutoV2'] }],
    ['12345678', { kind: 'number', id: 12_345_678 }],
    [' 4384 ', { kind: 'number', id: 4384 }],
  ])('reads %s', (text, target) => {
    expect(parseTarget(text)).toEqual(target);
  });

  it('names resources of other houses as such', () => {
    expect(parseTarget('urn:air:flux1:checkpoint:huggingface:owner/name@main')).toMatchObject({
      kind: 'elsewhere',
    });
  });

  it.each([
    '',
    '0',
    '99999999999',
    'hello',
    'https://example.com/models/4384',
    'https://civitai.com.evil.example/models/1',
    'https://civitai.com',
    'https://civitai.com/models/0',
    'https://civitai.com/models/99999999999',
    'https://civitai.com/posts/abc',
    'https://civitai.com/constructor/1',
    'javascript:alert(1)',
    'C:\\models\\list.txt',
    'abcdef0',
    'x'.repeat(5000),
  ])('takes %s for nothing', (text) => {
    expect(parseTarget(text)).toBeUndefined();
  });

  it('knows the host of a configured API', () => {
    expect(parseTarget('http://127.0.0.1:8080/models/5')).toBeUndefined();
    expect(parseTarget('http://127.0.0.1:8080/models/5', ['127.0.0.1:8080'])).toEqual({
      kind: 'model',
      modelId: 5,
    });
  });

  it('never throws, and gives ids the site can have', () => {
    const path = fc.array(
      fc.oneof(fc.string(), fc.constantFrom('models', 'api', 'v1', 'download', 'user', '7', '%', '%zz')),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          path.map((parts) => `https://civitai.com/${parts.join('/')}`),
        ),
        (text) => {
          const target = parseTarget(text);
          if (target?.kind === 'model')
            expect(target.modelId > 0 && target.modelId <= 2_147_483_647).toBe(true);
        },
      ),
    );
  });

  it('finds any model through every name of the site', () => {
    const host = fc.constantFrom(
      'civitai.com',
      'www.civitai.com',
      'civitai.red',
      'www.civitai.red',
      'civitai.green',
      'civitaired.com',
      'civitai.buzz',
    );
    fc.assert(
      fc.property(host, fc.integer({ min: 1, max: 2_147_483_647 }), fc.webPath(), (name, modelId, slug) => {
        expect(parseTarget(`https://${name}/models/${modelId}${slug}`)).toEqual({ kind: 'model', modelId });
      }),
    );
  });
});
