import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import type { CliResult } from '../cli.ts';
import { findAuthor, modelOf, placesOf, USERS } from './testing/get-author.ts';
import type { Author } from './testing/get-author.ts';
import { makeGetStory } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

const SEED = 3;

let standin: Standin;
let story: GetStory;
let author: Author;
/** All of the author, once for all tests. */
let first: CliResult;

beforeAll(async () => {
  standin = await startStandin({ models: 40, seed: SEED, images: 240, pictures: 2000, speed: 0 });
  author = await findAuthor(standin);
  story = makeGetStory(standin);
  first = await story.get([`user:${author.username}`, ...USERS]);
  if (first.signal !== null && first.signal !== undefined) throw new Error(first.stderr);
});

afterAll(async () => {
  story.home.remove();
  await standin.close();
});

function read(path: string): unknown {
  return JSON.parse(readFileSync(join(story.out, path), 'utf8'));
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

describe('what get with the profile users leaves', { timeout: 180_000 }, () => {
  it('puts models and the works that belong to them into Users/<name>/<model>, all else into Posts', async () => {
    const { username, models, images } = author;
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

  it('says of every version what the site says, with a gallery of what is known, and asks nothing for it', async () => {
    const { username, models, images } = author;

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
    expect(first.json.requests.byEndpoint['images']).toBeLessThanOrEqual(2);
  });

  it('writes nothing when it fetches nothing', async () => {
    const { username } = author;
    const tree = story.tree();

    const again = await story.get([`user:${username}`, ...USERS]);

    expect(again.json.counts).toMatchObject({ fetched: 0, bytes: 0 });
    expect(story.tree()).toEqual(tree);
  });
});
