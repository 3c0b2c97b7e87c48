import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { faultAt } from '../faults.ts';
import { makeGetStory, sha256 } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

let standin: Standin;
let story: GetStory;
let posts: Map<number, FeedImage[]>;
/** What the first post leaves when nothing goes wrong. */
let undisturbed: Record<string, string>;

/** An image as the feed tells of it. */
interface FeedImage {
  readonly id: number;
  readonly url: string;
  readonly postId: number;
  readonly meta: Readonly<Record<string, unknown>> | null;
}

beforeAll(async () => {
  standin = await startStandin({ models: 40, seed: 11, images: 400, speed: 0 });
  posts = new Map();
  const answer = await fetch(`${standin.apiUrl}/images?limit=200&browsingLevel=31&withMeta=true&sort=Oldest`);
  for (const image of ((await answer.json()) as { items: FeedImage[] }).items)
    posts.set(image.postId, [...(posts.get(image.postId) ?? []), image]);
  const first = makeGetStory(standin);
  await first.get([`post:${postAt(0).id}`]);
  undisturbed = first.tree();
  first.home.remove();
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

/** A post with four images, the nth of them. */
function postAt(nth: number): { readonly id: number; readonly images: readonly FeedImage[] } {
  const [id, images] = [...posts].filter(([, all]) => all.length === 4)[nth] ?? [];
  if (id === undefined || images === undefined) throw new Error(`There is no whole post ${nth}.`);
  return { id, images };
}

async function bytesOf({ url }: FeedImage): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

/** The true extension, by a look of the test's own. */
function extensionOf(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (head.startsWith('\x89PNG')) return 'png';
  if (head.startsWith('RIFF')) return 'webp';
  return head.slice(4, 8) === 'ftyp' ? 'mp4' : 'jpeg';
}

function noteOf(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}

describe('get of posts and images', { timeout: 120_000 }, () => {
  it('brings the originals of a post under their true extensions, each with its note, and nothing twice', async () => {
    const { id, images } = postAt(0);

    const first = await story.get([`https://civitai.com/posts/${id}`]);
    const tree = story.tree();
    expect(tree).toEqual(undisturbed);
    standin.reset();
    const second = await story.get([`https://civitai.red/posts/${id}/a-title`]);

    expect(first.code, first.stderr).toBe(0);
    expect(first.json.counts).toMatchObject({
      wanted: 4,
      fetched: 4,
      held: 0,
      refused: 0,
      failed: 0,
      images: 4,
    });
    expect(first.json.requests.byEndpoint['images']).toBe(1);
    const folder = `Posts/Post_${id}`;
    const extensions = new Set<string>();
    for (const image of images) {
      const bytes = await bytesOf(image);
      extensions.add(extensionOf(bytes));
      expect(tree[`${folder}/${image.id}.${extensionOf(bytes)}`]).toBe(sha256(bytes));
      expect(tree).toHaveProperty([`${folder}/${image.id}.txt`]);
    }
    // The addresses call all of them .jpeg.
    expect(extensions.size).toBeGreaterThan(1);
    expect(Object.keys(tree).filter((path) => path.startsWith('Posts/'))).toHaveLength(8);
    standin.reset();
    expect(second.code, second.stderr).toBe(0);
    expect(second.json.counts).toMatchObject({ wanted: 4, fetched: 0, held: 4, bytes: 0, images: 0 });
    expect(second.json.requests.byEndpoint).toEqual({ images: 1 });
    expect(story.tree()).toEqual(tree);
  });

  it('writes what the site says of how an image was made', async () => {
    const told = [...posts.values()]
      .flat()
      .find(({ meta }) => typeof meta?.['prompt'] === 'string' && Array.isArray(meta['civitaiResources']));
    if (told === undefined) throw new Error('No image names its resources.');

    await story.get([`https://civitai.com/images/${told.id}`]);

    const note = noteOf(join(story.out, 'Posts', `Post_${told.postId}`, `${told.id}.txt`));
    expect(Object.keys(note)).toEqual(
      expect.arrayContaining(
        'prompt prompt_with_clothes negative cfg steps sampler seed clip_skip raw_prompt lora url resources_used'.split(
          ' ',
        ),
      ),
    );
    expect(note).toMatchObject({ raw_prompt: told.meta?.['prompt'], url: told.url });
    expect(note['steps']).toBe(told.meta?.['steps'] ?? '');
    const [resource] = (told.meta?.['civitaiResources'] ?? []) as { modelVersionId: number }[];
    expect(note['resources_used']).toContainEqual({
      ...resource,
      download_url: `${standin.origin}/api/download/models/${resource?.modelVersionId}`,
    });
  });

  it('keeps what the picture says of itself beside what the site says', async () => {
    const carrying = [...posts.values()].flat().find((image) => {
      const uuid = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(image.url)?.[0] ?? '';
      return standin.world.imageByUuid(uuid)?.carrier === 'png-text';
    });

    await story.get([`image:${carrying?.id}`]);

    const catalog = new DatabaseSync(join(story.home.folder, 'data', 'civitarium', 'catalog.db'), {
      readOnly: true,
    });
    const rows = catalog.prepare('select source from gen_param where image_id = ? order by source');
    expect(rows.all(carrying?.id ?? 0).map((row) => row['source'])).toEqual(['api', 'file']);
    catalog.close();
  });

  it('puts prompts through the lists that are there, as prompts filter would', async () => {
    const told = [...posts.values()].flat().find(({ meta }) => /,/.test(String(meta?.['prompt'] ?? '')));
    if (told === undefined) throw new Error('No image has a prompt.');
    const term = String(told.meta?.['prompt']).split(',')[1]?.trim() ?? '';
    const lists = join(story.home.folder, 'config', 'civitarium', 'prompts');
    mkdirSync(lists, { recursive: true });
    writeFileSync(join(lists, 'Filter_Clothes.txt'), `${term}\n`);

    const got = await story.get([`image:${told.id}`]);
    const folder = join(story.out, 'Posts', `Post_${told.postId}`);
    const note = noteOf(join(folder, `${told.id}.txt`));
    const filtered = await story.home.run(['prompts', 'filter', folder, '--json']);

    expect(got.json.warnings.join()).toContain('Filter_Sex.txt');
    expect(note['prompt']).not.toContain(term);
    expect(note['prompt_with_clothes']).toContain(term);
    expect(note['raw_prompt']).toBe(told.meta?.['prompt']);
    expect(filtered.json.counts).toMatchObject({ total: 1, changed: 0, same: 1 });
  });

  it('never replaces a note or a picture that is there, and writes a note that is missing', async () => {
    const { id, images } = postAt(1);
    const [first, second] = images;
    await story.get([`post:${id}`]);
    const folder = join(story.out, 'Posts', `Post_${id}`);
    writeFileSync(join(folder, `${first?.id}.txt`), 'mine');
    rmSync(join(folder, `${second?.id}.txt`));

    const again = await story.get([`post:${id}`]);

    expect(again.json.counts).toMatchObject({ wanted: 4, held: 4 });
    expect(readFileSync(join(folder, `${first?.id}.txt`), 'utf8')).toBe('mine');
    expect(existsSync(join(folder, `${second?.id}.txt`))).toBe(true);
  });

  it('refuses what the site does not have, and takes no error page for a picture', async () => {
    const { id } = postAt(2);

    standin.faults.use('media:404=1');
    const gone = await story.get(['https://civitai.com/posts/999999999', 'image:2147483000', `post:${id}`]);
    standin.faults.use('media:error-200=1');
    const wrong = await story.get([`post:${id}`, '--retry-failed']);
    standin.faults.use('');
    const right = await story.get(['--retry-failed']);

    expect(gone.code).toBe(3);
    expect(gone.json.counts).toMatchObject({ wanted: 6, fetched: 0, refused: 6, failed: 0 });
    expect(new Set(gone.json.failures.map(({ code }) => code))).toEqual(new Set(['not-found']));
    expect(wrong.code).toBe(3);
    expect(wrong.json.counts).toMatchObject({ wanted: 4, fetched: 0, failed: 4 });
    expect(right.code, right.stderr).toBe(0);
    expect(right.json.counts).toMatchObject({ wanted: 4, fetched: 4 });
    const names = readdirSync(join(story.out, 'Posts', `Post_${id}`)).map((name) => name.replace(/^\d+/, ''));
    expect(names.filter((name) => name === '.txt')).toHaveLength(4);
    expect(names.every((name) => /^\.(?:png|jpeg|webp|mp4|txt)$/.test(name))).toBe(true);
  });

  it('asks nothing but the list under --dry-run', async () => {
    const { id } = postAt(0);

    const result = await story.get([`post:${id}`, '--dry-run']);

    expect(result.json.requests.byEndpoint).toEqual({ images: 1 });
    expect(result.json.counts).toMatchObject({ wanted: 4, fetched: 4 });
    expect(existsSync(story.out)).toBe(false);
  });

  it.each([
    ['transfer.begun', 1],
    ['transfer.intended', 1],
    ['transfer.placed', 1],
    ['transfer.placed', 3],
    ['transfer.recorded', 1],
    ['image-notes.intended', 1],
  ] as const)('killed at %s (%i) goes on to the same end', async (point, passage) => {
    const { id } = postAt(0);

    const killed = await story.get([`post:${id}`], { env: faultAt('kill', point, passage) });
    const again = await story.get([`post:${id}`]);

    expect(killed.signal).toBe('SIGKILL');
    expect(again.code, again.stderr).toBe(0);
    expect(again.json.counts).toMatchObject({ wanted: 4, failed: 0 });
    expect(story.tree()).toEqual(undisturbed);
  });
});
