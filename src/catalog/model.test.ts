import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { modelFacts } from './facts-samples.ts';
import { saveModels } from './model.ts';
import type { Catalog } from './open.ts';

function changesOf(catalog: Catalog): Promise<unknown[]> {
  return catalog.db
    .selectFrom('change')
    .select(['subject', 'at', 'field', 'before', 'after'])
    .orderBy('id')
    .execute();
}

describeCatalogs('models', (open) => {
  it('are kept with creator and tags, and first sight is no change', async () => {
    const catalog = await open();

    const count = await saveModels(
      catalog,
      [
        modelFacts({
          creator: { username: 'Ada', image: 'a.png' },
          tags: ['ink', 'style', 'ink'],
          nsfwLevel: 3,
          stats: { downloads: 5 },
        }),
      ],
      100,
    );

    expect(count).toEqual({ added: 1, changed: 0, same: 0, changedIds: [] });
    expect(await catalog.db.selectFrom('model').selectAll().execute()).toMatchObject([
      {
        id: 1,
        name: 'Ink Wash',
        creator_key: 'ada',
        nsfw_level: 3,
        download_count: 5,
        first_seen_at: 100,
        seen_at: 100,
      },
    ]);
    expect(await catalog.db.selectFrom('creator').selectAll().execute()).toEqual([
      { username_key: 'ada', username: 'Ada', image: 'a.png' },
    ]);
    expect(await catalog.db.selectFrom('model_tag').selectAll().orderBy('position').execute()).toEqual([
      { model_id: 1, tag: 'ink', position: 0 },
      { model_id: 1, tag: 'style', position: 1 },
    ]);
    expect(await changesOf(catalog)).toEqual([]);
  });

  it('learn later what a short answer does not say: that is no change', async () => {
    const catalog = await open();
    await saveModels(catalog, [modelFacts({ poi: undefined, minor: undefined })], 100);

    await saveModels(catalog, [modelFacts({ poi: true, minor: true })], 200);
    expect(await changesOf(catalog)).toEqual([]);

    await saveModels(catalog, [modelFacts({ poi: true, minor: false })], 300);
    expect(await changesOf(catalog)).toMatchObject([{ field: 'minor', before: '1', after: '0' }]);
  });

  it('keep what was known where a later answer is silent', async () => {
    const catalog = await open();
    const full = modelFacts({
      description: '<p>x</p>', creator: { username: 'Ada', image: 'a.png' }, tags: ['ink'], nsfwLevel: 3, poi: true, minor: true, mode: 'Archived',
      availability: 'Public', allowNoCredit: true, allowDerivatives: false, allowDifferentLicense: true, commercialUse: ['Image'],
      stats: { downloads: 5, thumbsUp: 4, thumbsDown: 1, comments: 2, tipped: 0, rating: 4.5, ratingCount: 3, favorites: 9 },
    }); // prettier-ignore
    await saveModels(catalog, [full], 100);
    const before = await catalog.db.selectFrom('model').selectAll().executeTakeFirstOrThrow();

    const count = await saveModels(
      catalog,
      [modelFacts(), modelFacts({ creator: { username: 'Ada', image: undefined } })],
      200,
    );

    expect(count).toEqual({ added: 0, changed: 0, same: 1, changedIds: [] });
    expect(await catalog.db.selectFrom('model').selectAll().execute()).toEqual([{ ...before, seen_at: 200 }]);
    expect(await catalog.db.selectFrom('model_tag').selectAll().execute()).toHaveLength(1);
    expect(await catalog.db.selectFrom('creator').selectAll().execute()).toMatchObject([{ image: 'a.png' }]);
    expect(await changesOf(catalog)).toEqual([]);
  });

  it('write what changed into the history, old value kept, statistics apart', async () => {
    const catalog = await open();
    const was = {
      description: 'old',
      creator: { username: 'Ada', image: undefined },
      tags: ['a', 'b'],
      commercialUse: ['Image', 'Rent'],
    };
    await saveModels(catalog, [modelFacts({ ...was, allowNoCredit: true, stats: { downloads: 1 } })], 100);

    const count = await saveModels(
      catalog,
      [
        modelFacts({
          name: 'Ink Wash XL', description: 'new', creator: { username: 'Bo', image: undefined }, tags: ['b', 'c'],
          commercialUse: ['Rent', 'Image'], allowNoCredit: false, mode: 'Archived', stats: { downloads: 2 },
        }),
      ],
      200,
    ); // prettier-ignore

    expect(count).toEqual({ added: 0, changed: 1, same: 0, changedIds: [1] });
    const subject = { subject: '1', at: 200 };
    expect(await changesOf(catalog)).toEqual([
      { ...subject, field: 'name', before: 'Ink Wash', after: 'Ink Wash XL' },
      { ...subject, field: 'description', before: 'old', after: 'new' },
      { ...subject, field: 'allow_no_credit', before: '1', after: '0' },
      { ...subject, field: 'mode', before: null, after: 'Archived' },
      { ...subject, field: 'creator', before: 'Ada', after: 'Bo' },
      { ...subject, field: 'tags', before: '["a","b"]', after: '["b","c"]' },
    ]);
    expect(
      await catalog.db.selectFrom('model').select(['name', 'download_count', 'creator_key']).execute(),
    ).toEqual([{ name: 'Ink Wash XL', download_count: 2, creator_key: 'bo' }]);
  });

  it('lose an archived mode when an answer says there is none', async () => {
    const catalog = await open();
    await saveModels(catalog, [modelFacts({ mode: 'Archived' })], 100);

    await saveModels(catalog, [modelFacts({ mode: null })], 200);

    expect(await catalog.db.selectFrom('model').select('mode').execute()).toEqual([{ mode: null }]);
    expect(await changesOf(catalog)).toEqual([
      { subject: '1', at: 200, field: 'mode', before: 'Archived', after: null },
    ]);
  });

  it.each([
    ['a zero after a larger count', 7, 0, 7],
    ['silence', 7, undefined, 7],
    ['hidden', 7, null, null],
    ['a smaller count', 7, 3, 3],
    ['nonsense', 7, Number.NaN, 7],
  ])('take counters with care: %s', async (_case, before, told, after) => {
    const catalog = await open();
    await saveModels(catalog, [modelFacts({ stats: { downloads: before, rating: 4.5 } })], 100);

    await saveModels(catalog, [modelFacts({ stats: { downloads: told, rating: 0 } })], 200);

    expect(await catalog.db.selectFrom('model').select(['download_count', 'rating']).execute()).toEqual([
      { download_count: after, rating: 4.5 },
    ]);
  });

  it('let the last of two answers in one list win', async () => {
    const catalog = await open();

    const count = await saveModels(
      catalog,
      [modelFacts({ name: 'a', tags: ['x'] }), modelFacts({ name: 'b', description: 'd' })],
      100,
    );

    expect(count.added).toBe(1);
    expect(await catalog.db.selectFrom('model').select(['name', 'description']).execute()).toEqual([
      { name: 'b', description: 'd' },
    ]);
  });

  it('hold hostile text and numbers', async () => {
    const catalog = await open();
    const nasty = modelFacts({
      name: 'a\0b\uD800', type: "'); drop table model; --", description: '\0', tags: ['\0', '', '__proto__'],
      creator: { username: '__proto__', image: '\uDFFF' }, nsfwLevel: 1e300, stats: { downloads: 1e300, rating: Infinity, tipped: 1.5 },
    }); // prettier-ignore

    await saveModels(catalog, [nasty], 100);
    const count = await saveModels(catalog, [nasty], 200);

    expect(count.same).toBe(1);
    expect(await catalog.db.selectFrom('model').selectAll().execute()).toMatchObject([
      {
        name: 'a\uFFFDb\uFFFD',
        type: "'); drop table model; --",
        nsfw_level: 0,
        download_count: null,
        rating: null,
        tipped: 2,
        creator_key: '__proto__',
      },
    ]);
    expect(
      (await catalog.db.selectFrom('model_tag').select('tag').orderBy('position').execute()).map(
        (row) => row.tag,
      ),
    ).toEqual(['\uFFFD', '__proto__']);
  });
});
