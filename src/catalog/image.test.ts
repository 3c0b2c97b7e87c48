import fc from 'fast-check';
import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { imageFacts, versionFacts } from './facts-samples.ts';
import type { GenerationFacts, ImageFacts } from './facts.ts';
import { ownId, saveImages } from './image.ts';
import { saveVersions } from './version.ts';

const generation: GenerationFacts = {
  prompt: 'a cat\0',
  negative: undefined,
  seed: '18446744073709551615',
  steps: 20.5,
  cfg: 7,
  sampler: 'Euler a',
  model: 'x',
  settings: { Size: '512x768', 'Clip skip': 2, odd: '\0' },
};

describeCatalogs('images', (open) => {
  it('have the id of Civitai when it is told, else that of their uuid, else a negative one that is always the same', async () => {
    const catalog = await open();

    const ids = await saveImages(
      catalog,
      [
        imageFacts({ id: 5, uuid: 'AA', url: 'x' }),
        imageFacts({ uuid: 'aa', url: 'y' }),
        imageFacts({ uuid: 'bb' }),
        imageFacts({ url: 'no-uuid' }),
      ],
      100,
    );

    expect(ids).toEqual([5, 5, ownId('bb'), ownId('no-uuid')]);
    expect(ownId('bb')).toBe(-1_044_869_868_729_693);
    expect(
      await catalog.db.selectFrom('image').select(['id', 'uuid', 'url']).orderBy('id', 'desc').execute(),
    ).toEqual(expect.arrayContaining([{ id: 5, uuid: 'aa', url: 'y' }]));
    expect(await catalog.db.selectFrom('image').selectAll().execute()).toHaveLength(3);
  });

  it('keep what was known where a later answer is silent', async () => {
    const catalog = await open();
    const full = imageFacts({
      id: 5,
      uuid: 'u',
      nsfwLevel: 4,
      blurhash: 'h',
      postId: 3,
      username: 'ada',
      createdAt: 9,
      generation,
    });
    await saveImages(catalog, [full], 100);
    const before = await catalog.db.selectFrom('image').selectAll().executeTakeFirstOrThrow();

    await saveImages(catalog, [imageFacts({ id: 5, nsfwLevel: 0, width: undefined, height: 0 })], 200);

    expect(await catalog.db.selectFrom('image').selectAll().execute()).toEqual([before]);
    expect(await catalog.db.selectFrom('gen_param').selectAll().execute()).toEqual([
      { image_id: 5, source: 'api', prompt: 'a cat\uFFFD', negative: null, seed: '18446744073709551615', steps: 20.5, cfg: 7, sampler: 'Euler a', model: 'x', settings: '{"Size":"512x768","Clip skip":2,"odd":"\\u0000"}' },
    ]); // prettier-ignore
  });

  it('take the new settings when an answer brings others', async () => {
    const catalog = await open();
    await saveImages(catalog, [imageFacts({ id: 5, generation })], 100);

    await saveImages(catalog, [imageFacts({ id: 5, generation: { ...generation, prompt: 'a dog' } })], 200);

    expect(await catalog.db.selectFrom('gen_param').select('prompt').execute()).toEqual([
      { prompt: 'a dog' },
    ]);
  });

  it('move from an id of ours to that of Civitai, with all that hangs on it', async () => {
    const catalog = await open();
    await saveVersions(catalog, [versionFacts({ images: [imageFacts({ uuid: 'u', generation })] })], 100);
    const ours = ownId('u');
    await catalog.write((trx) =>
      trx.insertInto('output').values({ path: '/p', kind: 'preview', image_id: ours, at: 1 }).execute(),
    );

    await saveImages(catalog, [imageFacts({ id: 9, uuid: 'u' })], 200);

    for (const table of ['image_alias', 'image_use', 'gen_param', 'output'] as const) {
      expect(await catalog.db.selectFrom(table).select('image_id').execute()).toEqual([{ image_id: 9 }]);
    }
    expect(await catalog.db.selectFrom('image').select('id').execute()).toEqual([{ id: 9 }]);
  });

  it('stay when a version lists fewer, behind those it lists', async () => {
    const catalog = await open();
    const [a, b, c] = [1, 2, 3].map((id) => imageFacts({ id }));
    await saveVersions(catalog, [versionFacts({ images: [a, b, c] as ImageFacts[] })], 100);

    await saveVersions(catalog, [versionFacts({ images: [c, a] as ImageFacts[] })], 200);

    const uses = await catalog.db
      .selectFrom('image_use')
      .select(['image_id', 'position'])
      .orderBy('position')
      .execute();
    expect(uses.map((use) => use.image_id)).toEqual([3, 1, 2]);
    expect(uses.map((use) => use.position)).toEqual([0, 1, 2]);
  });

  it('never get two rows for one uuid, in whatever order answers come', async () => {
    const catalog = await open();
    const answer = fc.record({
      uuid: fc.constantFrom('p', 'q', undefined),
      id: fc.constantFrom(undefined, 1, 2),
      url: fc.constantFrom('a', 'b'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(answer, { maxLength: 4 }), { maxLength: 4 }), async (answers) => {
        await catalog.write(async (trx) => {
          for (const table of ['image', 'image_alias', 'image_use', 'gen_param'] as const)
            await trx.deleteFrom(table).execute();
        });
        for (const [at, images] of answers.entries())
          await saveImages(
            catalog,
            images.map((image) => imageFacts(image)),
            at,
          );

        const aliases = await catalog.db.selectFrom('image_alias').selectAll().execute();
        const ids = new Set(
          (await catalog.db.selectFrom('image').select('id').execute()).map((row) => row.id),
        );
        expect(aliases.every((row) => ids.has(row.image_id))).toBe(true);
        const ours = await catalog.db
          .selectFrom('image')
          .select('uuid')
          .where('id', '<', 0)
          .where('uuid', 'is not', null)
          .execute();
        for (const { uuid } of ours)
          expect(aliases.find((row) => row.alias === uuid)?.image_id).toBe(ownId(uuid ?? ''));
      }),
      { numRuns: 15 },
    );
  });
});
