import { hash32 } from '../world/random.ts';
import type { FeedQuery } from './feed-query.ts';

/** Where a walk through the feed stands. */
export interface FeedPlace {
  /** Entries passed. */
  readonly offset: number;
  /** Epoch ms of the walk's first page: later images are not part of it. */
  readonly asOf: number;
  /** The last image seen, when the cursor names one instead of an offset. */
  readonly lastId: number | undefined;
  /** Comes after a page left empty on purpose, which must not be left empty again. */
  readonly afterEmpty: boolean;
}

/**
 * How cursors are written: `12|1712265847499` today, `12|bdx:{…}` by the other engine, `feed:TIME:ID` since autumn 2026, a
 * plain number in 2023. All forms are read, whichever is written.
 */
export type CursorForm = 'offset' | 'bdx' | 'feed' | 'number';

export function writeCursor(
  form: CursorForm,
  place: FeedPlace & { readonly lastId: number },
  asked: FeedQuery,
): string {
  const mark = place.afterEmpty ? '|e' : '';
  switch (form) {
    case 'offset':
      return `${place.offset}|${place.asOf}${mark}`;
    case 'bdx':
      return `${place.offset}|bdx:${JSON.stringify({ at: place.asOf })}${mark}`;
    case 'feed':
      return `feed:${markTime(place.asOf, asked)}:${place.lastId}${mark}`;
    case 'number':
      return String(place.offset);
  }
}

/** Reads a cursor. `'other filters'` when it was made for another question, `undefined` when it is none at all. */
export function readCursor(
  text: string,
  asked: FeedQuery,
  now: number,
): FeedPlace | 'other filters' | undefined {
  const afterEmpty = text.endsWith('|e');
  const rest = afterEmpty ? text.slice(0, -2) : text;
  const place = (offset: string | undefined, asOf: number, lastId?: number): FeedPlace => ({
    offset: Number(offset ?? 0),
    asOf,
    lastId,
    afterEmpty,
  });
  const feed = /^feed:(\d{1,15}):(\d{1,12})$/.exec(rest);
  if (feed !== null) {
    const asOf = Number(feed[1]);
    return markTime(asOf, asked) === asOf ? place(undefined, asOf, Number(feed[2])) : 'other filters';
  }
  const bdx = /^(\d{1,9})\|bdx:\{"at":(\d{1,15})\}$/.exec(rest);
  if (bdx !== null) return place(bdx[1], Number(bdx[2]));
  const offset = /^(\d{1,9})(?:\|(\d{1,15}))?$/.exec(rest);
  return offset === null ? undefined : place(offset[1], offset[2] === undefined ? now : Number(offset[2]));
}

/** The milliseconds of the time tell which question it belongs to. */
function markTime(asOf: number, asked: FeedQuery): number {
  const { sort, levels, spanMs, postId, modelVersionId, userId, username, type } = asked;
  const question = [sort, levels, spanMs, postId, modelVersionId, userId, username, type].join();
  return Math.floor(asOf / 1000) * 1000 + (hash32(question) % 1000);
}
