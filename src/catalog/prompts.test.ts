import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { imageFacts } from './facts-samples.ts';
import { saveGenerations } from './generation.ts';
import { saveImages } from './image.ts';
import { knownPrompts } from './prompts.ts';
import type { KnownPrompt } from './prompts.ts';

const UNTOLD = {
  negative: 'bad',
  seed: undefined,
  steps: undefined,
  cfg: undefined,
  sampler: undefined,
  model: undefined,
  settings: {},
};

describeCatalogs('prompts', (open) => {
  it('are told once an image, across pages, the words of the user before those of the file and of the site', async () => {
    const catalog = await open();
    const ids = Array.from({ length: 7 }, (_, index) => index + 1);
    await saveImages(
      catalog,
      ids.map((id) => imageFacts({ id, uuid: `u${id}`, url: `x${id}` })),
      1,
    );
    const facts = (prompt: string | undefined) => ({ prompt, ...UNTOLD });
    await catalog.write(async (trx) => {
      await saveGenerations(
        trx,
        'api',
        ids.map((id) => [id, facts(id === 3 ? undefined : `api ${id}`)] as const),
      );
      await saveGenerations(trx, 'file', [
        [2, facts('file 2')],
        [4, facts(undefined)],
      ]);
      await saveGenerations(trx, 'user', [[5, facts('user 5')]]);
    });

    const told: KnownPrompt[] = [];
    for await (const known of knownPrompts(catalog.db, 2)) told.push(known);

    expect(told.map(({ imageId, prompt }) => `${imageId} ${prompt}`)).toEqual([
      '1 api 1',
      '2 file 2',
      '4 api 4',
      '5 user 5',
      '6 api 6',
      '7 api 7',
    ]);
    expect(told[0]?.negative).toBe('bad');
  });
});
