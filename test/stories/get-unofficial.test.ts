import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_KEY } from '../../standin/access.ts';
import { listed } from '../../standin/routes/model-filter.ts';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { titleOfPost } from '../../standin/world/posts.ts';
import type { CliResult } from '../cli.ts';
import { makeGetStory } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

const SEED = 11;

let standin: Standin;
let story: GetStory;

beforeAll(async () => {
  standin = await startStandin({
    models: 100,
    creators: 2,
    seed: SEED,
    images: 12_000,
    pictures: 2000,
    speed: 0,
  });
});

beforeEach(() => {
  standin.reset();
  story = makeGetStory(standin);
});

afterEach(() => {
  standin.faults.use('');
  story.home.remove();
});

afterAll(() => standin.close());

const withKey = { env: { CIVITAI_API_KEY: SAMPLE_KEY } };

/** Looks at targets with `unofficial: true` in the configuration, or without. */
function look(targets: readonly string[], isOn: boolean, options = withKey): Promise<CliResult> {
  const config = join(story.home.folder, 'config.yaml');
  writeFileSync(config, isOn ? 'unofficial: true\n' : 'api: {}\n');
  return story.get([...targets, '--dry-run', '--config', config], options);
}

/** A creator, and how many models lists show and how many there are. */
function creator(): { readonly username: string; readonly shown: number; readonly published: number } {
  for (const { id, username, system } of standin.world.creators()) {
    if (system || username === null) continue;
    const own = standin.world.modelsOf(id).filter(({ status }) => status === 'Published');
    const shown = own.filter((model) =>
      [true, false].some((nsfw) => listed(model, { nsfw, archived: true })),
    );
    if (own.length > shown.length) return { username, shown: shown.length, published: own.length };
  }
  throw new Error('All models are shown.');
}

/** A post with an image that the public list leaves out. */
function postWithHidden(): { readonly postId: number; readonly all: number } {
  const { feed } = standin.world;
  for (let index = 0; index < 12_000; index += 1) {
    const { minor, poi, nsfwLevel, postId } = feed.at(index);
    if ((!minor && !poi) || nsfwLevel === 0) continue;
    const rated = feed.ofPost(postId, standin.world.startedAt).filter((one) => feed.levelAt(one) > 0);
    return { postId, all: rated.length };
  }
  throw new Error('All images are shown.');
}

function trpc(): string[] {
  return Object.keys(standin.requests()).filter((name) => name.startsWith('trpc/'));
}

function seenIn(result: CliResult): number | undefined {
  const coverage = result.json['coverage'] as readonly { readonly of: string; readonly seen: number }[];
  return coverage.find(({ of }) => of === 'models')?.seen;
}

describe('the API of the site’s own pages', { timeout: 120_000 }, () => {
  it('is never asked unless the configuration says so', async () => {
    const { username } = creator();

    const result = await look([`user:${username}`, `post:${postWithHidden().postId}`, 'tag:style'], false);

    expect(result.json.requests.total).toBeGreaterThan(3);
    expect(result.json.requests['unofficial' as keyof typeof result.json.requests]).toBe(0);
    expect(trpc()).toEqual([]);
    expect(standin.asks().every(({ path }) => path.startsWith('/api/v1/'))).toBe(true);
  });

  it('shows models of a creator that no public list shows, counted apart and named', async () => {
    const { username, shown, published } = creator();
    const target = `https://civitai.com/user/${username}/models`;

    const without = await look([target], false);
    standin.reset();
    const result = await look([target], true);

    expect(seenIn(without)).toBe(shown);
    // Some the site denies to everybody, also when they are asked for alone.
    expect(seenIn(result)).toBeGreaterThan(shown);
    expect(seenIn(result)).toBeLessThanOrEqual(published);
    expect(trpc()).toEqual(['trpc/model.getAll']);
    expect(result.json.requests).toMatchObject({ unofficial: standin.requests()['trpc/model.getAll'] });
    expect(standin.problems()).toEqual([]);
  });

  it('shows images of a post that the public list leaves out', async () => {
    const { postId, all } = postWithHidden();

    const without = await look([`post:${postId}`], false);
    const result = await look([`post:${postId}`], true);

    expect(without.json.counts['wanted']).toBeLessThan(all);
    expect(result.json.counts['wanted']).toBe(all);
    expect(result.json.requests).toMatchObject({ unofficial: 1 });
  });

  it.each(['403', 'error-200', 'html'])(
    'costs nothing when it answers with %s, and says so',
    async (fault) => {
      const { username, shown } = creator();
      standin.faults.use(`/api/trpc/*:${fault}=1`);

      const result = await look([`https://civitai.com/user/${username}/models`], true);

      expect(seenIn(result)).toBe(shown);
      expect(result.json.warnings.join()).toContain('unofficial question');
    },
  );

  it('is not asked without a key, which is said', async () => {
    const result = await look([`post:${postWithHidden().postId}`], true, { env: { CIVITAI_API_KEY: '' } });

    expect(trpc()).toEqual([]);
    expect(result.json.warnings.join()).toContain('without a key');
  });
});

