import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { faultAt, faultPoints } from '../faults.ts';
import { makeGetStory, sampleAt } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

/** All of it is long: `npm run soak`. */
const SOAK = process.env['CIVITARIUM_SOAK'] === '1';

/** Which passages of each point of a transfer a run is killed at; this one passes each at least so often. */
const KILLS: Readonly<Record<string, readonly number[]>> = {
  'transfer.begun': [1, 3],
  'part.opened': [1],
  'part.grown': [1, 3],
  'part.synced': [1, 2],
  'transfer.intended': [1, 3],
  'transfer.placed': [1, 2],
  'transfer.recorded': [1, 3],
  'hashes.recorded': [1],
  'place.renamed': [1, 4],
};

describe('a get that is killed', { timeout: 120_000 }, () => {
  let standin: Standin;
  let undisturbed: Record<string, string>;
  let tookMs: number;
  let story: GetStory;
  let targets: string[];

  beforeAll(async () => {
    standin = await startStandin({ models: 40, seed: 11, images: 50, pictures: 2000, speed: 0 });
    targets = [0, 2, 4].map((nth) => String(sampleAt(standin, nth).model.id));
    const first = makeGetStory(standin);
    const begun = performance.now();
    const result = await first.get(targets);
    tookMs = performance.now() - begun;
    if (result.code !== 0) throw new Error(result.stderr);
    undisturbed = steady(first);
    first.home.remove();
  });

  beforeEach(() => {
    standin.reset();
    story = makeGetStory(standin);
  });

  afterEach(() => story.home.remove());

  afterAll(() => standin.close());

  /** Pages and data name their folder, which is another one for each user. */
  function steady({ tree }: GetStory): Record<string, string> {
    const entries = Object.entries(tree());
    return Object.fromEntries(
      entries.map(([path, hash]) => [path, /\.html$|^gallery\.files\/.*\.js$/.test(path) ? 'there' : hash]),
    );
  }

  it('is tried at every named point of a transfer', () => {
    const own = faultPoints().filter((point) => /^(?:part|transfer)\./.test(point));

    expect(Object.keys(KILLS)).toEqual(expect.arrayContaining(own));
  });

  const cases = Object.entries(KILLS).flatMap(([point, passages]) =>
    passages.map((passage) => [point, passage] as const),
  );

  it.each(cases)('at %s (%i) goes on to the same end', async (point, passage) => {
    const killed = await story.get(targets, { env: faultAt('kill', point, passage) });
    const again = await story.get(targets);

    expect(killed.signal).toBe('SIGKILL');
    expect(again.code, again.stderr).toBe(0);
    expect(again.json.counts).toMatchObject({ wanted: 3, refused: 0, failed: 0 });
    expect(steady(story)).toEqual(undisturbed);
  });

  it('fetches no byte again that was placed, and none of a part that was kept', async () => {
    const whole = targets.map((_, nth) => sampleAt(standin, nth * 2).bytes.length);

    await story.get(targets, { env: faultAt('kill', 'transfer.intended', 3) });
    const again = await story.get(targets);

    const fetched = again.json.counts['bytes'] ?? 0;
    expect(fetched).toBeLessThan(whole.reduce((sum, size) => sum + size, 0));
    expect(again.json.counts['fetched']).toBeLessThan(3);
  });

  it.each(Array.from({ length: SOAK ? 60 : 5 }, (_, index) => index + 1))(
    'at a random instant (%i) goes on to the same end',
    async (seed) => {
      const share = ((seed * 48_271 * 7919) % 2_147_483_647) / 2_147_483_647;
      await story.get(targets, {
        whileRunning: (child) => void delay(share * tookMs).then(() => child.kill('SIGKILL')),
      });
      const again = await story.get(targets);

      expect(again.code, again.stderr).toBe(0);
      expect(steady(story)).toEqual(undisturbed);
    },
  );
});
