import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listed } from '../../standin/routes/model-filter.ts';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import type { WorldModel } from '../../standin/world/types.ts';
import { makeHome } from '../cli.ts';
import type { Home } from '../cli.ts';
import { runGet, sumOfFates } from './testing/get-run.ts';

let standin: Standin;
let home: Home;
let lists = 0;

beforeAll(async () => {
  standin = await startStandin({ models: 260, seed: 11, images: 50, pictures: 2000, speed: 0 });
});

beforeEach(() => {
  standin.reset();
  home = makeHome();
});

afterEach(() => home.remove());

afterAll(() => standin.close());

/** Models that some list shows, archived ones apart. */
function shown(): WorldModel[] {
  const models = standin.world.modelIds().flatMap((id) => standin.world.model(id) ?? []);
  return models.filter((model) => [true, false].some((nsfw) => listed(model, { nsfw, archived: false })));
}

function plan(target: string, limit?: number): ReturnType<typeof runGet> {
  lists += 1;
  const options = {
    'export-list': join(home.folder, `${lists}.urls`),
    ...(limit === undefined ? {} : { limit }),
  };
  return runGet(standin, home, [target], { options });
}

describe('get of a tag or a search', { timeout: 120_000 }, () => {
  it('takes all models of a tag, those too that only one list shows', async () => {
    const own = shown().filter(({ tags }) => tags.includes('style'));

    const { result, asked } = await plan('https://civitai.com/tag/style', 0);

    expect(result.counts['models']).toBeGreaterThan(10);
    const bare = result.failures.length;
    expect((result.counts['models'] ?? 0) + bare).toBe(own.length);
    expect(sumOfFates(result)).toBe(result.counts['wanted']);
    expect(asked['models']).toBeLessThanOrEqual(2 + Math.ceil(own.length / 50));
  });

  it('takes so many as are wanted, and says that there are more', async () => {
    const { result } = await plan('tag:style', 5);
    const rest = await plan('tag:style', 5000);

    expect(result.counts).toMatchObject({ wanted: 5 });
    expect(result.warnings.join()).toContain('the first 5 models were taken');
    expect(rest.result.warnings.join()).not.toContain('were taken');
  });

  it('fetches what a search with filters lists, and nothing else', async () => {
    const type = 'LORA';
    const base = shown().find((model) => model.type === type)?.versions[0]?.baseModel ?? '';
    const own = shown().filter(
      (model) => model.type === type && model.versions.some(({ baseModel }) => baseModel === base),
    );
    const target = `https://civitai.com/search/models?modelType=${type}&baseModel=${encodeURIComponent(base)}`;

    const { result } = await runGet(standin, home, [target], { options: { limit: 3 } });

    expect(result.counts['models']).toBe(Math.min(3, own.length));
    expect(result.counts['fetched']).toBeGreaterThan(0);
    expect(sumOfFates(result)).toBe(result.counts['wanted']);
    expect(readdirSync(join(home.folder, 'out')).some((name) => name.endsWith('.civitai.info'))).toBe(true);
  });

  it('finds words', async () => {
    const word = (shown()[0]?.name ?? '').split(/\s+/)[0] ?? '';

    const { result } = await plan(`https://civitai.com/models?query=${encodeURIComponent(word)}`);

    expect(result.counts['wanted']).toBeGreaterThan(0);
    expect(sumOfFates(result)).toBe(result.counts['wanted']);
  });

  it.each([
    ['https://civitai.com/tag/no_such_tag_anywhere', 'not-found'],
    ['https://civitai.com/models?query=zzzzzzzzzz', 'not-found'],
    ['https://civitai.com/models?sort=Newest', 'target-unknown'],
    ['https://civitai.com/images?tags=4', 'target-unknown'],
  ])('of %s takes nothing and says why (%s)', async (target, code) => {
    const { result } = await plan(target);

    expect(result.exitCode).toBe(3);
    expect(result.counts).toMatchObject({ wanted: 1, fetched: 0 });
    expect(result.failures).toMatchObject([{ code }]);
  });
});
