import type { Ask } from '../route.ts';
import type { WorldImage } from '../world/types.ts';
import type { FeedPlace } from './feed-cursor.ts';
import type { FeedOrder, FeedOrders } from './feed-order.ts';
import type { FeedQuery } from './feed-query.ts';
import { baseModelsOf } from './feed-shape.ts';

/** A page of the feed path. */
export interface FeedPage {
  readonly images: readonly WorldImage[];
  /** Where the next page begins; `undefined` at the end. */
  readonly next: { readonly offset: number; readonly lastId: number } | undefined;
}

/** The search engine gives up on a page after so many entries that do not fit. */
const MOST_LOOKED_AT = 2_000;

/** Fills one page from `place` on. */
export function feedPage(ask: Ask, asked: FeedQuery, orders: FeedOrders, place: FeedPlace): FeedPage {
  const { feed } = ask.world;
  const question = { ...asked, among: ownIndexes(ask, asked) };
  const order = orders.order(feed, question, place.asOf, asked.cursor === undefined, ask.now);
  const start = place.lastId === undefined ? place.offset : placeAfter(order, feed.indexOf(place.lastId));
  const hits: WorldImage[] = [];
  let at = start;
  for (; at < order.length && hits.length < asked.limit && at - start < MOST_LOOKED_AT; at += 1) {
    const image = feed.at(order.at(at));
    if (fits(ask, asked, image)) hits.push(image);
  }
  const lastId = at === 0 || at > order.length ? 0 : feed.at(order.at(at - 1)).id;
  return {
    // Left out only now that the page was filled: such pages come short.
    images: hits.filter((image) => !image.minor && !image.poi),
    next: at >= order.length || asked.limit === 0 ? undefined : { offset: at, lastId },
  };
}

function placeAfter(order: FeedOrder, index: number): number {
  for (let place = 0; place < order.length; place += 1) {
    if (order.at(place) === index) return place + 1;
  }
  return order.length;
}

/** Indexes of the post, version or creator asked about, ascending; `undefined` when the question is about all. */
function ownIndexes(ask: Ask, asked: FeedQuery): readonly number[] | undefined {
  const { feed } = ask.world;
  const creatorId = asked.userId ?? creatorIdOf(ask, asked);
  const lists = [];
  if (asked.postId !== undefined) lists.push(feed.ofPost(asked.postId, ask.now));
  if (asked.modelVersionId !== undefined) lists.push(feed.ofVersion(asked.modelVersionId, ask.now));
  if (creatorId !== undefined) lists.push(feed.ofCreator(creatorId, ask.now));
  const [first, ...rest] = lists;
  const others = rest.map((list) => new Set(list));
  return first?.filter((index) => others.every((other) => other.has(index)));
}

function creatorIdOf(ask: Ask, asked: FeedQuery): number | undefined {
  return asked.username === undefined ? undefined : (ask.world.creatorByName(asked.username)?.id ?? -1);
}

function fits(ask: Ask, asked: FeedQuery, image: WorldImage): boolean {
  if (asked.type !== undefined && image.type !== asked.type) return false;
  if (asked.tags?.some((tag) => image.tagIds.includes(tag)) === false) return false;
  if (asked.requiringMeta && (image.hasMeta || image.meta !== null)) return false;
  if (asked.baseModels === undefined) return true;
  const used = baseModelsOf(ask, image);
  return asked.baseModels.some((name) => used.includes(name));
}
