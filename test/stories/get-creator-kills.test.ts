import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import type { CliOptions, CliResult } from '../cli.ts';
import { faultAt, faultPoints } from '../faults.ts';
import { makeGetStory } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

/** All of it is long: `npm run soak`. */
const SOAK = process.env['CIVITARIUM_SOAK'] === '1';

/** A fifth of all requests goes wrong, in ways that cost no time. */
const FAULTS = '*:reset=0.05,truncate=0.05,500=0.05,html=0.05';
/** Tries again at once, and leaves nothing alone. */
const CONFIG = 'api:\n  batch:\n    retry_delay: 5\n    circuit_breaker: { failure_threshold: 1000 }\n';

/** Points of a creator's own, of which the first passage is tried without soak too; get-kills tries the others. */
const SLICE: readonly string[] = [
  'coverage.page',
  'coverage.walked',
  'transfer.placed',
  'transfer.recorded',
  'image-notes.intended',
];

/** Every named point of a get of models, images and notes, and at which passages. */
const KILLS: Readonly<Record<string, readonly number[]>> = {
  'coverage.page': [1],
  'coverage.walked': [2, 1],
  'transfer.begun': [4, 1, 9],
  'part.opened': [3, 1],
  'part.grown': [2, 1],
  'part.synced': [6, 1],
  'transfer.intended': [7, 1, 3],
  'transfer.placed': [5, 1, 9],
  'transfer.recorded': [8, 1],
  'image-notes.intended': [1],
  'place.renamed': [6, 1, 12],
};

describe('a get of all that a creator made, under faults, that is killed', { timeout: 300_000 }, () => {
  let standin: Standin;
  let undisturbed: Record<string, string>;
  let wanted: number;
  let exit: number | null;
  let tookMs: number;
  let story: GetStory;
  let target: string;

  const get = (who: GetStory, more: readonly string[] = [], options: CliOptions = {}): Promise<CliResult> => {
    const config = join(who.home.folder, 'config.yaml');
    writeFileSync(config, CONFIG);
    return who.get([target, '--patience', '600', '--config', config, ...more], options);
  };

  beforeAll(async () => {
    standin = await startStandin({ models: 24, creators: 4, seed: 11, images: 60, pictures: 2000, speed: 0 });
    const [creator] = standin.world
      .creators()
      .filter(({ system, username }) => !system && username !== null)
      .sort((a, b) => standin.world.modelsOf(b.id).length - standin.world.modelsOf(a.id).length);
    target = `user:${creator?.username ?? ''}`;
    const first = makeGetStory(standin);
    const begun = performance.now();
    const result = await get(first);
    tookMs = performance.now() - begun;
    undisturbed = steady(first);
    wanted = result.json.counts['wanted'] ?? 0;
    exit = result.code;
    first.home.remove();
  });

  beforeEach(() => {
    standin.reset();
    standin.faults.use(FAULTS);
    story = makeGetStory(standin);
  });

  afterEach(() => {
    standin.faults.use('');
    story.home.remove();
  });

  afterAll(() => standin.close());

  /** Pages and data name their folder, which is another one for each user. */
  function steady({ tree }: GetStory): Record<string, string> {
    const entries = Object.entries(tree());
    return Object.fromEntries(
      entries.map(([path, hash]) => [path, /\.html$|^gallery\.files\/.*\.js$/.test(path) ? 'there' : hash]),
    );
  }

  /** Runs it again, until what chance had broken off is there too. */
  async function goOn(): Promise<CliResult> {
    const again = await get(story);
    return again.code === exit ? again : await get(story, ['--retry-failed']);
  }

  it('has models, images and notes to lose', () => {
    const names = Object.keys(undisturbed);

    expect(names.filter((name) => name.endsWith('.safetensors')).length).toBeGreaterThan(2);
    expect(names.filter((name) => /Posts\/.*\.txt$/.test(name)).length).toBeGreaterThan(5);
    expect(wanted).toBeGreaterThan(10);
  });

  it('is tried at every named point of its own', () => {
    const own = faultPoints().filter((point) => /^(?:part|transfer|coverage|image-notes)\./.test(point));

    expect(Object.keys(KILLS)).toEqual(expect.arrayContaining(own));
  });

  const cases = Object.entries(KILLS).flatMap(([point, passages]) =>
    (SOAK ? passages : passages.slice(0, SLICE.includes(point) ? 1 : 0)).map(
      (passage) => [point, passage] as const,
    ),
  );

  it.each(cases)('at %s (%i) comes to the end that an undisturbed one has', async (point, passage) => {
    const killed = await get(story, [], { env: faultAt('kill', point, passage) });
    const again = await goOn();

    expect(killed.signal).toBe('SIGKILL');
    expect(again.code, again.stderr).toBe(exit);
    expect(again.json.counts).toMatchObject({ wanted, failed: 0 });
    expect(steady(story)).toEqual(undisturbed);
  });

  it.each(Array.from({ length: SOAK ? 100 : 2 }, (_, index) => index + 1))(
    'at a random instant (%i) comes to the same end',
    async (seed) => {
      const share = ((seed * 48_271 * 7919) % 2_147_483_647) / 2_147_483_647;
      await get(story, [], {
        whileRunning: (child) => void delay(share * tookMs).then(() => child.kill('SIGKILL')),
      });
      const again = await goOn();

      expect(again.code, again.stderr).toBe(exit);
      expect(steady(story)).toEqual(undisturbed);
    },
  );
});
