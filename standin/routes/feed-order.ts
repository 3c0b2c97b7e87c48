import type { WorldFeed } from '../world/types.ts';
import type { ImageSort } from './feed-query.ts';

/** Indexes of feed images in the order a question wants them; place 0 comes first. */
export interface FeedOrder {
  readonly length: number;
  at(place: number): number;
}

interface OrderQuestion {
  readonly sort: ImageSort;
  readonly levels: number;
  readonly spanMs: number;
  /** Only these, ascending, when the question is about a post, a version or a creator. */
  readonly among: readonly number[] | undefined;
}

/** Finds orders and keeps the dear ones: a million images cost about 5 MB and a second for each question. */
export interface FeedOrders {
  /** `asOf`: the walk's first moment. `fresh`: the walk begins here, so that a ranking must be of today. */
  order(feed: WorldFeed, question: OrderQuestion, asOf: number, fresh: boolean, now: number): FeedOrder;
}

interface Ranking {
  readonly builtAt: number;
  readonly places: Float64Array;
}

/** Indexes of some levels, ascending, as far as was looked. */
interface Ascending {
  indexes: Uint32Array;
  length: number;
  lookedTo: number;
}

const HOUR = 3_600_000;
const MAX_KEPT = 8;
/** Above any index; with it a count and an index share one double. */
const PLACES = 2 ** 24;

export function makeFeedOrders(): FeedOrders {
  const byLevels = new Map<number, Ascending>();
  const rankings = new Map<string, Ranking>();
  return {
    order(feed, question, asOf, fresh, now) {
      const { sort, levels, spanMs, among } = question;
      const all =
        among === undefined ? ascendingOf(byLevels, feed, levels, now) : chosen(feed, among, levels);
      const end = lowerBound(all, feed.count(asOf));
      const start = spanMs === Infinity ? 0 : lowerBound(all, firstSince(feed, asOf - spanMs, now));
      const length = Math.max(0, end - start);
      if (sort === 'Newest') return { length, at: (place) => all.indexes[end - 1 - place] ?? -1 };
      if (sort === 'Oldest') return { length, at: (place) => all.indexes[start + place] ?? -1 };
      const part = all.indexes.subarray(start, start + length);
      if (among !== undefined) return ranked(rank(feed, part, sort, now));
      const key = `${sort} ${levels} ${spanMs}`;
      const kept = rankings.get(key);
      if (kept !== undefined && now - kept.builtAt < (fresh ? HOUR : 24 * HOUR)) return ranked(kept.places);
      const places = rank(feed, part, sort, now);
      rankings.delete(key);
      rankings.set(key, { builtAt: now, places });
      trim(rankings);
      return ranked(places);
    },
  };
}

function trim(map: Map<unknown, unknown>): void {
  for (const oldest of map.keys()) {
    if (map.size <= MAX_KEPT) return;
    map.delete(oldest);
  }
}

function ranked(places: Float64Array): FeedOrder {
  return { length: places.length, at: (place) => (places[places.length - 1 - place] ?? 0) % PLACES };
}

function rank(feed: WorldFeed, indexes: Uint32Array, sort: ImageSort, now: number): Float64Array {
  const keys = new Float64Array(indexes.length);
  for (const [place, index] of indexes.entries())
    keys[place] = scoreOf(feed, index, sort, now) * PLACES + index;
  return keys.sort();
}

/** Nobody tells how often an image was collected; about a tenth of its reactions here. */
function scoreOf(feed: WorldFeed, index: number, sort: ImageSort, now: number): number {
  if (sort === 'Most Comments') return feed.statsAt(index, now).commentCount;
  const reactions = feed.reactionsAt(index, now);
  return sort === 'Most Collected' ? Math.floor(reactions / 10) : reactions;
}

function chosen(feed: WorldFeed, among: readonly number[], levels: number): Ascending {
  const indexes = Uint32Array.from(among.filter((index) => (feed.levelAt(index) & levels) !== 0));
  return { indexes, length: indexes.length, lookedTo: 0 };
}

function ascendingOf(
  byLevels: Map<number, Ascending>,
  feed: WorldFeed,
  levels: number,
  now: number,
): Ascending {
  const count = feed.count(now);
  const known = byLevels.get(levels) ?? { indexes: new Uint32Array(1024), length: 0, lookedTo: 0 };
  byLevels.delete(levels);
  byLevels.set(levels, known);
  trim(byLevels);
  for (; known.lookedTo < count; known.lookedTo += 1) {
    if ((feed.levelAt(known.lookedTo) & levels) === 0) continue;
    if (known.length === known.indexes.length) known.indexes = grown(known.indexes);
    known.indexes[known.length] = known.lookedTo;
    known.length += 1;
  }
  return known;
}

function grown(indexes: Uint32Array): Uint32Array {
  const larger = new Uint32Array(indexes.length * 2);
  larger.set(indexes);
  return larger;
}

/** The first place whose index is `index` or more. */
function lowerBound(all: Ascending, index: number): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((all.indexes[middle] ?? 0) < index) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first index born at `time` or later. */
function firstSince(feed: WorldFeed, time: number, now: number): number {
  let low = 0;
  let high = feed.count(now);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (feed.createdAt(middle) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
