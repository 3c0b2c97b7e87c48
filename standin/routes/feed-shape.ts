import type { Ask } from '../route.ts';
import type { ImageStats, WorldImage } from '../world/types.ts';
import type { FeedQuery } from './feed-query.ts';
import { imageUrl } from './links.ts';

/** What differs between the two ways an image is found. */
export interface ImageTelling {
  readonly asked: FeedQuery;
  /** The database path nests meta, knows no base model and tells the real upload time. */
  readonly database: boolean;
  /** The metrics store timed out: all counters are told as 0. */
  readonly zeroStats: boolean;
}

const NO_STATS: ImageStats = {
  cryCount: 0,
  laughCount: 0,
  likeCount: 0,
  dislikeCount: 0,
  heartCount: 0,
  commentCount: 0,
};

const OLD_LEVELS: Readonly<Record<number, string>> = {
  2: 'Soft',
  4: 'Mature',
  8: 'X',
  16: 'X',
  32: 'Blocked',
};

/** An item of `GET /images`. */
export function feedItem(ask: Ask, image: WorldImage, telling: ImageTelling): Record<string, unknown> {
  const { asked, database, zeroStats } = telling;
  const item: Record<string, unknown> = {
    id: image.id,
    url: imageUrl(ask.origin, image, image.uuid),
    hash: image.blurhash,
    width: image.width,
    height: image.height,
    nsfwLevel: OLD_LEVELS[image.nsfwLevel] ?? 'None',
    type: image.type,
    nsfw: (image.nsfwLevel & 60) !== 0,
    browsingLevel: image.nsfwLevel,
    createdAt: new Date(database ? uploadedAt(image) : image.createdAt).toISOString(),
    postId: image.postId,
    stats: zeroStats ? NO_STATS : ask.world.statsOf(image, ask.now),
    meta: metaOf(image, asked, database),
    username: ask.world.creator(image.creatorId)?.username ?? null,
    baseModel: database ? null : baseModelsOf(ask, image),
    modelVersionIds: image.modelVersionIds,
  };
  if (asked.withTags) {
    item['tags'] = image.tagIds.map((id) => ask.world.tag(id)).filter((tag) => tag !== undefined);
  }
  return item;
}

/** The feed tells the time it sorts by, which is that of publishing; files were uploaded up to an hour before. */
function uploadedAt(image: WorldImage): number {
  return image.createdAt - (image.id % 3600) * 1000;
}

function metaOf(image: WorldImage, asked: FeedQuery, database: boolean): unknown {
  if (!asked.withMeta) return null;
  const flat = asked.flatMeta ?? !database;
  return flat ? image.meta : { id: image.id, meta: image.meta };
}

/** The names of the checkpoints' base models, joined without a gap; '' when none was used. */
export function baseModelsOf(ask: Pick<Ask, 'world'>, image: WorldImage): string {
  return image.modelVersionIds
    .filter((id) => ask.world.modelOf(id)?.type === 'Checkpoint')
    .map((id) => ask.world.version(id)?.baseModel ?? '')
    .join('');
}
