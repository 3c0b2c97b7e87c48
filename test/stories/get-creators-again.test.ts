import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_KEY } from '../../standin/access.ts';
import { listed } from '../../standin/routes/model-filter.ts';
import { startStandin } from '../../standin/start.ts';
import type { Standin, StandinOptions } from '../../standin/start.ts';
import type { WorldModel } from '../../standin/world/types.ts';
import type { OptionValue } from '../../src/verbs/option.ts';
import { makeHome } from '../cli.ts';
import type { Home } from '../cli.ts';
import { runGet } from './testing/get-run.ts';
import type { GetRun } from './testing/get-run.ts';

const DAY = 86_400_000;
/** One creator who made most of it. */
const SITE: StandinOptions = { models: 260, creators: 1, seed: 11, images: 2400, pictures: 2000, speed: 0 };

let standin: Standin;
let home: Home;
let lists = 0;

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

function username(site: Standin): string {
  return site.world.creators().find((one) => !one.system && one.username !== null)?.username ?? '';
}

interface Look {
  readonly complete?: boolean;
  readonly flags?: Readonly<Record<string, OptionValue>>;
  readonly ahead?: number;
  readonly site?: Standin;
}

/** Looks at all that the creator has, and lists what would be fetched. */
async function look({ complete = false, flags = {}, ahead = 0, site = standin }: Look = {}): Promise<GetRun> {
  // What the edge keeps for minutes is no news.
  site.reset();
  lists += 1;
  const options = { complete, 'export-list': join(home.folder, `${lists}.urls`) };
  return await runGet(site, home, [`user:${username(site)}`], { options, flags, ahead });
}

/** Models that some list shows. */
function shown(): WorldModel[] {
  const id = standin.world.creatorByName(username(standin))?.id ?? 0;
  return standin.world
    .modelsOf(id)
    .filter((model) => [true, false].some((nsfw) => listed(model, { nsfw, archived: true })));
}

describe('a creator whose works were seen before', { timeout: 120_000 }, () => {
  it('costs few requests when nothing is new, and comes to the same', async () => {
    const first = await look();
    const second = await look();

    expect(first.models).toMatchObject({ walk: 'whole', complete: true, seen: shown().length });
    expect(first.images).toMatchObject({ walk: 'whole', complete: true });
    expect(second.total).toBeLessThanOrEqual(8);
    expect(second.models).toMatchObject({ ...first.models, walk: 'new' });
    expect(second.images).toMatchObject({ ...first.images, walk: 'new' });
    expect(second.result.counts).toMatchObject({ wanted: first.result.counts['wanted'] });
    expect(second.wanted).toEqual(first.wanted);
  });

  it('shows its new images and new versions for few requests', async () => {
    const first = await look();
    const old = shown().find((model) => model.versions.length === 1 && model.nsfwLevel === 1 && !model.minor);
    const version = standin.world.changes.publishVersion(old?.id ?? 0, 'brand new');
    standin.clock.advance(3 * DAY);

    const second = await look();
    const whole = await look({ complete: true });

    expect(second.total).toBeLessThanOrEqual(8);
    expect(second.models).toMatchObject({ walk: 'new', seen: first.models?.seen });
    expect(second.images?.seen).toBeGreaterThan((first.images?.seen ?? 0) + 20);
    expect(second.images?.seen).toBe(whole.images?.seen);
    expect(second.wanted).toEqual(whole.wanted);
    expect(second.wanted).not.toEqual(first.wanted);
    expect(second.result.failures.map(({ what }) => what)).toEqual(
      whole.result.failures.map(({ what }) => what),
    );
    expect(version.modelId).toBe(old?.id);
  });

  it('is walked from end to end when the number of models tells of one that the newest do not show', async () => {
    const hidden = shown()[20]?.id ?? 0;
    standin.world.changes.patchModel(hidden, { status: 'Unpublished' });
    const first = await look();
    standin.world.changes.patchModel(hidden, { status: 'Published' });

    const second = await look();

    expect(second.models).toMatchObject({ walk: 'whole', seen: (first.models?.seen ?? 0) + 1 });
    expect(second.models?.unreachable).toBe(first.models?.unreachable);
    expect(second.images).toMatchObject({ walk: 'new' });
  });

  it('is walked from end to end when asked to, for other ratings, and after a month', async () => {
    const first = await look();
    const forced = await look({ flags: { 'force-refresh': true } });
    const complete = await look({ complete: true });
    const mild = await look({ flags: { 'browsing-level': 'PG' } });
    const later = await look({ ahead: 31 * DAY });

    for (const ran of [forced, complete, mild, later]) {
      expect(ran.models?.walk).toBe('whole');
      expect(ran.images?.walk).toBe('whole');
    }
    expect(complete.asked['images']).toBeGreaterThanOrEqual((2 * (first.images?.seen ?? 0)) / 200);
    expect(mild.images?.seen).toBeLessThan(first.images?.seen ?? 0);
    expect(later.wanted).toEqual(first.wanted);
  });

  it('is walked from end to end with a key that was not there before', async () => {
    await look();
    const env = { ...home.env, CIVITAI_API_KEY: SAMPLE_KEY };

    const before = home;
    home = { ...home, env };
    const { models, images } = await look();
    home = before;

    expect(models?.walk).toBe('whole');
    expect(images?.walk).toBe('whole');
  });

  it('keeps what is known when the site fails, and goes on from it', async () => {
    const first = await look();
    standin.faults.use('images:403=1;models:403=1');
    const failed = await look();
    standin.faults.use('');
    const again = await look();

    expect(failed.result.exitCode).toBe(3);
    expect(failed.result.failures).toHaveLength(1);
    expect(again.total).toBeLessThanOrEqual(8);
    expect(again.wanted).toEqual(first.wanted);
  });

  it('is never called complete while its list goes in circles', async () => {
    const looping = await startStandin({ ...SITE, feed: { loopFrom: 200, emptyPages: 0 } });
    try {
      const first = await look({ site: looping });
      const second = await look({ site: looping });

      for (const { images, result } of [first, second]) {
        expect(images).toMatchObject({ walk: 'broken', complete: false });
        expect(images?.seen).toBeLessThanOrEqual(400);
        expect(result.failures.map(({ code }) => code)).toContain('listing-broken');
      }
    } finally {
      await looping.close();
    }
  });
});
