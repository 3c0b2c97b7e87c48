import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_KEY } from '../../standin/access.ts';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeGetStory, oddSample, sha256 } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

let standin: Standin;
let story: GetStory;

beforeAll(async () => {
  standin = await startStandin({ models: 100, seed: 11, images: 50, pictures: 2000, speed: 0 });
});

beforeEach(() => {
  standin.reset();
  story = makeGetStory(standin);
});

afterEach(() => {
  standin.faults.use('');
  story.home.remove();
});

afterAll(async () => {
  await standin.close();
});

const withKey = { env: { CIVITAI_API_KEY: SAMPLE_KEY } };

describe('what the site refuses', { timeout: 120_000 }, () => {
  it('is told with the reason and the next step, not asked for again at once, and asked for with --retry-failed', async () => {
    const odd = (['archived', 'requires-login', 'generation-only', 'poi'] as const).map((name) =>
      oddSample(standin, name),
    );
    const targets = odd.map(({ model }) => `model:${model.id}`);

    const first = await story.get([...targets, '--media', 'none']);
    const asked = standin.requests()['download/models/:id'];
    const again = await story.get([...targets, '--media', 'none']);
    const askedAgain = standin.requests()['download/models/:id'];
    const retried = await story.get([...targets, '--retry-failed', '--media', 'none']);

    const codes = ['archived', 'downloads-disabled', 'key-needed', 'not-found'];
    expect(first.code).toBe(3);
    expect(first.json.counts).toMatchObject({ wanted: 4, fetched: 0, refused: 4, failed: 0 });
    expect(first.json.failures.map(({ code }) => code).sort()).toEqual(codes);
    expect(first.json.failures.every(({ next }) => next !== undefined && next !== '')).toBe(true);
    expect(again.json.counts).toMatchObject({ refused: 4 });
    expect(again.json.failures.map(({ code }) => code).sort()).toEqual(codes);
    expect(askedAgain).toBe(asked);
    expect(retried.json.counts).toMatchObject({ refused: 4 });
    expect(standin.requests()['download/models/:id']).toBe(2 * (asked ?? 0));
    expect(story.leftovers()).toEqual([]);
  });

  it('until a day is told with that day, and comes when it is over', async () => {
    const { model, file, bytes } = oddSample(standin, 'early-access');
    const paid = model.versions.find((one) => one.earlyAccessUntil !== null);
    const until = paid?.earlyAccessUntil ?? 0;

    const early = await story.get([String(model.id), '--media', 'none']);
    standin.clock.advance(until - standin.world.startedAt);
    const then = await story.get([String(model.id), '--media', 'none']);

    expect(early.json.failures).toMatchObject([{ code: 'early-access' }]);
    expect(early.json.failures[0]?.why).toContain(new Date(until).toISOString().slice(0, 10));
    expect(then.code, then.stderr).toBe(0);
    expect(story.hashOf(file.name)).toBe(sha256(bytes));
  });

  it('for want of a key comes with one, which goes to the site alone', async () => {
    const { model, file, bytes } = oddSample(standin, 'requires-login');
    await story.get([String(model.id), '--media', 'none']);

    const result = await story.get([String(model.id), '--media', 'none'], withKey);

    expect(result.code, result.stderr).toBe(0);
    expect(story.hashOf(file.name)).toBe(sha256(bytes));
    const storage = standin.asks().filter((ask) => ask.endpoint === 'storage');
    expect(storage.map((ask) => ask.withKey)).toEqual([false]);
    expect(standin.problems()).toEqual([]);
  });
});
