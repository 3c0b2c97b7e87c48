import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { atCommit, faultAt } from '../faults.ts';
import { differences, makeYardstick } from './testing/story-library.ts';
import type { StoryLibrary, Yardstick } from './testing/story-library.ts';

/** All of it is long: `npm run soak`. */
const SOAK = process.env['CIVITARIUM_SOAK'] === '1';

describe('a scan that is killed anywhere', { timeout: 120_000 }, () => {
  let story: Yardstick;

  beforeAll(async () => {
    story = await makeYardstick({ models: 12 });
  });

  beforeEach(() => story.library.reset());

  afterAll(() => story.close());

  it.each(seeds(SOAK ? 100 : 10))(
    'at a random instant (%i), and often once more, goes on to the same end',
    async (seed) => {
      const { library, undisturbed, tookMs } = story;
      const chance = chanceOf(seed);

      await runAndKill(library, chance() * tookMs);
      if (chance() < 0.5) await runAndKill(library, chance() * tookMs);
      const again = await library.run();

      expect(again.code, again.stderr).toBe(0);
      expect(differences(await library.end(), undisturbed)).toEqual([]);
    },
  );

  it.each(commits())('%s commit %i of its catalog goes on to the same end', async (when, passage) => {
    const { library, undisturbed } = story;

    const killed = await library.run(library.scan, { env: atCommit(when, passage) });
    const again = await library.run();

    // The last ones may be more than there are.
    if (passage < COMMITS) expect(killed.signal).toBe('SIGKILL');
    expect(again.code, again.stderr).toBe(0);
    expect(differences(await library.end(), undisturbed)).toEqual([]);
  });
});

describe('a refresh that is killed', { timeout: 120_000 }, () => {
  let story: Yardstick;

  beforeAll(async () => {
    story = await makeYardstick({ models: 12 });
  });

  afterAll(() => story.close());

  // A plain scan asks nothing that was answered: after the last answer it must bring to the pages what a refresh learned.
  const points = [
    ['update', 'identify.models', 1, 'update'],
    ['update', 'outputs.intended', 1, 'update'],
    ['update', 'place.renamed', 3, 'scan'],
    ['update', 'outputs.recorded', 2, 'scan'],
    ['scan --force-refresh', 'identify.models', 1, 'scan --force-refresh'],
    ['scan --force-refresh', 'outputs.intended', 1, 'scan'],
    ['scan --force-refresh', 'place.renamed', 5, 'scan'],
  ] as const;

  it.each(points)(
    '%s, killed at %s (%i): the news are on every page after the next %s',
    async (refresh, point, passage, next) => {
      const { library } = story;
      const argumentsOf = (command: string): string[] => [...command.split(' '), ...library.scan.slice(1)];
      await scanThenChange(story);
      await library.run(argumentsOf(refresh));
      const undisturbed = await library.end();
      await scanThenChange(story);

      const killed = await library.run(argumentsOf(refresh), { env: faultAt('kill', point, passage) });
      const again = await library.run(argumentsOf(next));

      expect(killed.signal).toBe('SIGKILL');
      expect(again.code, again.stderr).toBe(0);
      expect(differences(await library.end(), undisturbed)).toEqual([]);
    },
  );
});

/** A scanned library of a site that tells news since. */
async function scanThenChange({ standin, library }: Yardstick): Promise<void> {
  const { changes } = standin.world;
  changes.undoChanges();
  // The site's caches would go on telling the old.
  standin.reset();
  library.reset();
  await library.run();
  for (const { modelId } of library.files)
    changes.patchModel(modelId, { description: '<p>Told anew.</p>', tags: ['told', 'anew'] });
  standin.reset();
}

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** A scan of this library commits at least so often. */
const COMMITS = 25;

function commits(): (readonly ['before' | 'after', number])[] {
  const some = SOAK ? seeds(60) : [9, 13, 16, 20, 24];
  return some.flatMap((passage) =>
    SOAK
      ? [['before', passage] as const, ['after', passage] as const]
      : [[passage % 2 === 0 ? 'before' : 'after', passage] as const],
  );
}

/** Numbers from 0 to 1 that are the same for the same seed (a multiplicative generator with prime modulus 2^31 - 1). */
function chanceOf(seed: number): () => number {
  let state = (seed * 7919) % 2_147_483_647;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

async function runAndKill(library: StoryLibrary, afterMs: number): Promise<void> {
  await library.run(library.scan, {
    whileRunning: (child) => {
      void delay(afterMs).then(() => child.kill('SIGKILL'));
    },
  });
}
