import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import type { CliResult } from '../cli.ts';
import { faultAt } from '../faults.ts';
import { makeGetStory, sampleAt, steady } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

let standin: Standin;
let story: GetStory;
let post: string;
let model: string;

beforeAll(async () => {
  standin = await startStandin({ models: 40, seed: 11, images: 60, speed: 0 });
  post = `post:${standin.world.feed.at(0).postId}`;
  model = String(sampleAt(standin, 0).model.id);
});

beforeEach(() => {
  standin.reset();
  story = makeGetStory(standin);
});

afterEach(() => story.home.remove());

afterAll(() => standin.close());

function run(verb: 'scan' | 'pages'): Promise<CliResult> {
  return story.home.run([verb, story.out, '--api-url', standin.apiUrl, '--rate', '60000', '--json']);
}

/** How many images the gallery says that it has. */
function countShown(): string | undefined {
  return /data-images="[1-9]\d*"/.exec(readFileSync(join(story.out, 'gallery.html'), 'utf8'))?.[0];
}

/** A folder with a model that was scanned, or an empty one. */
async function begin(kind: 'scanned' | 'bare'): Promise<void> {
  if (kind === 'bare') return;
  for (const step of [() => story.get([model]), () => run('scan')]) {
    const { code, stderr } = await step();
    if (code !== 0) throw new Error(stderr);
  }
}

describe(
  'a get that was killed when its images had come and their gallery was not written',
  { timeout: 120_000 },
  () => {
    let shown: string | undefined;
    const undisturbed: Partial<Record<'scanned' | 'bare', Record<string, string>>> = {};

    beforeAll(async () => {
      for (const kind of ['scanned', 'bare'] as const) {
        story = makeGetStory(standin);
        await begin(kind);
        await story.get([post]);
        undisturbed[kind] = steady(story);
        shown = countShown();
        story.home.remove();
      }
    });

    it.each([
      ['scanned', 'scan', () => run('scan')],
      ['scanned', 'pages', () => run('pages')],
      ['scanned', 'the same get', () => story.get([post])],
      ['scanned', 'a get of something else that is held', () => story.get([model])],
      ['bare', 'pages', () => run('pages')],
      ['bare', 'the same get', () => story.get([post])],
    ] as const)('in a %s folder is finished by %s', async (kind, _, next) => {
      await begin(kind);
      const killed = await story.get([post], { env: faultAt('kill', 'get.described') });
      const between = Object.keys(story.tree());
      const finished = await next();

      expect(killed.signal).toBe('SIGKILL');
      expect(between.some((path) => path.startsWith('Posts/'))).toBe(true);
      expect(between).not.toContain('gallery.files/images.html');
      expect(finished.code, finished.stderr).toBe(0);
      expect(steady(story)).toEqual(undisturbed[kind]);
      expect(countShown()).toBe(shown);
    });

    it('costs the next scan nothing after that', async () => {
      await begin('scanned');
      await story.get([post], { env: faultAt('kill', 'get.described') });
      await run('scan');
      standin.reset();
      const tree = story.tree();
      const again = await run('scan');

      expect(again.json.requests.total).toBe(0);
      expect(story.tree()).toEqual(tree);
    });
  },
);
