import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { titleOfPost } from '../../standin/world/posts.ts';
import type { WorldModel } from '../../standin/world/types.ts';
import { treeOf } from '../tree.ts';
import { findAuthor, modelOf, placesOf, USERS } from './testing/get-author.ts';
import type { Author } from './testing/get-author.ts';
import { makeGetStory, sha256 } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

const SEED = 3;

let standin: Standin;
let story: GetStory;
let author: Author;

beforeAll(async () => {
  standin = await startStandin({ models: 40, seed: SEED, images: 240, pictures: 2000, speed: 0 });
  author = await findAuthor(standin);
});

beforeEach(() => {
  standin.reset();
  standin.world.changes.undoChanges();
  story = makeGetStory(standin);
});

afterEach(() => {
  standin.faults.use('');
  story.home.remove();
});

afterAll(() => standin.close());

/** True for a model of which at least one file comes without a key. */
function isHandedOut({ mode, versions }: WorldModel): boolean {
  const newest = versions.find(({ status }) => status === 'Published');
  if (mode !== null || newest === undefined || newest.requireAuth) return false;
  if (newest.earlyAccessUntil !== null || newest.usageControl !== 'Download') return false;
  return newest.files.some(({ primary, visibility }) => primary && visibility === 'Public');
}

describe('places of the profile users', { timeout: 180_000 }, () => {
  it('brings along with /models the works that belong to them, and no others', async () => {
    const { username, models, images } = author;

    await story.get([`https://civitai.com/user/${username}/models`, ...USERS]);

    const tree = story.tree();
    for (const image of images)
      expect(placesOf(tree, image.id)).toHaveLength(modelOf(models, image) === undefined ? 0 : 1);
    expect(existsSync(join(story.out, 'Posts'))).toBe(false);
  });

  it('puts what is said of versions beside their models when it is told to', async () => {
    const { username } = author;

    await story.get([`https://civitai.com/user/${username}/models`, ...USERS, '--model-meta', 'model']);

    const metas = Object.keys(story.tree()).filter((path) => /model_meta_v\d+\.json$/.test(path));
    expect(metas.length).toBeGreaterThan(3);
    for (const path of metas) expect(path.split('/')).toHaveLength(4);
  });

  it('never renames a folder, whatever its model is called later, and gives two of one name two', async () => {
    const { username, models } = author;
    const [first, second, third] = models.filter(isHandedOut);
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('Too few models.');
    standin.world.changes.patchModel(first.id, { name: 'Twin: "a/b" ' });
    standin.world.changes.patchModel(second.id, { name: 'twin_ _A_b_' });
    standin.world.changes.patchModel(third.id, { name: 'CON' });
    const target = [`https://civitai.com/user/${username}/models`, ...USERS];

    await story.get(target);
    const before = Object.keys(story.tree());
    standin.world.changes.patchModel(first.id, { name: 'Another name' });
    await story.get([...target, '--force-refresh']);

    const folders = readdirSync(join(story.out, 'Users', username));
    expect(folders).toEqual(expect.arrayContaining(['Twin_ _a_b_', `twin_ _A_b_ (${second.id})`, '_CON']));
    expect(folders).not.toContain('Another name');
    expect(Object.keys(story.tree())).toEqual(before);
  });

  it('puts a post that is asked for under its title, and keeps that folder', async () => {
    const posts = [...new Set(author.images.map(({ postId }) => postId))];
    const titled = posts.find((id) => titleOfPost(SEED, id) === 'Morning light');
    const untitled = posts.find((id) => titleOfPost(SEED, id) === null);
    const dots = posts.find((id) => titleOfPost(SEED, id) === '..');
    const asked = [titled, untitled, dots].flatMap((id) => (id === undefined ? [] : [`post:${id}`]));

    const result = await story.get([...asked, ...USERS, '--metadata-at-once', '3']);

    expect(result.code, result.stderr).toBe(0);
    const folders = readdirSync(join(story.out, 'Posts'));
    const expected = [titled && 'Morning light', untitled && `Post_${untitled}`, dots && `Post_${dots}`];
    expect(folders.toSorted()).toEqual(expected.filter((name) => name !== undefined).toSorted());
  });

  it('has creators and posts where it is told to', async () => {
    const { username } = author;
    const config = join(story.home.folder, 'civitarium.yaml');
    const [users, posts] = ['people', 'sets'].map((name) => join(story.home.folder, name));
    writeFileSync(
      config,
      `get:\n  profile: users\n  media: none\n  users_root: ${users}\n  posts_root: ${posts}\n`,
    );

    const result = await story.get([`user:${author.username}`, '-c', config]);

    expect(result.json.counts['fetched'] ?? 0).toBeGreaterThan(0);
    expect(readdirSync(join(users ?? '', username)).length).toBeGreaterThan(0);
    expect(readdirSync(posts ?? '').length).toBeGreaterThan(0);
    expect(existsSync(join(story.out, 'Users'))).toBe(false);
    const again = await story.get([`user:${author.username}`, '-c', config]);
    expect(again.json.counts).toMatchObject({ fetched: 0, held: result.json.counts['fetched'] });
  });

  it('gives LoRAs a second place under the name of their training, and never over a file of yours', async () => {
    const loras = standin.world.modelIds().flatMap((id) => {
      const model = standin.world.model(id);
      const version = model?.versions[0];
      const file = version?.files.find(({ primary }) => primary);
      if (model?.type !== 'LORA' || model.mode !== null || version?.status !== 'Published') return [];
      if (file?.format !== 'SafeTensor' || version.requireAuth || version.earlyAccessUntil !== null)
        return [];
      return [{ model, file, bytes: standin.world.bytesOf(file) }];
    });
    const [named, other] = loras.filter(({ bytes }) => aliasIn(bytes) !== undefined);
    if (named === undefined || other === undefined) throw new Error('All LoRAs have one name only.');
    const webui = join(story.home.folder, 'webui', 'Lora');
    const targets = [named, other].map(({ model }) => `model:${model.id}`);
    const args = [...targets, '--media', 'none', '--lora-copies', webui];
    mkdirSync(webui, { recursive: true });
    const alias = aliasIn(named.bytes) ?? '';
    writeFileSync(join(webui, `${alias}.safetensors`), 'mine');

    const first = await story.get(args);
    const lay = treeOf(webui);
    const second = await story.get(args);

    expect(first.json.failures).toEqual([]);
    expect(readFileSync(join(webui, `${alias}.safetensors`), 'utf8')).toBe('mine');
    const copies = Object.entries(lay).filter(([, hash]) => hash !== sha256(Buffer.from('mine')));
    expect(copies.map(([, hash]) => hash).toSorted()).toEqual(
      [named, other].map(({ bytes }) => sha256(bytes)).toSorted(),
    );
    expect(copies.find(([, hash]) => hash === sha256(named.bytes))?.[0]).toMatch(
      new RegExp(`^${alias}-v\\d+\\.safetensors$`),
    );
    expect(copies.find(([, hash]) => hash === sha256(other.bytes))?.[0]).toBe(
      `${aliasIn(other.bytes)}.safetensors`,
    );
    expect(first.json.requests.byEndpoint['download']).toBe(2);
    expect(second.json.counts).toMatchObject({ fetched: 0, held: 2 });
    expect(treeOf(webui)).toEqual(lay);
  });

  it('touches nothing under --dry-run', async () => {
    const result = await story.get([`user:${author.username}`, ...USERS, '--dry-run']);

    expect(result.json.counts['fetched'] ?? 0).toBeGreaterThan(0);
    expect(existsSync(story.out)).toBe(false);
  });
});
/** The name that the training gave a model, by a look of the test's own. */
function aliasIn(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.subarray(0, 65_536)).toString('latin1');
  return /"ss_output_name":"(\w+)"/.exec(text)?.[1]?.replaceAll('__', '_');
}
