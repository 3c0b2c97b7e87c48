import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CivitaiFileId, ModelId, VersionId } from '../base/ids.ts';
import { creatorPage, downloadLink, modelPage, rebuildLinks, versionPage } from './links.ts';

const ORIGIN = 'https://civitai.com';

describe('links', () => {
  it('lead to pages and files by id', () => {
    expect(versionPage(7 as VersionId)).toBe('https://civitai.com/model-versions/7');
    expect(modelPage(3 as ModelId, 7 as VersionId)).toBe('https://civitai.com/models/3?modelVersionId=7');
    expect(creatorPage('a/b ü')).toBe('https://civitai.com/user/a%2Fb%20%C3%BC');
    expect(downloadLink(ORIGIN, 7 as VersionId, 9 as CivitaiFileId)).toBe(
      'https://civitai.com/api/download/models/7?fileId=9',
    );
  });
});

describe('rebuildLinks', () => {
  it('mends links to nowhere and picks files by id, and changes nothing else', () => {
    const raw = `{ "id": 7,\n "description":"\\"downloadUrl\\":\\"https://undefined/x\\"", "seed": 18446744073709551615,
      "files":[{"id":9,"downloadUrl":"https://undefined/api/download/models/7?type=Model&format=SafeTensor"},
               {"id":10,"name":"vae","downloadUrl":"https://undefined/api/download/models/55"}, null, 3],
      "downloadUrl" : "https://undefined/api/download/models/7" }`;

    expect(rebuildLinks(raw, ORIGIN)).toBe(
      raw
        .replace(
          'https://undefined/api/download/models/7?type=Model&format=SafeTensor',
          `${ORIGIN}/api/download/models/7?fileId=9`,
        )
        .replace('https://undefined/api/download/models/55', `${ORIGIN}/api/download/models/55?fileId=10`)
        .replace('"downloadUrl" : "https://undefined/api', `"downloadUrl" : "${ORIGIN}/api`),
    );
  });

  it('reaches the versions of a model', () => {
    const raw = '{"id":1,"modelVersions":[{"id":7,"files":[{"id":9,"downloadUrl":"x"}],"downloadUrl":"y"}]}';

    const rebuilt = JSON.parse(rebuildLinks(raw, 'http://127.0.0.1:1')) as unknown;

    expect(rebuilt).toEqual({
      id: 1,
      modelVersions: [
        {
          id: 7,
          files: [{ id: 9, downloadUrl: 'http://127.0.0.1:1/api/download/models/7?fileId=9' }],
          downloadUrl: 'http://127.0.0.1:1/api/download/models/7',
        },
      ],
    });
  });

  it('leaves any other JSON as it is', () => {
    fc.assert(
      fc.property(fc.json(), (raw) => {
        expect(rebuildLinks(raw, ORIGIN)).toBe(raw);
      }),
    );
  });

  it('is the same twice over', () => {
    const raw = '{"id":7,"files":[{"id":9,"downloadUrl":"https://undefined/api/download/models/7"}]}';

    expect(rebuildLinks(rebuildLinks(raw, ORIGIN), ORIGIN)).toBe(rebuildLinks(raw, ORIGIN));
  });

  it('throws on broken JSON', () => {
    expect(() => rebuildLinks('{"id":7', ORIGIN)).toThrow(SyntaxError);
  });
});
