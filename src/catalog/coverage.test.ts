import { expect, it } from 'vitest';
import { describeCatalogs } from '../../test/catalogs.ts';
import { coverageGlances, keptWalk, recordFates, recordWalk } from './coverage.ts';
import type { WalkKey } from './coverage.ts';

const KEY: WalkKey = { creator: 'ink', kind: 'images', question: 'host=civitai.com levels=31' };

describeCatalogs('walks through what a creator has', (open) => {
  it('are kept with what they showed, each question by itself', async () => {
    const catalog = await open();

    await recordWalk(catalog, KEY, { members: [3, 1, 3], announced: 5, end: 'whole', markAt: 40 }, 100);

    expect(await keptWalk(catalog.db, KEY)).toEqual({
      members: new Set([1, 3]),
      wholeAt: 100,
      markAt: 40,
      hidden: 3,
    });
    expect(await keptWalk(catalog.db, { ...KEY, kind: 'models' })).toBeUndefined();
    expect(await keptWalk(catalog.db, { ...KEY, question: 'host=civitai.com levels=1' })).toBeUndefined();
    expect(await keptWalk(catalog.db, { ...KEY, creator: 'pen' })).toBeUndefined();
  });

  it('that broke off are never taken for the whole, and take nothing from an earlier whole one', async () => {
    const catalog = await open();
    const broken = { members: [1], announced: undefined, end: 'broken', markAt: 90 } as const;

    await recordWalk(catalog, KEY, broken, 100);
    const before = await keptWalk(catalog.db, KEY);
    await recordWalk(catalog, KEY, { members: [1, 2], announced: 2, end: 'whole', markAt: 40 }, 200);
    await recordWalk(catalog, KEY, { ...broken, members: [7] }, 300);

    expect(before).toBeUndefined();
    expect(await keptWalk(catalog.db, KEY)).toMatchObject({ wholeAt: 200, markAt: 40, hidden: 0 });
    expect((await keptWalk(catalog.db, KEY))?.members).toEqual(new Set([1, 2, 7]));
  });

  it('to what is new add to the whole one, and another whole one forgets what is there no more', async () => {
    const catalog = await open();

    await recordWalk(catalog, KEY, { members: [1, 2], announced: 2, end: 'whole', markAt: 40 }, 100);
    await recordWalk(catalog, KEY, { members: [1, 2, 3], announced: 3, end: 'new', markAt: 50 }, 200);
    const added = await keptWalk(catalog.db, KEY);
    await recordWalk(catalog, KEY, { members: [2, 3], announced: undefined, end: 'whole', markAt: 50 }, 300);

    expect(added).toEqual({ members: new Set([1, 2, 3]), wholeAt: 100, markAt: 50, hidden: 0 });
    expect(await keptWalk(catalog.db, KEY)).toEqual({
      members: new Set([2, 3]),
      wholeAt: 300,
      markAt: 50,
      hidden: undefined,
    });
  });

  it('are kept with what became of the members, until the next one begins', async () => {
    const catalog = await open();
    const walk = { members: [1, 2, 3], announced: 3, end: 'whole', markAt: 40 } as const;
    const fates = { seen: 3, held: 1, filtered: 0, refused: 1, failed: 1, reasons: { archived: 1, cut: 1 } };
    const rows = () => catalog.db.selectFrom('coverage').selectAll().execute();

    await recordWalk(catalog, KEY, walk, 100);
    await recordFates(catalog, KEY, fates);
    const told = await rows();
    await recordWalk(catalog, KEY, walk, 200);

    expect(told).toMatchObject([
      { seen: 3, held: 1, refused: 1, failed: 1, reasons: '{"archived":1,"cut":1}' },
    ]);
    expect(await rows()).toMatchObject([{ seen: 3, held: null, reasons: null, whole_at: 200 }]);
  });

  it('are told by creator, the last one of each kind, with what became of what they showed', async () => {
    const catalog = await open();
    const walk = { members: [1, 2, 3], announced: undefined, end: 'whole', markAt: 40 } as const;
    await recordWalk(catalog, { ...KEY, question: 'levels=1' }, { ...walk, members: [1] }, 100);
    await recordWalk(catalog, KEY, walk, 200);
    await recordFates(catalog, KEY, { seen: 3, held: 1, filtered: 1, refused: 1, failed: 0, reasons: {} });
    await recordWalk(catalog, { ...KEY, kind: 'models' }, { ...walk, announced: 5, end: 'broken' }, 150);

    expect([...(await coverageGlances(catalog.db))]).toEqual([
      [
        'ink',
        [
          { kind: 'models', announced: 5, seen: 3, isWhole: false, fates: undefined },
          {
            kind: 'images',
            announced: undefined,
            seen: 3,
            isWhole: true,
            fates: { held: 1, filtered: 1, refused: 1, failed: 0 },
          },
        ],
      ],
    ]);
  });
});