describe('the title of a post that only the site’s own pages tell', { timeout: 120_000 }, () => {
  /** The public route is young: here it is not there yet. */
  const NO_PUBLIC = '/api/v1/posts/*:404=1';

  function titled(): number {
    for (let index = 0; index < 12_000; index += 1) {
      const { postId, nsfwLevel, minor, poi } = standin.world.feed.at(index);
      if (nsfwLevel > 0 && !minor && !poi && titleOfPost(SEED, postId) === 'Studies in ink') return postId;
    }
    throw new Error('No post has that title.');
  }

  function get(postId: number, isOn: boolean, more: readonly string[] = []): Promise<CliResult> {
    const config = join(story.home.folder, 'config.yaml');
    writeFileSync(config, isOn ? 'unofficial: true\n' : 'api: {}\n');
    return story.get([`post:${postId}`, '--profile', 'users', '--config', config, ...more], withKey);
  }

  function folders(): string[] {
    const posts = join(story.out, 'Posts');
    return existsSync(posts) ? readdirSync(posts) : [];
  }

  it('names its folder, asked once, counted apart and named in the summary', async () => {
    standin.faults.use(NO_PUBLIC);
    const postId = titled();

    const result = await get(postId, true);
    const asked = standin.requests();
    standin.reset();
    const again = await get(postId, true);
    const told = await story.home.run(
      ['get', `post:${postId}`, '--profile', 'users', '--output', 'out', '--api-url', standin.apiUrl].concat([
        '--config',
        join(story.home.folder, 'config.yaml'),
      ]),
      withKey,
    );

    expect(result.code, result.stderr).toBe(0);
    expect(told.stdout + told.stderr).toMatch(/\d of them unofficial/);
    expect(folders()).toEqual(['Studies in ink']);
    expect(asked['trpc/post.get']).toBe(1);
    const unofficial = (asked['trpc/post.get'] ?? 0) + (asked['trpc/image.getInfinite'] ?? 0);
    expect(result.json.requests).toMatchObject({
      unofficial,
      byEndpoint: { 'trpc/post.get': 1 },
    });
    expect(again.json.counts).toMatchObject({ fetched: 0, held: result.json.counts['wanted'] });
    expect(folders()).toEqual(['Studies in ink']);
    expect(standin.problems()).toEqual([]);
  });

  it('is asked for where the public route is broken', async () => {
    standin.faults.use('/api/v1/posts/*:500=1');
    const result = await get(titled(), true);

    expect(result.code, result.stderr).toBe(0);
    expect(folders()).toEqual(['Studies in ink']);
  });

  it('is not asked for where the public route tells it', async () => {
    const result = await get(titled(), true);

    expect(folders()).toEqual(['Studies in ink']);
    expect(result.json.requests.byEndpoint['trpc/post.get']).toBeUndefined();
  });

  it('is not asked for when that is off: the folder has the number, and keeps it', async () => {
    standin.faults.use(NO_PUBLIC);
    const postId = titled();

    const off = await get(postId, false);
    const asked = trpc();
    const on = await get(postId, true);

    expect([off.code, on.code], off.stderr + on.stderr).toEqual([0, 0]);
    expect(asked).toEqual([]);
    expect(off.json.requests).toMatchObject({ unofficial: 0 });
    expect(folders()).toEqual([`Post_${postId}`]);
  });

  it.each([
    ['refuses', '403=1'],
    ['does not know it', '404=1'],
    ['answers in another shape', 'error-200=1'],
    ['answers with a page', 'html=1'],
    ['is broken', '500=1'],
  ])('leaves the number where the route %s, and the run goes on', async (_, fault) => {
    const postId = titled();
    standin.faults.use(`${NO_PUBLIC};/api/trpc/post.get:${fault}`);

    const result = await get(postId, true);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts).toMatchObject({ refused: 0, failed: 0 });
    expect(result.json.counts['fetched']).toBeGreaterThan(0);
    expect(folders()).toEqual([`Post_${postId}`]);
    expect(result.json.warnings.join()).toContain('its title: the unofficial question was not answered');
  });
});
