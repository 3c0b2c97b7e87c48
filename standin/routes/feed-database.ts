import type { Ask } from '../route.ts';
import type { WorldImage } from '../world/types.ts';
import type { FeedQuery } from './feed-query.ts';

/** A page of the database path. */
export interface DatabasePage {
  readonly images: readonly WorldImage[];
  readonly nextCursor: string | undefined;
}

/** `undefined` when the cursor is no image id. */
export function databasePage(ask: Ask, asked: FeedQuery): DatabasePage | undefined {
  if (asked.cursor !== undefined && !/^\d{1,12}$/.test(asked.cursor)) return undefined;
  const rising = asked.sort === 'Oldest';
  const rows = rowsOf(ask, asked)
    .filter((image) => isShown(image, asked, ask.now))
    .sort((a, b) => (rising ? a.id - b.id : b.id - a.id));
  const from = Number(asked.cursor ?? 0);
  // Descending the compare is strict, so that the row named by the cursor is never shown.
  const after =
    asked.cursor === undefined ? rows : rows.filter((image) => (rising ? image.id >= from : image.id < from));
  const skipped = asked.cursor === undefined && asked.page !== undefined ? (asked.page - 1) * asked.limit : 0;
  const next = after[skipped + asked.limit];
  return {
    images: after.slice(skipped, skipped + asked.limit),
    nextCursor: next === undefined || asked.limit === 0 ? undefined : String(next.id),
  };
}

/** One image, or all of a model's versions: an image used by two of them comes twice. */
function rowsOf(ask: Ask, asked: FeedQuery): WorldImage[] {
  const { world, now } = ask;
  if (asked.imageId !== undefined) {
    const image = world.image(asked.imageId);
    return image === undefined || image.createdAt > now ? [] : [image];
  }
  const versions = world.model(asked.modelId ?? 0)?.versions ?? [];
  return versions.flatMap((version) => [
    ...world.imagesOf(version.id),
    ...world.feed.ofVersion(version.id, now).map((index) => world.feed.at(index)),
  ]);
}

function isShown(image: WorldImage, asked: FeedQuery, now: number): boolean {
  if ((image.nsfwLevel & asked.levels) === 0 || image.minor || image.poi) return false;
  if (asked.type !== undefined && image.type !== asked.type) return false;
  return now - image.createdAt <= asked.spanMs;
}
