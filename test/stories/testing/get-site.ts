import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { startStandin } from '../../../standin/start.ts';
import type { Standin } from '../../../standin/start.ts';
import { makeGetStory } from './get-story.ts';
import type { GetStory } from './get-story.ts';

/** One site for all stories of a file, and a user who has nothing yet for each of them. */
export interface GetSite {
  readonly standin: Standin;
  /** That of the test which runs. */
  readonly story: GetStory;
  /** Requests that brought files. */
  downloads(): number;
}

/** Opens a site before the tests of a file and closes it after them; called at the top of the file. */
export function openGetSite(world: { readonly models?: number; readonly images?: number } = {}): GetSite {
  let standin: Standin | undefined;
  let story: GetStory | undefined;
  const site: GetSite = {
    get standin() {
      return there(standin);
    },
    get story() {
      return there(story);
    },
    downloads: () => there(standin).requests()['storage'] ?? 0,
  };

  beforeAll(async () => {
    standin = await startStandin({ models: 100, images: 50, ...world, seed: 11, pictures: 2000, speed: 0 });
  });
  beforeEach(() => {
    site.standin.reset();
    story = makeGetStory(site.standin);
  });
  afterEach(() => {
    site.standin.faults.use('');
    site.story.home.remove();
  });
  afterAll(() => site.standin.close());
  return site;
}

function there<T>(one: T | undefined): T {
  if (one === undefined) throw new Error('It is there while tests run.');
  return one;
}

/** What became of all that was wanted, by the counts of a run. */
export function sumOfEnds(counts: Readonly<Record<string, number>>): number {
  return ['fetched', 'held', 'refused', 'failed'].reduce((sum, key) => sum + (counts[key] ?? 0), 0);
}
