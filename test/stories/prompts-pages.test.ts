import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import type { CliResult } from '../cli.ts';
import { faultAt } from '../faults.ts';
import { makeGetStory, sampleAt } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

interface FeedImage {
  readonly id: number;
  readonly postId: number;
  readonly meta: { readonly prompt?: string } | null;
}

let standin: Standin;
let story: GetStory;
let post: number;
/** The first term of the prompt of an image that was fetched. */
let term: string;
let lists: string;

beforeAll(async () => {
  standin = await startStandin({ models: 40, seed: 11, images: 100, speed: 0 });
  const answer = await fetch(`${standin.apiUrl}/images?limit=100&browsingLevel=31&withMeta=true&sort=Oldest`);
  const { items } = (await answer.json()) as { readonly items: readonly FeedImage[] };
  const image = items.find(({ meta }) => meta?.prompt?.includes(', ') === true);
  if (image === undefined) throw new Error('No image has a prompt.');
  post = image.postId;
  term = image.meta?.prompt?.split(', ')[0] ?? '';
  story = makeGetStory(standin);
  lists = join(story.home.folder, 'lists');
  mkdirSync(lists);
  for (const name of ['Sex', 'Clothes', 'Etc']) writeFileSync(join(lists, `Filter_${name}.txt`), '');
  const got = await story.get([`post:${post}`]);
  if (got.code !== 0) throw new Error(got.stderr);
});

afterAll(async () => {
  story.home.remove();
  await standin.close();
});

function prompts(args: readonly string[], options = {}): Promise<CliResult> {
  return story.home.run(
    ['prompts', ...args, '--lists', lists, '--api-url', 'http://127.0.0.1:9/api/v1', '--json'],
    options,
  );
}

function scan(): Promise<CliResult> {
  return story.home.run(['scan', story.out, '--api-url', standin.apiUrl, '--json']);
}

/** What the pages of images say of variants, and the page of the post. */
function shown(): string {
  const files = join(story.out, 'gallery.files');
  const names = readdirSync(files)
    .filter((name) => /^images?\..*\.js$/.test(name))
    .toSorted();
  const texts = [...names, join('posts', `${post}.html`)].map((name) =>
    readFileSync(join(files, name), 'utf8'),
  );
  return texts.join('\n');
}

function takeOut(words: string): void {
  writeFileSync(join(lists, 'Filter_Etc.txt'), `${words}\n`);
}

describe('pages of images after prompts', { timeout: 120_000 }, () => {
  it('show what filter made of the prompts, without a request, and stay where nothing changed', async () => {
    const before = shown();
    takeOut(term);
    const looked = await prompts(['filter', story.out, '--dry-run']);
    const dry = shown();
    const filtered = await prompts(['filter', story.out, '--variant', 'calm=all']);
    const after = shown();
    const written = statSync(join(story.out, 'gallery.files', 'posts', `${post}.html`)).mtimeMs;
    const again = await prompts(['filter', story.out, '--variant', 'calm=all']);

    expect(looked.code).toBe(0);
    expect(dry).toBe(before);
    expect(before).not.toContain('calm');
    expect(filtered.code, filtered.stderr).toBe(0);
    expect(filtered.json['galleries']).toEqual([join(story.out, 'gallery.html')]);
    expect(filtered.json.requests.total).toBe(0);
    expect(after).toContain('calm');
    expect(again.json.counts).toMatchObject({ changed: 0 });
    expect(again.json['galleries']).toBeUndefined();
    expect(statSync(join(story.out, 'gallery.files', 'posts', `${post}.html`)).mtimeMs).toBe(written);
  });

  it('show the LoRA that rebuild put into them, also when only a folder within was named', async () => {
    const folder = join(story.out, 'Posts', `Post_${post}`);
    const rebuilt = await prompts(['rebuild', folder, '--lora', 'ink_of_mine']);

    expect(rebuilt.code, rebuilt.stderr).toBe(0);
    expect(shown()).toContain('lora:ink_of_mine:1');
  });

  it('are there still, and as they were, when models come beside the images', async () => {
    const got = await story.get([String(sampleAt(standin, 0).model.id)]);
    const scanned = await scan();

    expect([got.code, scanned.code], got.stderr + scanned.stderr).toEqual([0, 0]);
    expect(shown()).toContain('lora:ink_of_mine:1');
  });

  it.each([
    ['the same again', (word: string) => prompts(['rebuild', story.out, '--lora', word])],
    ['pages', () => story.home.run(['pages', story.out, '--json'])],
    ['get', () => story.get([`post:${post}`])],
    ['scan', scan],
  ])('are brought up to date after a kill by %s', async (name, next) => {
    const word = `kept-by-${name.length}`;
    const killed = await prompts(['rebuild', story.out, '--lora', word], {
      env: faultAt('kill', 'prompts.placed'),
    });
    const between = shown();
    const finished = await next(word);

    expect(killed.signal).toBe('SIGKILL');
    expect(between).not.toContain(word);
    expect(finished.code, finished.stderr).toBe(0);
    expect(shown()).toContain(`lora:${word}:1`);
  });
});
