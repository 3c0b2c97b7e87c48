import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listed } from '../../standin/routes/model-filter.ts';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { SAMPLE_KEY } from '../../standin/access.ts';
import { titleOfPost } from '../../standin/world/posts.ts';
import type { WorldImage, WorldModel } from '../../standin/world/types.ts';
import { faultAt } from '../faults.ts';
import { treeOf } from '../tree.ts';
import { makeGetStory, sha256, steady } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

const SEED = 3;
const USERS = ['--profile', 'users', '--media', 'none'];

let standin: Standin;
let story: GetStory;
let author: Author;
/** What all of the author leaves when nothing goes wrong. */
let undisturbed: Record<string, string>;

/** A creator of the world, with images of their own models and others. */
interface Author {
  readonly username: string;
  readonly models: readonly WorldModel[];
  /** What the feed shows of them. */
  readonly images: readonly WorldImage[];
}

beforeAll(async () => {
  standin = await startStandin({ models: 40, seed: SEED, images: 240, pictures: 2000, speed: 0 });
  author = await findAuthor();
  const first = makeGetStory(standin);
  const result = await first.get([`user:${author.username}`, ...USERS]);
  if (result.signal !== null && result.signal !== undefined) throw new Error(result.stderr);
  undisturbed = steady(first);
  first.home.remove();
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

async function findAuthor(): Promise<Author> {
  const { world } = standin;
  for (const { id, username, system } of world.creators()) {
    if (username === null || system) continue;
    const models = world
      .modelsOf(id)
      .filter((one) => [true, false].some((nsfw) => listed(one, { nsfw, archived: true })));
    const answer = await fetch(`${standin.apiUrl}/images?limit=200&browsingLevel=31&username=${username}`);
    const { items } = (await answer.json()) as { items: { id: number }[] };
    const images = items.flatMap((item) => world.image(item.id) ?? []);
    const own = images.filter((image) => modelOf(models, image) !== undefined);
    if (own.length > 4 && models.length > 4 && own.length < images.length)
      return { username, models, images };
  }
  throw new Error('Nobody has images of their own models.');
}

/** The model of the post that an image is in, when it is one of these. */
function modelOf(models: readonly WorldModel[], image: WorldImage): WorldModel | undefined {
  return models.find(({ versions }) => versions.some(({ id }) => id === image.modelVersionIds[0]));
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(join(story.out, path), 'utf8'));
}

/** True for a model of which at least one file comes without a key. */
function isHandedOut({ mode, versions }: WorldModel): boolean {
  const newest = versions.find(({ status }) => status === 'Published');
  if (mode !== null || newest === undefined || newest.requireAuth) return false;
  if (newest.earlyAccessUntil !== null || newest.usageControl !== 'Download') return false;
  return newest.files.some(({ primary, visibility }) => primary && visibility === 'Public');
}

/** Every place in the tree where something of an image lies, without its ending. */
function placesOf(tree: Record<string, string>, id: number): string[] {
  const own = Object.keys(tree).filter((path) => path.includes(`/${id}.`));
  return [...new Set(own.map((path) => path.slice(0, path.lastIndexOf('/'))))];
}

interface Meta {
  readonly modelId: number;
  readonly modelName: string;
  readonly creator: string;
  readonly version: {
    readonly modelVersionId: number;
    readonly trainedWords: readonly string[];
    readonly files: readonly { readonly id: number; readonly download_endpoint: string }[];
    readonly gallery: readonly { readonly imageId: number; readonly postId: number }[];
  };
}

interface Log {
  readonly success: readonly { id: number; type: string; path: string; size: number }[];
  readonly failed: readonly { id: number; type: string; reason: string; info: Record<string, unknown> }[];
}

describe('get with the profile users', { timeout: 180_000 }, () => {
  it('puts models and the works that belong to them into Users/<name>/<model>, all else into Posts', async () => {
    const { username, models, images } = author;

    await story.get([`user:${username}`, ...USERS]);
    const tree = story.tree();

    const folders = new Map<number, string>();
    for (const image of images) {
      const [place = 'nowhere', ...more] = placesOf(tree, image.id);
      expect(more).toEqual([]);
      expect(Object.keys(tree).some((path) => path === `${place}/${image.id}.txt`)).toBe(true);
      const model = modelOf(models, image);
      if (model === undefined) expect(place).toMatch(/^Posts\/Post_\d+$/);
      else {
        expect(place).toMatch(new RegExp(`^Users/${username}/[^/]+$`));
        expect(folders.get(model.id) ?? place).toBe(place);
        folders.set(model.id, place);
      }
    }
    expect(new Set(folders.values()).size).toBe(folders.size);
    const files = Object.keys(tree).filter((path) => path.endsWith('.safetensors'));
    expect(files.length).toBeGreaterThan(0);
    for (const path of files) expect(path).toMatch(new RegExp(`^Users/${username}/[^/]+/[^/]+$`));
  });

  it('brings along with /models the works that belong to them, and no others', async () => {
    const { username, models, images } = author;

    await story.get([`https://civitai.com/user/${username}/models`, ...USERS]);

    const tree = story.tree();
    for (const image of images)
      expect(placesOf(tree, image.id)).toHaveLength(modelOf(models, image) === undefined ? 0 : 1);
    expect(existsSync(join(story.out, 'Posts'))).toBe(false);
  });

  it('says of every version what the site says, with a gallery of what is known, and asks nothing for it', async () => {
    const { username, models, images } = author;

    const result = await story.get([`user:${username}`, ...USERS]);

    const folder = join(story.out, 'Users', username);
    const metas = readdirSync(folder).filter((name) => /^model_meta_v\d+\.json$/.test(name));
    const published = models.flatMap(({ versions }) => versions.filter((one) => one.status === 'Published'));
    expect(metas.length).toBeGreaterThan(3);
    expect(metas.length).toBeLessThanOrEqual(published.length);
    for (const name of metas) {
      const meta = read(`Users/${username}/${name}`) as Meta;
      const model = models.find(({ id }) => id === meta.modelId);
      const version = model?.versions.find(({ id }) => id === meta.version.modelVersionId);
      expect(meta).toMatchObject({ modelName: model?.name, creator: username });
      expect(meta.version.trainedWords).toEqual(version?.trainedWords);
      for (const file of meta.version.files)
        expect(file.download_endpoint).toBe(
          `${standin.origin}/api/download/models/${version?.id}?fileId=${file.id}`,
        );
      const shown = meta.version.gallery.map(({ imageId }) => imageId);
      const inPost = images.filter((image) => image.modelVersionIds[0] === version?.id);
      expect(shown).toEqual(expect.arrayContaining(inPost.map(({ id }) => id)));
      expect(readFileSync(join(folder, name.replace('.json', '.txt')), 'utf8')).toContain(
        `'modelId': ${meta.modelId},`,
      );
    }
    expect(result.json.requests.byEndpoint['images']).toBeLessThanOrEqual(2);
  });

  it('asks the public API and its storage only, and writes neither key nor signed address anywhere', async () => {
    const { username, images } = author;
    const args = [`user:${username}`, `post:${images[0]?.postId}`, ...USERS, '--debug'];

    const result = await story.get(args, { env: { CIVITAI_API_KEY: SAMPLE_KEY } });

    expect(result.json.counts['fetched'] ?? 0).toBeGreaterThan(0);
    const asked = Object.keys(result.json.requests.byEndpoint);
    expect(
      asked.filter(
        (name) => !/^(?:me|models|images|creators|posts|model-versions|media|download|storage)\b/.test(name),
      ),
    ).toEqual([]);
    const files = readdirSync(story.home.folder, { recursive: true, withFileTypes: true });
    for (const { parentPath, name } of files.filter((one) => one.isFile())) {
      const bytes = readFileSync(join(parentPath, name));
      for (const secret of [SAMPLE_KEY, 'X-Amz-Signature'])
        expect([name, bytes.includes(secret)]).toEqual([name, false]);
    }
    expect(result.stderr).not.toMatch(new RegExp(`${SAMPLE_KEY}|X-Amz-Signature`));
  });

  it('puts what is said of versions beside their models when it is told to', async () => {
    const { username } = author;

    await story.get([`https://civitai.com/user/${username}/models`, ...USERS, '--model-meta', 'model']);

    const metas = Object.keys(story.tree()).filter((path) => /model_meta_v\d+\.json$/.test(path));
    expect(metas.length).toBeGreaterThan(3);
    for (const path of metas) expect(path.split('/')).toHaveLength(4);
  });

  it('keeps a log of what came and what did not, without any signed address', async () => {
    const { username, images } = author;
    const path = `download_logs/${username}/${username}_download_log`;

    standin.faults.use('media:404=1');
    await story.get([`user:${username}`, ...USERS]);
    const before = read(`${path}.json`) as Log;
    standin.faults.use('');
    await story.get(['--retry-failed', '--profile', 'users']);
    const after = read(`${path}.json`) as Log;

    expect(before.failed.filter(({ type }) => type === 'image')).toHaveLength(images.length);
    expect(before.failed.find(({ type }) => type === 'image')).toMatchObject({
      reason: 'missing',
      info: { page_url: expect.stringMatching(/^https:\/\/civitai\.com\/images\/\d+$/) },
    });
    expect(before.success.map(({ type }) => type)).toEqual(expect.arrayContaining(['lora', 'model_meta']));
    expect(after.failed.filter(({ type }) => type === 'image')).toEqual([]);
    const archived = author.models.filter(({ mode }) => mode === 'Archived');
    expect(archived.length).toBeGreaterThan(0);
    for (const { versions } of archived)
      expect(after.failed).toContainEqual(
        expect.objectContaining({
          id: versions[0]?.id,
          type: 'lora',
          reason: 'safetensors_not_found_in_api',
        }),
      );
    const logged = after.success.filter(({ type }) => type === 'image');
    expect(logged.map(({ id }) => id).toSorted()).toEqual(images.map(({ id }) => id).toSorted());
    for (const one of after.success) expect(readFileSync(one.path)).toHaveLength(one.size);
    const text = readFileSync(join(story.out, `${path}.txt`), 'utf8');
    expect(text).toContain(`Here: ${after.success.length}`);
    for (const said of [JSON.stringify(before), JSON.stringify(after), text])
      expect(said).not.toMatch(/signature|X-Amz|presigned_url"|token=/i);
  });

  it('writes nothing when it fetches nothing', async () => {
    const { username } = author;
    await story.get([`user:${username}`, ...USERS]);
    const tree = story.tree();

    const again = await story.get([`user:${username}`, ...USERS]);

    expect(again.json.counts).toMatchObject({ fetched: 0, bytes: 0 });
    expect(story.tree()).toEqual(tree);
    expect(withoutHome(steady(story))).toEqual(withoutHome(undisturbed));
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

  it('sets aside a log of another program at the same place', async () => {
    const { username } = author;
    const folder = join(story.out, 'download_logs', username);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${username}_download_log.json`), '{"success": [');

    const result = await story.get([`https://civitai.com/user/${username}/models`, ...USERS]);

    expect(readFileSync(join(folder, `${username}_download_log.before-civitarium.json`), 'utf8')).toBe(
      '{"success": [',
    );
    expect(result.json.warnings.join()).toContain('civitarium import');
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

  it('comes to the same end under faults and after kills', async () => {
    const { username } = author;
    const patient = ['--patience', '600', `user:${username}`, ...USERS];
    standin.faults.use('*:any=0.2');
    for (const [point, passage] of [
      ['transfer.placed', 4],
      ['outputs.intended', 2],
      ['image-notes.intended', 1],
    ] as const)
      await story.get(patient, { env: faultAt('kill', point, passage) });
    standin.faults.use('');
    const log = read(`download_logs/${username}/${username}_download_log.json`) as Log;
    await story.get([...patient, '--retry-failed']);

    expect(Array.isArray(log.success)).toBe(true);
    expect(withoutHome(steady(story))).toEqual(withoutHome(undisturbed));
  });
});

/** The name that the training gave a model, by a look of the test's own. */
function aliasIn(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.subarray(0, 65_536)).toString('latin1');
  return /"ss_output_name":"(\w+)"/.exec(text)?.[1]?.replaceAll('__', '_');
}

/** The log names the folder of its user. */
function withoutHome(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree).map(([path, hash]) => [path, path.startsWith('download_logs/') ? 'there' : hash]),
  );
}
