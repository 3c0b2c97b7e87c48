import { listed } from '../../../standin/routes/model-filter.ts';
import type { Standin } from '../../../standin/start.ts';
import type { WorldImage, WorldModel } from '../../../standin/world/types.ts';

/** How creators are asked for in these stories. */
export const USERS: readonly string[] = ['--profile', 'users', '--media', 'none'];

/** A creator of the world, with images of their own models and others. */
export interface Author {
  readonly username: string;
  readonly models: readonly WorldModel[];
  /** What the feed shows of them. */
  readonly images: readonly WorldImage[];
}

/** The download log of a creator. */
export interface Log {
  readonly success: readonly { id: number; type: string; path: string; size: number }[];
  readonly failed: readonly { id: number; type: string; reason: string; info: Record<string, unknown> }[];
}

/** A creator with more than a few images in posts of their own models, and with other images. */
export async function findAuthor(standin: Standin): Promise<Author> {
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
export function modelOf(models: readonly WorldModel[], image: WorldImage): WorldModel | undefined {
  return models.find(({ versions }) => versions.some(({ id }) => id === image.modelVersionIds[0]));
}

/** Every place in the tree where something of an image lies, without its ending. */
export function placesOf(tree: Record<string, string>, id: number): string[] {
  const own = Object.keys(tree).filter((path) => path.includes(`/${id}.`));
  return [...new Set(own.map((path) => path.slice(0, path.lastIndexOf('/'))))];
}

/** The log names the folder of its user. */
export function withoutHome(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree).map(([path, hash]) => [path, path.startsWith('download_logs/') ? 'there' : hash]),
  );
}
