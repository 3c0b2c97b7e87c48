import { failure, json } from '../route.ts';
import type { Answer, Ask, Route } from '../route.ts';
import { hash32 } from '../world/random.ts';
import { readCursor, writeCursor } from './feed-cursor.ts';
import type { CursorForm, FeedPlace } from './feed-cursor.ts';
import { databasePage } from './feed-database.ts';
import { makeFeedOrders } from './feed-order.ts';
import type { FeedOrders } from './feed-order.ts';
import { readFeedQuery } from './feed-query.ts';
import type { FeedQuery } from './feed-query.ts';
import { feedItem } from './feed-shape.ts';
import { feedPage } from './feed-walk.ts';
import type { FeedPage } from './feed-walk.ts';
import { zodFailure } from './query.ts';

/** How odd the feed is. Rates are 0–1 and depend on the world's seed and the request, so that a walk can be repeated. */
export interface FeedOddities {
  /** Pages with no items though the walk goes on. Default 0.01. */
  readonly emptyPages?: number;
  /** From this offset on the same cursor is given again and again. Default never. */
  readonly loopFrom?: number;
  /** From this offset on every page shows the same, under a cursor that is always another one. Default never. */
  readonly repeatFrom?: number;
  /** While a walk passes the offset `from`, the first `by` images of its list go, so that the others move up. */
  readonly shrinks?: { readonly from: number; readonly by: number };
  /** Pages whose counters are all 0. Default 0. */
  readonly zeroStats?: number;
  /** Pages of the database path that end the walk with nothing. Default 0. */
  readonly timeouts?: number;
  /** Default 'offset'. */
  readonly cursors?: CursorForm;
  /** What an unknown username gets. Default 404. */
  readonly unknownUser?: 404 | 'nothing';
  /** Whether callers without a key see PG only, as some report. Default false, as the site's source has it. */
  readonly anonymousIsPg?: boolean;
}

/** `GET /api/v1/images`: by a search index, or by the database for one image or a whole model. */
export function feedRoutes(oddities: FeedOddities = {}): Route[] {
  const orders = makeFeedOrders();
  return [
    {
      method: 'GET',
      pattern: '/api/v1/images',
      endpoint: 'images',
      access: 'public',
      respond: (ask) => listImages(ask, orders, oddities),
    },
  ];
}

function listImages(ask: Ask, orders: FeedOrders, oddities: FeedOddities): Answer {
  const { asked: read, issues } = readFeedQuery(ask.query);
  if (issues.length > 0) return zodFailure(issues);
  const capped = oddities.anonymousIsPg === true && ask.session === undefined;
  const asked = capped ? { ...read, levels: read.levels & 1 } : read;
  if (asked.page !== undefined && asked.page * asked.limit > 1_000) {
    return failure(429, "You've requested too many pages, please use cursors instead");
  }
  const unknown = asked.username !== undefined && ask.world.creatorByName(asked.username) === undefined;
  if (unknown && oddities.unknownUser !== 'nothing') {
    return json(404, { error: 'User not found', code: 'NOT_FOUND' });
  }
  if (asked.sort === 'Random') {
    return json(400, { error: 'Random sort needs a collection', code: 'BAD_REQUEST' });
  }
  const byDatabase =
    asked.imageId !== undefined || (asked.modelId !== undefined && asked.modelVersionId === undefined);
  return byDatabase ? fromDatabase(ask, asked, oddities) : fromFeed(ask, asked, orders, oddities);
}

/** True for the share `rate` of requests, always the same ones. `kind` keeps the oddities apart. */
function befalls(rate: number | undefined, ask: Ask, kind: string): boolean {
  return hash32(ask.world.seed, kind, ask.url.search) / 0x1_0000_0000 < (rate ?? 0);
}

function fromDatabase(ask: Ask, asked: FeedQuery, oddities: FeedOddities): Answer {
  const zeroStats = befalls(oddities.zeroStats, ask, 'stats');
  // A statement that ran too long looks like the end.
  if (befalls(oddities.timeouts, ask, 'timeout')) return json(200, { items: [], metadata: {} });
  const page = databasePage(ask, asked);
  if (page === undefined) return invalidCursor();
  const items = page.images.map((image) => feedItem(ask, image, { asked, database: true, zeroStats }));
  return json(200, { items, metadata: metadataOf(ask, asked, page.nextCursor) });
}

function fromFeed(ask: Ask, asked: FeedQuery, orders: FeedOrders, oddities: FeedOddities): Answer {
  // `page` is read, limited and otherwise ignored here: every page is the first.
  const start: FeedPlace = { offset: 0, asOf: ask.now, lastId: undefined, afterEmpty: false };
  const place = asked.cursor === undefined ? start : readCursor(asked.cursor, asked, ask.now);
  if (place === undefined) return invalidCursor();
  if (place === 'other filters') return json(400, { message: 'The cursor belongs to other filters' });
  const form = oddities.cursors ?? 'offset';
  const page = oddPage(ask, asked, orders, place, oddities);
  const looping = asked.cursor !== undefined && place.offset >= (oddities.loopFrom ?? Infinity);
  const leftEmpty =
    !place.afterEmpty && form !== 'number' && befalls(oddities.emptyPages ?? 0.01, ask, 'empty');
  const zeroStats = befalls(oddities.zeroStats, ask, 'stats');
  let next: string | undefined;
  if (leftEmpty && page.next !== undefined && (form !== 'feed' || place.lastId !== undefined)) {
    next = writeCursor(form, { ...place, lastId: place.lastId ?? 0, afterEmpty: true }, asked);
    return json(200, { items: [], metadata: metadataOf(ask, asked, next) });
  }
  if (looping) next = asked.cursor;
  else if (page.next !== undefined) {
    next = writeCursor(form, { ...page.next, asOf: place.asOf, afterEmpty: false }, asked);
  }
  const items = page.images.map((image) => feedItem(ask, image, { asked, database: false, zeroStats }));
  return json(200, { items, metadata: metadataOf(ask, asked, next) });
}

/** The page as it is, or one that a list in motion gives. */
function oddPage(
  ask: Ask,
  asked: FeedQuery,
  orders: FeedOrders,
  place: FeedPlace,
  { repeatFrom = Infinity, shrinks }: FeedOddities,
): FeedPage {
  if (place.offset > repeatFrom) {
    const { images, next } = feedPage(ask, asked, orders, { ...place, offset: repeatFrom });
    return { images, next: { offset: place.offset + asked.limit, lastId: next?.lastId ?? 0 } };
  }
  const by = place.offset >= (shrinks?.from ?? Infinity) ? (shrinks?.by ?? 0) : 0;
  const { images, next } = feedPage(ask, asked, orders, { ...place, offset: place.offset + by });
  return { images, next: next && { ...next, offset: next.offset - by } };
}

function invalidCursor(): Answer {
  return json(400, { error: 'Invalid cursor', code: 'BAD_REQUEST' });
}

/** The next link of a question with `page` counts pages and forgets the cursor; it is built with all that was sent. */
function metadataOf(ask: Ask, asked: FeedQuery, nextCursor: string | undefined): Record<string, unknown> {
  const metadata: Record<string, unknown> = {};
  if (asked.page !== undefined) Object.assign(metadata, { currentPage: asked.page, pageSize: asked.limit });
  if (nextCursor === undefined) return metadata;
  const next = new URL(`${ask.origin}${ask.url.pathname}${ask.url.search}`);
  if (asked.page === undefined) next.searchParams.set('cursor', nextCursor);
  else next.searchParams.set('page', String(asked.page + 1));
  return { ...metadata, nextCursor, nextPage: next.href };
}
