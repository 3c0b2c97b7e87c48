import { imageStatsAt, reactionSum } from './growth.ts';
import { makeImage } from './images.ts';
import { levelOf } from './levels.ts';
import type { Maturity } from './levels.ts';
import { hash32, mix32, unit } from './random.ts';
import type { WorldFeed, WorldImage } from './types.ts';

const DAY = 86_400_000;
const FEED_IDS = 100_000_000;
const POST_IDS = 20_000_000;
/** Feed images come in posts of four. */
const POST_SIZE = 4;

export interface FeedPlan {
  readonly seed: number;
  /** How many exist when the world starts. */
  readonly images: number;
  readonly startedAt: number;
  readonly creatorIds: readonly number[];
  readonly versionIds: readonly number[];
  readonly tags: number;
  /** Name and AutoV2 of the model a version belongs to. */
  modelNamed(versionId: number): { name: string; autoV2: string } | undefined;
}

/** The feed, every image computed from its index; see `WorldFeed`. */
export function makeFeed(plan: FeedPlan): WorldFeed {
  const { seed, images, startedAt } = plan;
  const gap = images === 0 ? 60_000 : Math.min(1_800_000, (900 * DAY) / images);
  const createdAt = (index: number): number =>
    Math.floor(startedAt - (images - index) * gap + unit(seed, index, 31) * 0.9 * gap);
  const idOf = (index: number): number => FEED_IDS + index * 3 + (mix32(seed ^ index) % 3);
  const count = (now: number): number => {
    const around = images + Math.floor((now - startedAt) / gap);
    return Math.max(0, createdAt(around) <= now ? around + 1 : around);
  };
  const levelAt = (index: number): number => levelOf(seed, idOf(index), maturityAt(seed, index));
  const owners = ownership(plan);
  const statsAt = (index: number, now: number) => imageStatsAt(seed, idOf(index), createdAt(index), now);
  return {
    count,
    createdAt,
    levelAt,
    statsAt,
    reactionsAt: (index, now) => reactionSum(statsAt(index, now)),
    at: (index): WorldImage => {
      if (!Number.isInteger(index) || index < 0) throw new RangeError(`No feed image has index ${index}.`);
      return imageAt(plan, owners, index, idOf(index), levelAt(index), createdAt(index));
    },
    indexOf(imageId) {
      const index = Math.floor((imageId - FEED_IDS) / 3);
      return index >= 0 && idOf(index) === imageId ? index : -1;
    },
    ofPost: (postId, now) => expand([postId - POST_IDS], count(now)),
    ofVersion: (versionId, now) => expand(owners.postsOfVersion(versionId, posts(count(now))), count(now)),
    ofCreator: (creatorId, now) => expand(owners.postsOfCreator(creatorId, posts(count(now))), count(now)),
  };
}

function posts(count: number): number {
  return Math.ceil(count / POST_SIZE);
}

function expand(postNumbers: Iterable<number>, count: number): number[] {
  const indexes: number[] = [];
  for (const post of postNumbers) {
    for (let at = 0; at < POST_SIZE; at += 1) {
      const index = post * POST_SIZE + at;
      if (Number.isInteger(index) && index >= 0 && index < count) indexes.push(index);
    }
  }
  return indexes;
}

interface Ownership {
  creatorOf(post: number): number;
  versionOf(post: number): number | undefined;
  postsOfCreator(creatorId: number, posts: number): Iterable<number>;
  postsOfVersion(versionId: number, posts: number): Iterable<number>;
}

/** Posts go round among creators and versions in turn, so that both ways are arithmetic. */
function ownership(plan: FeedPlan): Ownership {
  const creators = plan.creatorIds;
  const versions = plan.versionIds;
  const creatorPlace = new Map(creators.map((id, place) => [id, place]));
  const versionPlace = new Map(versions.map((id, place) => [id, place]));
  function* every(first: number | undefined, step: number, end: number): Iterable<number> {
    if (first === undefined) return;
    for (let post = first; post < end; post += step) yield post;
  }
  return {
    creatorOf: (post) => creators[post % creators.length] ?? -1,
    versionOf: (post) => versions[post % Math.max(1, versions.length)],
    postsOfCreator: (id, end) => every(creatorPlace.get(id), creators.length, end),
    postsOfVersion: (id, end) => every(versionPlace.get(id), versions.length, end),
  };
}

function maturityAt(seed: number, index: number): Maturity {
  const part = unit(seed, Math.floor(index / POST_SIZE), 33);
  return part < 0.004 ? 'unrated' : part < 0.6 ? 'mild' : part < 0.85 ? 'mixed' : 'mature';
}

function imageAt(
  plan: FeedPlan,
  owners: Ownership,
  index: number,
  id: number,
  nsfwLevel: number,
  createdAt: number,
): WorldImage {
  const post = Math.floor(index / POST_SIZE);
  const versionId = owners.versionOf(post);
  const second = plan.versionIds[hash32(plan.seed, index, 'second') % Math.max(1, plan.versionIds.length)];
  const versionIds =
    versionId === undefined ? [] : second === undefined || index % 3 > 0 ? [versionId] : [versionId, second];
  return makeImage({
    seed: plan.seed,
    id,
    nsfwLevel,
    postId: POST_IDS + post,
    creatorId: owners.creatorOf(post),
    createdAt,
    versionIds,
    model: versionId === undefined ? undefined : plan.modelNamed(versionId),
    video: unit(plan.seed, index, 34) < 0.04,
    minor: unit(plan.seed, index, 35) < 0.001,
    poi: unit(plan.seed, index, 36) < 0.001,
    hostile: unit(plan.seed, index, 37) < 0.002,
    tags: plan.tags,
  });
}
