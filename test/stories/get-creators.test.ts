import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listed } from '../../standin/routes/model-filter.ts';
import { startStandin } from '../../standin/start.ts';
import { faultAt } from '../faults.ts';
import { openGetSite } from './testing/get-site.ts';
import { makeGetStory } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

const site = openGetSite({ models: 40, images: 400 });

interface Told {
  readonly of: string;
  readonly announced: number | 'unknown';
  readonly seen: number;
  readonly fetched: number;
  readonly held: number;
  readonly filtered: number;
  readonly refused: number;
  readonly failed: number;
  readonly unreachable: number | 'unknown';
  readonly complete: boolean;
}

function coverageIn(json: Readonly<Record<string, unknown>>): readonly Told[] {
  return json['coverage'] as readonly Told[];
}

function sumOf(told: Told | undefined): number {
  return told === undefined ? -1 : told.fetched + told.held + told.filtered + told.refused + told.failed;
}

/** A creator of whom the wide list does not show every model, and the ids of all that any list shows. */
function creatorOfOddModels(): {
  readonly username: string;
  readonly ids: readonly number[];
  readonly published: number;
} {
  for (const { id, username } of site.standin.world.creators()) {
    const own = site.standin.world.modelsOf(id);
    const wide = own.filter((model) => listed(model, { nsfw: true, archived: true }));
    const all = own.filter((model) => wide.includes(model) || listed(model, { nsfw: false, archived: true }));
    const published = own.filter(({ status }) => status === 'Published').length;
    if (username !== null && wide.length < all.length && wide.length > 3)
      return { username, ids: all.map((model) => model.id), published };
  }
  throw new Error('All creators are plain.');
}

/** Pages and data name their folder, which is another one for each user. */
function steady({ tree }: GetStory): Record<string, string> {
  const entries = Object.entries(tree());
  return Object.fromEntries(
    entries.map(([path, hash]) => [path, /\.html$|^gallery\.files\/.*\.js$/.test(path) ? 'there' : hash]),
  );
}

/** The ids of all images that the feed shows of somebody. */
async function imagesOf(username: string): Promise<number[]> {
  const answer = await fetch(
    `${site.standin.apiUrl}/images?limit=200&browsingLevel=31&sort=Oldest&username=${username}`,
  );
  return ((await answer.json()) as { items: { id: number }[] }).items.map(({ id }) => id);
}

