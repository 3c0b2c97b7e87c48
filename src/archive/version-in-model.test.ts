import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { versionInModel } from './version-in-model.ts';

describe('versionInModel', () => {
  it('cuts out the version as it stands and adds the id of its model', () => {
    const raw = '{"id": 7, "modelVersions": [ {"id":1}, { "id" : 2 , "seed":18446744073709551615} ]}';

    expect(versionInModel(raw, 2)).toBe('{"modelId":7, "id" : 2 , "seed":18446744073709551615}');
  });

  it.each([
    ['{"id":7,"modelVersions":[{"id":"2","name":"a"}]}', '{"modelId":7,"id":"2","name":"a"}'],
    ['{"id":"7","modelVersions":[{"id":2}]}', '{"modelId":7,"id":2}'],
    ['{"id":7,"modelVersions":[{"id":2,"modelId":9}]}', '{"id":2,"modelId":9}'],
    ['{"id":{"$&":1},"modelVersions":[{"id":2}]}', '{"id":2}'],
    ['{"modelVersions":[null,"{",{"id":2}]}', '{"id":2}'],
  ])('takes what other years wrote: %s', (raw, text) => {
    expect(versionInModel(raw, 2)).toBe(text);
  });

  it.each([
    '{"id":7}',
    '{"id":7,"modelVersions":[]}',
    '{"id":7,"modelVersions":null}',
    '{"id":7,"modelVersions":{"id":2}}',
    '[]',
    '2',
  ])('gives nothing where the version is not: %s', (raw) => {
    expect(versionInModel(raw, 2)).toBeUndefined();
  });

  it('gives JSON that says what the model said, whatever else stands in it', () => {
    const version = fc.record({
      id: fc.integer({ min: 1, max: 5 }),
      name: fc.string({ unit: 'binary' }),
      more: fc.jsonValue(),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(version, { selector: (one) => one.id, minLength: 1 }),
        fc.integer({ min: 1 }),
        (versions, id) => {
          const raw = JSON.stringify({ description: '}],"modelVersions":[', modelVersions: versions, id });
          for (const one of versions)
            expect(JSON.parse(versionInModel(raw, one.id) ?? '')).toEqual({
              modelId: id,
              ...(JSON.parse(JSON.stringify(one)) as object),
            });
        },
      ),
    );
  });
});
