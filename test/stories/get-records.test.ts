import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { catalogContent } from './testing/catalog-content.ts';
import { makeGetStory, sampleAt } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

let standin: Standin;
let story: GetStory;
let images: Picture[];

/** An image of the feed, with its bytes and the ending that they have. */
interface Picture {
  readonly id: number;
  readonly postId: number;
  readonly bytes: Uint8Array;
  readonly ending: string;
}

beforeAll(async () => {
  standin = await startStandin({ models: 40, seed: 11, images: 60, pictures: 2000, speed: 0 });
  const answer = await fetch(`${standin.apiUrl}/images?limit=8&browsingLevel=31&type=image&sort=Oldest`);
  const { items } = (await answer.json()) as { items: { id: number; postId: number; url: string }[] };
  images = await Promise.all(
    items.map(async ({ id, postId, url }) => {
      const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
      const head = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
      const ending = head === '\x89PNG' ? 'png' : head === 'RIFF' ? 'webp' : 'jpeg';
      return { id, postId, bytes, ending };
    }),
  );
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

const SIGNED = 'https://x.r2.cloudflarestorage.com/a?X-Amz-Signature=5ec2e7';

/** Puts pictures where the older downloader had them, and gives the entries of its log, written on another machine. */
function putOld(some: readonly Picture[], user = 'ann'): Record<string, unknown>[] {
  const folder = join(story.out, 'Users', user, 'Ink');
  mkdirSync(folder, { recursive: true });
  return some.map(({ id, bytes, ending }) => {
    writeFileSync(join(folder, `${id}.${ending}`), bytes);
    return {
      id,
      type: 'image',
      path: `E:\\CivitAI\\Users\\${user}\\Ink\\${id}.${ending}`,
      size: bytes.length,
    };
  });
}

function putLog(text: string, user = 'ann'): string {
  const folder = join(story.out, 'download_logs', user);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${user}_download_log.json`);
  writeFileSync(path, text);
  return path;
}

const importAll = (...args: readonly string[]) => story.home.run(['import', ...args, '--json']);

function targetsOf(some: readonly Picture[]): string[] {
  return some.map(({ id }) => `image:${id}`);
}

/** Every file of a tree with its time, for what was not even written again. */
function timesOf(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return files.map(({ parentPath, name }) => {
    const path = join(parentPath, name);
    return `${path} ${statSync(path, { bigint: true }).mtimeNs}`;
  });
}

describe('import of what another downloader brought', { timeout: 120_000 }, () => {
  it('holds what its log says and what is there, whole, and fetches nothing of it again', async () => {
    const { file, bytes, model } = sampleAt(standin, 0);
    const entries = putOld(images);
    const lora = join(story.out, 'Users', 'ann', 'Ink', file.name);
    writeFileSync(lora, bytes);
    entries.push({
      id: file.versionId,
      type: 'lora',
      path: `E:\\CivitAI\\Users\\ann\\Ink\\${file.name}`,
      size: bytes.length,
    });
    const log = JSON.stringify({
      success: entries,
      failed: [{ id: 1, type: 'image', reason: 'missing', info: { presigned_url: SIGNED } }],
    });
    const path = putLog(log);

    const dry = await importAll('out', '--dry-run');
    const taken = await importAll('out');
    const again = await importAll('out');
    const left = readFileSync(path, 'utf8');
    const got = await story.get([
      ...targetsOf(images),
      `model:${model.id}`,
      '--media',
      'none',
      '--profile',
      'users',
    ]);
    const creator = standin.world.creator(model.creatorId)?.username ?? '';
    const ours = readFileSync(
      join(story.out, 'download_logs', creator, `${creator}_download_log.json`),
      'utf8',
    );

    expect(dry.json.counts).toEqual(taken.json.counts);
    expect(taken.code, taken.stderr).toBe(0);
    expect(taken.json.counts).toEqual({ total: 9, taken: 9, known: 0, unused: 0, refused: 0 });
    expect(again.json.counts).toMatchObject({ taken: 0, known: 9 });
    expect(left).toBe(log);
    expect(got.json.counts).toMatchObject({ wanted: 9, fetched: 0, held: 9, bytes: 0 });
    expect(got.json.requests.byEndpoint['media']).toBeUndefined();
    expect(got.json.requests.byEndpoint['download']).toBeUndefined();
    expect(JSON.parse(ours)).toMatchObject({
      success: expect.arrayContaining([{ id: file.versionId, type: 'lora', path: lora, size: bytes.length }]),
    });
  });

  it('does not take over a signed address', async () => {
    const entries = putOld(images.slice(0, 2)).map((one) => ({
      ...one,
      presigned_url: SIGNED,
      download_url: SIGNED,
    }));
    putLog(JSON.stringify({ success: entries, failed: [] }));

    await importAll('out');
    await story.get(targetsOf(images.slice(0, 2)));

    const data = join(story.home.folder, 'data', 'civitarium');
    for (const name of readdirSync(data))
      expect(readFileSync(join(data, name)).includes('5ec2e7')).toBe(false);
  });

  it('believes no size alone: what is cut, a page, or of another length is fetched again', async () => {
    const [whole, cut, page, longer, gone] = images;
    if (!whole || !cut || !page || !longer || !gone) throw new Error('Too few images.');
    const entries = putOld([whole, cut, page, longer, gone]);
    const at = ({ id, ending }: Picture): string => join(story.out, 'Users', 'ann', 'Ink', `${id}.${ending}`);
    truncateSync(at(cut), cut.bytes.length - 40);
    entries[1] = { ...entries[1], size: cut.bytes.length - 40 };
    const html = `<!DOCTYPE html><title>Sign in</title>${'<p>x</p>'.repeat(2000)}`;
    writeFileSync(at(page), html);
    entries[2] = { ...entries[2], size: html.length };
    entries[3] = { ...entries[3], size: longer.bytes.length + 1 };
    entries[4] = { ...entries[4], id: 2_000_000_000, path: 'E:\\CivitAI\\Users\\ann\\Ink\\2000000000.png' };
    putLog(JSON.stringify({ success: entries, failed: [] }));

    const taken = await importAll('out');
    const got = await story.get(targetsOf([whole, cut, page, longer]));

    expect(taken.json.counts).toMatchObject({ total: 5, taken: 1, unused: 4 });
    expect(taken.json.warnings.join()).toContain('4 of what lists');
    expect(got.json.counts).toMatchObject({ wanted: 4, held: 1, fetched: 3 });
    expect(readFileSync(at(page), 'utf8')).toBe(html);
  });

  it('takes of a damaged log what is whole, names it, and leaves it as it is', async () => {
    const text = JSON.stringify({ success: putOld(images), failed: [] }, undefined, 2);
    const damaged = text.slice(0, text.lastIndexOf('"size"'));
    const path = putLog(damaged);

    const taken = await importAll('out');
    const got = await story.get(targetsOf(images));

    expect(taken.code).toBe(3);
    expect(taken.json.counts).toMatchObject({ taken: 7, refused: 1 });
    expect(taken.json.failures).toMatchObject([{ what: path, code: 'damaged-record' }]);
    expect(taken.json.failures[0]?.why).toContain('7 entries');
    expect(got.json.counts).toMatchObject({ held: 7, fetched: 1 });
    expect(readFileSync(path, 'utf8')).toBe(damaged);
  });

  it.each([
    [
      'downloaded_files.json',
      (some: readonly Picture[]) => JSON.stringify(some.map(({ id, ending }) => `E:\\x\\${id}.${ending}`)),
    ],
    ['downloaded_files.json', (some: readonly Picture[]) => JSON.stringify(some.map(({ id }) => id))],
    ['downloaded_image_ID_DB.txt', (some: readonly Picture[]) => some.map(({ id }) => `${id}\r\n`).join('')],
    ['my ids.txt', (some: readonly Picture[]) => `# mine\n${some.map(({ id }) => id).join('\n')}`],
    ['my ids.json', (some: readonly Picture[]) => JSON.stringify({ ids: some.map(({ id }) => String(id)) })],
  ])('reads a list of ids: %s', async (name, write) => {
    putOld(images.slice(0, 3));
    const list = join(story.out, name);
    writeFileSync(list, write(images.slice(0, 4)));

    const taken = await importAll(list);

    expect(taken.json.counts).toMatchObject({ total: 4, taken: 3, unused: 1, refused: 0 });
  });

  it('gives what is held in one output a place in another, without fetching it', async () => {
    putLog(JSON.stringify({ success: putOld(images.slice(0, 3)), failed: [] }));
    await importAll('out');
    const other = join(story.home.folder, 'other');

    const got = await story.home.run([
      'get',
      ...targetsOf(images.slice(0, 3)),
      '--output',
      other,
      '--api-url',
      standin.apiUrl,
      '--json',
    ]);

    expect(got.json.counts).toMatchObject({ wanted: 3, fetched: 0, held: 3, bytes: 0 });
    for (const { postId, id, ending, bytes } of images.slice(0, 3))
      expect(readFileSync(join(other, 'Posts', `Post_${postId}`, `${id}.${ending}`)).equals(bytes)).toBe(
        true,
      );
  });
});

