import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_KEY } from '../../standin/access.ts';
import { startStandin } from '../../standin/start.ts';
import type { Standin, StandinOptions } from '../../standin/start.ts';
import { AppError } from '../../src/base/errors.ts';
import { makeHome } from '../cli.ts';
import type { Home } from '../cli.ts';
import { runGet, sumOfFates, sumOfTold } from './testing/get-run.ts';
import { sampleAt } from './testing/get-story.ts';

const SITE: StandinOptions = { models: 40, seed: 11, images: 400, pictures: 2000, speed: 0 };
/** A feed of one creator that takes several pages, none of them empty. */
const LONG: StandinOptions = { ...SITE, creators: 1, images: 2000, cache: false };

let standin: Standin;
let home: Home;

beforeAll(async () => {
  standin = await startStandin(SITE);
});

beforeEach(() => {
  standin.reset();
  home = makeHome();
});

afterEach(() => {
  standin.faults.use('');
  standin.world.changes.undoChanges();
  home.remove();
});

afterAll(() => standin.close());

function creatorOf(site: Standin): string {
  return site.world.creators().find((one) => !one.system && one.username !== null)?.username ?? '';
}

/** Four images of one post, two models. */
function targets(): string[] {
  const post = standin.world.feed.at(0).postId;
  return [`post:${post}`, ...[0, 2].map((nth) => `model:${sampleAt(standin, nth).model.id}`)];
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

/** How a run ended, also one that was ended by an error. */
async function endOf(run: ReturnType<typeof runGet>): Promise<{ exit: number; codes: readonly string[] }> {
  try {
    const { result } = await run;
    return { exit: result.exitCode, codes: result.failures.map(({ code }) => code) };
  } catch (error) {
    if (error instanceof AppError) return { exit: error.exitCode, codes: [error.code] };
    throw error;
  }
}

async function withSite<T>(options: StandinOptions, work: (site: Standin) => Promise<T>): Promise<T> {
  const site = await startStandin(options);
  try {
    return await work(site);
  } finally {
    await site.close();
  }
}

describe('what the site refuses', { timeout: 120_000 }, () => {
  it.each([
    ['images', '401', 'key-refused'],
    ['images', '403', 'forbidden'],
    ['images', '410', 'archived'],
    ['models', '401', 'key-refused'],
    ['models', '403', 'forbidden'],
    ['models', '410', 'archived'],
    ['download', '401', 'key-needed'],
    ['download', '403', 'forbidden'],
    ['download', '410', 'archived'],
    ['storage', '403', 'storage-refused'],
    ['storage', '451', 'legally-blocked'],
    ['media', '401', 'key-refused'],
    ['media', '403', 'forbidden'],
    ['media', '410', 'archived'],
    ['media', '451', 'legally-blocked'],
  ])(
    'at %s with %s is told with reason and next step (%s), and comes when it is given',
    async (at, status, code) => {
      standin.faults.use(`${at}:${status}=1`);
      const refused = await runGet(standin, home, targets());
      standin.faults.use('');
      const given = await runGet(standin, home, targets(), { options: { 'retry-failed': true } });

      expect(refused.result.exitCode).toBe(3);
      expect(sumOfFates(refused.result)).toBe(refused.result.counts['wanted']);
      const told = refused.result.failures.filter((failure) => failure.code === code);
      expect(told.length).toBeGreaterThan(0);
      expect(told).toHaveLength(refused.result.failures.length);
      expect(told.every(({ why, next }) => why.includes(status) && (next ?? '') !== '')).toBe(true);
      expect(given.result.exitCode, JSON.stringify(given.result.failures)).toBe(0);
      expect(given.result.counts).toMatchObject({ wanted: 6, failed: 0, refused: 0 });
      expect(filesIn(join(home.folder, 'out')).filter((name) => name.endsWith('.part'))).toEqual([]);
    },
  );

  it.each(['images', 'models', 'download'])(
    'at %s with 451 is about the whole region: the run ends with that reason, and nothing is lost',
    async (at) => {
      standin.faults.use(`${at}:451=1`);
      const blocked = await endOf(runGet(standin, home, targets()));
      standin.faults.use('');
      const given = await runGet(standin, home, targets());

      expect(blocked.exit).toBe(4);
      expect(blocked.codes).toContain('region-blocked');
      expect(given.result.exitCode).toBe(0);
      expect(given.result.counts).toMatchObject({ wanted: 6, failed: 0, refused: 0 });
    },
  );

  it('of details only costs no file: it comes, and what is missing is told', async () => {
    standin.faults.use('model-versions:403=1');

    const { result } = await runGet(standin, home, targets());

    expect(result.counts).toMatchObject({ wanted: 6, fetched: 6, failed: 0, refused: 0 });
    expect(result.warnings.join()).toContain('could be asked for');
  });

  it('counts in the coverage of a creator by its reason', async () => {
    const name = creatorOf(standin);
    standin.faults.use('media:410=1');

    const { images, result } = await runGet(standin, home, [`https://civitai.com/user/${name}/images`]);

    expect(images?.refused).toBe(images?.seen);
    expect(images?.reasons).toEqual({ archived: images?.seen });
    expect(sumOfTold(images)).toBe(images?.seen);
    expect(result.exitCode).toBe(3);
  });
});

describe('a page instead of a file', { timeout: 120_000 }, () => {
  it.each(['storage:html=1', 'download:html=1', 'media:html=1', 'storage:error-200=1', 'media:error-200=1'])(
    'is taken for none (%s)',
    async (fault) => {
      standin.faults.use(fault);
      const wrong = await endOf(runGet(standin, home, targets(), { flags: { patience: 1 } }));
      standin.faults.use('');
      const right = await runGet(standin, home, targets(), { options: { 'retry-failed': true } });

      expect([3, 4]).toContain(wrong.exit);
      expect(right.result.exitCode, JSON.stringify(right.result.failures)).toBe(0);
      expect(right.result.counts).toMatchObject({ wanted: 6, failed: 0 });
    },
  );
});

describe('a server that redirects to another host', { timeout: 120_000 }, () => {
  it.each(['images', 'models', 'download', 'storage', 'media'])(
    'at %s gives the key to nobody else',
    async (at) => {
      await withSite({ ...SITE, world: standin.world }, async (other) => {
        standin.faults.use(`${at}:redirect=1@${new URL(other.origin).port}`);
        const withKey = { ...home, env: { ...home.env, CIVITAI_API_KEY: SAMPLE_KEY } };

        const { result } = await runGet(standin, withKey, targets());

        expect(result.counts).toMatchObject({ wanted: 6 });
        expect(other.asks().length).toBeGreaterThan(0);
        expect(other.asks().filter((ask) => ask.withKey)).toEqual([]);
        expect(standin.asks().some((ask) => ask.withKey)).toBe(true);
        expect(standin.problems()).toEqual([]);
      });
    },
  );

  it('and on and on is followed five times, and told', async () => {
    standin.faults.use('media:redirect=1');

    const { result } = await runGet(standin, home, targets());

    expect(result.counts).toMatchObject({ wanted: 6, fetched: 2, failed: 4 });
    expect(new Set(result.failures.map(({ code }) => code))).toEqual(new Set(['too-many-redirects']));
  });
});

describe('signed addresses that run out', { timeout: 120_000 }, () => {
  it('before they are used are asked for three times, told without the address, and good again later', async () => {
    const world = standin.world;
    const late = await withSite({ ...SITE, world, downloads: { linkSeconds: 0 } }, async (site) => {
      return await runGet(site, home, [`model:${sampleAt(standin, 0).model.id}`]);
    });

    expect(late.result.exitCode).toBe(3);
    expect(late.result.failures).toMatchObject([{ code: 'storage-refused' }]);
    expect(JSON.stringify(late.result)).not.toContain('X-Amz');
    expect(late.asked).toMatchObject({ 'download/models/:id': 3, storage: 3 });
  });

  it('while the bytes come are asked for anew, and no byte comes twice', async () => {
    const { model, bytes } = sampleAt(standin, 0);
    const running: { site?: Standin } = {};
    // Each connection brings part of what is left, and leaves behind an address that has run out.
    const onAsk: StandinOptions['onAsk'] = ({ endpoint }) => {
      if (endpoint === 'storage') running.site?.clock.advance(10_000);
    };
    const downloads = { linkSeconds: 5 };
    const site = await startStandin({
      ...SITE,
      world: standin.world,
      downloads,
      onAsk,
      faults: 'storage:truncate=0.7@0.4',
    });
    running.site = site;
    try {
      const { result } = await runGet(site, home, [`model:${model.id}`]);

      expect(result.counts).toMatchObject({ wanted: 1, fetched: 1, bytes: bytes.length });
      const statuses = site
        .asks()
        .filter((ask) => ask.endpoint === 'storage')
        .map(({ status }) => status);
      expect(statuses.length).toBeGreaterThan(1);
      expect(new Set(statuses)).toEqual(new Set([200, 206]));
    } finally {
      await site.close();
    }
  });
});

describe('a list that misleads', { timeout: 120_000 }, () => {
  it.each([
    ['loops its cursors', { loopFrom: 200, emptyPages: 0 }],
    ['repeats its pages under new cursors', { repeatFrom: 200, emptyPages: 0 }],
  ])('and %s ends, counts for what it showed, and is never called complete', async (_what, feed) => {
    await withSite({ ...LONG, feed }, async (site) => {
      const run = (): ReturnType<typeof runGet> =>
        runGet(site, home, [`https://civitai.com/user/${creatorOf(site)}/images`], {
          options: { 'export-list': join(home.folder, `${site.asks().length}.urls`) },
        });

      const first = await run();
      const again = await run();

      for (const { images, result, asked } of [first, again]) {
        expect(images).toMatchObject({ walk: 'broken', complete: false, unreachable: 'unknown' });
        expect(images?.seen).toBeGreaterThan(380);
        expect(images?.seen).toBeLessThanOrEqual(400);
        expect(sumOfTold(images)).toBe(images?.seen);
        expect(result.failures).toMatchObject([{ code: 'listing-broken' }]);
        expect(result.exitCode).toBe(3);
        expect(asked['images']).toBeLessThan(10);
      }
    });
  });

  it('and shrinks in mid-walk hides what moves up, which the second walk of --complete finds', async () => {
    const feed = { shrinks: { from: 400, by: 30 }, emptyPages: 0 };
    await withSite({ ...LONG, feed }, async (site) => {
      const run = (complete: boolean): ReturnType<typeof runGet> =>
        runGet(site, home, [`https://civitai.com/user/${creatorOf(site)}/images`], {
          options: { complete, 'export-list': join(home.folder, `${site.asks().length}.urls`) },
        });
      const { feed: images, startedAt } = site.world;
      const creator = site.world.creatorByName(creatorOf(site))?.id ?? 0;
      const all = images
        .ofCreator(creator, startedAt)
        .map((index) => images.at(index))
        .filter(({ nsfwLevel, minor, poi }) => nsfwLevel > 0 && !minor && !poi);

      const once = await run(false);
      const twice = await run(true);

      expect(once.images).toMatchObject({ announced: 'unknown', unreachable: 'unknown' });
      expect(once.images?.seen).toBeLessThan(all.length);
      expect(twice.images?.seen).toBe(all.length);
      expect(twice.result.exitCode).toBe(0);
    });
  });

  it('of models and shrinks in mid-walk loses none of the others', async () => {
    let passed = 0;
    const gone: number[] = [];
    const onAsk: StandinOptions['onAsk'] = ({ endpoint }) => {
      if (endpoint !== 'models') return;
      passed += 1;
      // Behind the first page, on it, and far ahead of it.
      if (passed === 2) for (const id of gone) site.world.changes.removeModel(id);
    };
    const site = await startStandin({ ...LONG, models: 260, onAsk });
    try {
      const target = `https://civitai.com/user/${creatorOf(site)}/models`;
      const list = (): string => join(home.folder, `${site.asks().length}.urls`);
      const run = (): ReturnType<typeof runGet> =>
        runGet(site, home, [target], { options: { 'export-list': list(), complete: true } });
      const before = await run();
      passed = 0;
      gone.push(...[10, 60, 120, 180].map((nth) => site.world.modelIds()[nth] ?? 0));
      const during = await run();
      passed = 3;
      const after = await run();

      expect(before.models).toMatchObject({ walk: 'whole', complete: true });
      expect(after.models?.seen).toBe((before.models?.seen ?? 0) - 4);
      // What the first page showed before it went was seen all the same.
      expect(during.models?.seen).toBe((before.models?.seen ?? 0) - 2);
      expect(sumOfTold(during.models)).toBe(during.models?.seen);
    } finally {
      await site.close();
    }
  });
});
