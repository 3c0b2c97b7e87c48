import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Standin } from '../../standin/start.ts';
import { get } from '../../src/verbs/get.ts';
import { pages } from '../../src/verbs/pages.ts';
import { faultAt } from '../faults.ts';
import { runVerb } from '../verb-run.ts';
import { type FaceFeed, startFaceFeed } from './testing/face-feed.ts';
import { makeGetStory } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

let feed: FaceFeed;
let standin: Standin;
let posts: readonly number[];
let all: string[];
/** Of the posts alone; each test leaves it whole, but for what it says. */
let story: GetStory;
let undisturbed: Record<string, string>;

beforeAll(async () => {
  feed = await startFaceFeed();
  ({ standin, posts } = feed);
  all = posts.map((id) => `post:${id}`);
  story = makeGetStory(standin);
  await story.get(all);
  undisturbed = story.tree();
});

afterAll(async () => {
  story.home.remove();
  await standin.close();
});

/** All that is written of images and creators, and the galleries. */
function faces(story: GetStory): Record<string, string> {
  return Object.fromEntries(
    Object.entries(story.tree()).filter(
      ([path]) => path === 'gallery.html' || path.startsWith('gallery.files/'),
    ),
  );
}

describe('pages of posts without a model', { timeout: 180_000 }, () => {
  it.each([
    ['place.renamed', 30],
    ['outputs.intended', 2],
    ['outputs.recorded', 1],
  ] as const)('killed at %s (%i), are as they would have been after the next run', async (point, passage) => {
    const cut = makeGetStory(standin);

    const killed = await cut.get(all, { env: faultAt('kill', point, passage) });
    const again = await runVerb(get, cut.home, {
      flags: { 'api-url': standin.apiUrl },
      arguments: all,
      options: { output: 'out' },
    });

    expect(killed.signal).toBe('SIGKILL');
    expect(again.exitCode, again.summary.join('\n')).toBe(0);
    expect(cut.tree()).toEqual(undisturbed);
    cut.home.remove();
  });

  it('are written for posts alone, again from the catalog without the site, and by hand’s files stay', async () => {
    const tree = story.tree();
    const files = join(story.out, 'gallery.files');
    rmSync(files, { recursive: true });
    writeFileSync(join(story.out, 'Posts', 'mine.txt'), 'mine');
    standin.reset();

    const result = await story.home.run(['pages', 'out', '--json']);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.requests.total).toBe(0);
    expect(result.json['galleries']).toEqual([join(story.out, 'gallery.html')]);
    expect(story.tree()).toEqual({ ...tree, 'Posts/mine.txt': expect.any(String) as string });
    const again = await runVerb(pages, story.home, { flags: {} });
    expect(again.counts['files']).toBe(0);
    const cleaned = await story.home.run(['clean', '--yes', '--json']);
    expect([0, 1]).toContain(cleaned.code);
    expect(faces(story)).toEqual(Object.fromEntries(Object.entries(tree).filter(([path]) => path.startsWith('gallery')))); // prettier-ignore
  });

  it('show no image that is not there any more, once they are written again', async () => {
    const gone = join(story.out, 'Posts', `Post_${posts[0]}`);
    rmSync(gone, { recursive: true });

    await runVerb(pages, story.home, { flags: {} });

    expect(readdirSync(join(story.out, 'gallery.files', 'posts')).toSorted()).toEqual(
      posts.slice(1).map((id) => `${id}.html`),
    );
    const cards = readFileSync(join(story.out, 'gallery.files', 'image-cards-1.js'), 'utf8');
    for (const { id, postId } of feed.wanted)
      if (postId === posts[0]) expect(cards).not.toContain(String(id));
  });
});