describe('a picture of the own at the place of one that is wanted', { timeout: 120_000 }, () => {
  it('counts as held when it is the same, and keeps its name when it is not', async () => {
    const [same, different] = images;
    if (!same || !different) throw new Error('Too few images.');
    const at = ({ postId, id, ending }: Picture): string =>
      join(story.out, 'Posts', `Post_${postId}`, `${id}.${ending}`);
    for (const one of [same, different]) mkdirSync(join(at(one), '..'), { recursive: true });
    writeFileSync(at(same), same.bytes);
    writeFileSync(at(different), 'mine');
    const { mtimeNs } = statSync(at(same), { bigint: true });

    const first = await story.get(targetsOf([same, different]));
    const tree = story.tree();
    const second = await story.get(targetsOf([same, different]));

    expect(first.code, first.stderr).toBe(0);
    expect(first.json.counts).toMatchObject({ wanted: 2, fetched: 1, held: 1 });
    expect(statSync(at(same), { bigint: true }).mtimeNs).toBe(mtimeNs);
    expect(readFileSync(at(different), 'utf8')).toBe('mine');
    expect(readFileSync(at(different).replace(/(\.\w+)$/, '-2$1')).equals(different.bytes)).toBe(true);
    const pictures = Object.keys(tree).filter((path) => /^Posts\/.*\.(?:png|jpeg|webp)$/.test(path));
    expect(pictures).toHaveLength(3);
    expect(story.leftovers()).toEqual([]);
    expect(second.json.counts).toMatchObject({ fetched: 0, held: 2 });
    expect(second.json.requests.byEndpoint['media']).toBeUndefined();
    expect(story.tree()).toEqual(tree);
  });
});

describe('a second get that fetches nothing', { timeout: 120_000 }, () => {
  it('writes no file, and nothing into the catalog that says anything new', async () => {
    const { model } = sampleAt(standin, 0);
    const args = [...targetsOf(images), `model:${model.id}`, '--profile', 'users'];
    const catalog = join(story.home.folder, 'data', 'civitarium', 'catalog.db');
    await story.get(args);
    const before = { files: timesOf(story.out), content: await catalogContent(catalog) };

    const again = await story.get(args);

    expect(again.json.counts).toMatchObject({ fetched: 0, bytes: 0 });
    expect(timesOf(story.out)).toEqual(before.files);
    expect(await catalogContent(catalog)).toEqual(before.content);
  });
});
