import { describe, expect, it } from 'vitest';
import { SAMPLE_KEY } from '../../standin/access.ts';
import { openGetSite } from './testing/get-site.ts';
import { oddSample, sha256 } from './testing/get-story.ts';

const site = openGetSite();

const withKey = { env: { CIVITAI_API_KEY: SAMPLE_KEY } };

describe('what the site refuses', { timeout: 120_000 }, () => {
  it('is told with the reason and the next step, not asked for again at once, and asked for with --retry-failed', async () => {
    const odd = (['archived', 'requires-login', 'generation-only', 'poi'] as const).map((name) =>
      oddSample(site.standin, name),
    );
    const targets = odd.map(({ model }) => `model:${model.id}`);

    const first = await site.story.get([...targets, '--media', 'none']);
    const asked = site.standin.requests()['download/models/:id'];
    const again = await site.story.get([...targets, '--media', 'none']);
    const askedAgain = site.standin.requests()['download/models/:id'];
    const retried = await site.story.get([...targets, '--retry-failed', '--media', 'none']);

    const codes = ['archived', 'downloads-disabled', 'key-needed', 'not-found'];
    expect(first.code).toBe(3);
    expect(first.json.counts).toMatchObject({ wanted: 4, fetched: 0, refused: 4, failed: 0 });
    expect(first.json.failures.map(({ code }) => code).sort()).toEqual(codes);
    expect(first.json.failures.every(({ next }) => next !== undefined && next !== '')).toBe(true);
    expect(again.json.counts).toMatchObject({ refused: 4 });
    expect(again.json.failures.map(({ code }) => code).sort()).toEqual(codes);
    expect(askedAgain).toBe(asked);
    expect(retried.json.counts).toMatchObject({ refused: 4 });
    expect(site.standin.requests()['download/models/:id']).toBe(2 * (asked ?? 0));
    expect(site.story.leftovers()).toEqual([]);
  });

  it('until a day is told with that day, and comes when it is over', async () => {
    const { model, file, bytes } = oddSample(site.standin, 'early-access');
    const paid = model.versions.find((one) => one.earlyAccessUntil !== null);
    const until = paid?.earlyAccessUntil ?? 0;

    const early = await site.story.get([String(model.id), '--media', 'none']);
    site.standin.clock.advance(until - site.standin.world.startedAt);
    const then = await site.story.get([String(model.id), '--media', 'none']);

    expect(early.json.failures).toMatchObject([{ code: 'early-access' }]);
    expect(early.json.failures[0]?.why).toContain(new Date(until).toISOString().slice(0, 10));
    expect(then.code, then.stderr).toBe(0);
    expect(site.story.hashOf(file.name)).toBe(sha256(bytes));
  });

  it('for want of a key comes with one, which goes to the site alone', async () => {
    const { model, file, bytes } = oddSample(site.standin, 'requires-login');
    await site.story.get([String(model.id), '--media', 'none']);

    const result = await site.story.get([String(model.id), '--media', 'none'], withKey);

    expect(result.code, result.stderr).toBe(0);
    expect(site.story.hashOf(file.name)).toBe(sha256(bytes));
    const storage = site.standin.asks().filter((ask) => ask.endpoint === 'storage');
    expect(storage.map((ask) => ask.withKey)).toEqual([false]);
    expect(site.standin.problems()).toEqual([]);
  });
});