describe('get of a creator', { timeout: 120_000 }, () => {
  it('finds models that one list alone would miss, says how much it saw, and fetches nothing the second time', async () => {
    const { username, ids, published } = creatorOfOddModels();
    const target = `https://civitai.com/user/${username}/models`;

    const first = await site.story.get([target, '--media', 'none']);
    const tree = site.story.tree();
    const second = await site.story.get([target, '--media', 'none']);

    const [told] = coverageIn(first.json);
    expect(told).toMatchObject({
      of: 'models',
      announced: published,
      seen: ids.length,
      unreachable: published - ids.length,
      complete: true,
    });
    expect(sumOf(told)).toBe(ids.length);
    expect(told?.fetched).toBe(first.json.counts['models']);
    expect(told?.fetched).toBeGreaterThan(3);
    expect(first.json.requests.byEndpoint).toMatchObject({ models: 2, creators: 1 });
    expect(first.json.requests.byEndpoint['models?ids']).toBeUndefined();
    expect(coverageIn(second.json)[0]).toMatchObject({ seen: ids.length, fetched: 0, held: told?.fetched });
    expect(second.json.counts).toMatchObject({ fetched: 0, bytes: 0 });
    expect(site.story.tree()).toEqual(tree);
  });

  it('fetches all images of theirs and of nobody else, by one stream', async () => {
    const { username } = creatorOfOddModels();
    const ids = await imagesOf(username);
    site.standin.reset();

    const result = await site.story.get([`https://civitai.red/user/${username}/images`]);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts).toMatchObject({ wanted: ids.length, fetched: ids.length, images: ids.length });
    expect(coverageIn(result.json)).toMatchObject([
      { of: 'images', announced: 'unknown', seen: ids.length, fetched: ids.length, unreachable: 'unknown' },
    ]);
    const named = Object.keys(site.story.tree()).flatMap((path) => /\/(\d+)\.txt$/.exec(path)?.[1] ?? []);
    expect(named.map(Number).toSorted((a, b) => a - b)).toEqual(ids.toSorted((a, b) => a - b));
  });

  it('comes to the same end under faults and after kills', async () => {
    const { username } = creatorOfOddModels();
    const undisturbed = await site.story.get([`user:${username}`]);
    const expected = steady(site.story);
    const other = makeGetStory(site.standin);
    try {
      site.standin.faults.use('*:any=0.2');
      const patient = ['--patience', '600', `user:${username}`];
      for (const [point, passage] of [
        ['transfer.intended', 5],
        ['image-notes.intended', 1],
      ] as const)
        await other.get(patient, { env: faultAt('kill', point, passage) });
      await other.get(patient);
      site.standin.faults.use('');
      const last = await other.get([`user:${username}`, '--retry-failed']);

      expect(last.code, last.stderr).toBe(undisturbed.code);
      expect(last.json.counts['wanted']).toBe(undisturbed.json.counts['wanted']);
      expect(steady(other)).toEqual(expected);
    } finally {
      other.home.remove();
    }
  });

  it('leaves out what is not asked for, and counts it', async () => {
    const { username, ids } = creatorOfOddModels();

    const result = await site.story.get([`user:${username}`, '--since', '2999-01-01', '--dry-run']);

    const [models, images] = coverageIn(result.json);
    expect(models).toMatchObject({ of: 'models', seen: ids.length, filtered: ids.length, fetched: 0 });
    expect(images?.seen).toBeGreaterThan(0);
    expect(images).toMatchObject({ of: 'images', filtered: images?.seen, fetched: 0 });
    expect(existsSync(site.story.out)).toBe(false);
  });

  it('takes part of a list for what it is when the site goes in circles', async () => {
    const { username } = creatorOfOddModels();
    const looping = await startStandin({
      models: 40,
      seed: 11,
      images: 8000,
      pictures: 2000,
      speed: 0,
      feed: { loopFrom: 200, emptyPages: 0 },
    });
    const other = makeGetStory(looping);
    try {
      const result = await other.get([`https://civitai.com/user/${username}/images`, '--dry-run']);

      expect(result.code).toBe(3);
      const [told] = coverageIn(result.json);
      expect(told).toMatchObject({ complete: false, announced: 'unknown' });
      expect(told?.seen).toBe(400);
      expect(result.json.failures).toMatchObject([{ code: 'listing-broken' }]);
      expect(result.json.requests.byEndpoint['images']).toBeLessThan(6);
      const { wanted = 0, fetched = 0, failed = 0 } = result.json.counts;
      expect(wanted).toBe(fetched + failed);
    } finally {
      other.home.remove();
      await looping.close();
    }
  });

  it('never asks for somebody whose name nobody can have: the site would list everything', async () => {
    const result = await site.story.get(['user:...', 'user:a-b', '--dry-run']);

    expect(result.json.counts).toMatchObject({ wanted: 2, refused: 2 });
    expect(result.json.requests.total).toBe(0);
  });

  it('says of nobody that there is nobody, once, and of other pages that they are none', async () => {
    const result = await site.story.get([
      'user:nobody_has_this_name',
      'https://civitai.com/user/someone/articles',
    ]);

    expect(result.code).toBe(3);
    expect(result.json.counts).toMatchObject({ wanted: 2, refused: 1, failed: 1 });
    expect(result.json.failures.map(({ code }) => code)).toEqual(['not-found', 'target-unknown']);
  });
});
