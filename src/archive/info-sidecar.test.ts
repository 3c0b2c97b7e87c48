import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { infoSidecar } from './info-sidecar.ts';

const ORIGIN = 'https://api.example';

describe('infoSidecar', () => {
  it('keeps every digit of the version answer', () => {
    const text = infoSidecar(
      '{"id":1,"images":[{"meta":{"seed":18446744073709551615,"cfg":7.0}}]}',
      undefined,
      ORIGIN,
    );

    expect(text).toContain('"seed":18446744073709551615');
    expect(text).toContain('"cfg":7.0');
  });

  it('adds the facts of the model and leaves the short ones that it lacks', () => {
    const text = infoSidecar(
      '{"id":1,"model":{"name":"old","poi":true}}',
      '{"id":9,"name":"new","tags":["a"],"modelVersions":[]}',
      ORIGIN,
    );

    expect(JSON.parse(text)).toEqual({ id: 1, modelId: 9, model: { name: 'new', poi: true, tags: ['a'] } });
  });

  it('points download links at the API, by version and file', () => {
    const raw =
      '{"id":5,"files":[{"id":7,"downloadUrl":"https://undefined/api/download/models/5"}],"downloadUrl":"https://undefined/api/download/models/5"}';

    const info = JSON.parse(infoSidecar(raw, undefined, ORIGIN)) as {
      downloadUrl: string;
      files: { downloadUrl: string }[];
    };

    expect(info.downloadUrl).toBe(`${ORIGIN}/api/download/models/5`);
    expect(info.files[0]?.downloadUrl).toBe(`${ORIGIN}/api/download/models/5?fileId=7`);
  });

  it('gives back what it was given, for any version and model', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (version, model) => {
          const wanted = JSON.parse(JSON.stringify({ ...version, id: 1 })) as Record<string, unknown>;
          delete wanted['downloadUrl'];
          delete wanted['files'];
          delete wanted['modelVersions'];

          const {
            model: _joined,
            modelId: _id,
            ...rest
          } = JSON.parse(infoSidecar(JSON.stringify(wanted), JSON.stringify(model), ORIGIN)) as Record<
            string,
            unknown
          >;
          const { model: _own, modelId: _ownId, ...expected } = wanted;

          expect(rest).toEqual(expected);
        },
      ),
    );
  });
});
