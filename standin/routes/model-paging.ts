import type { Ask } from '../route.ts';
import type { WorldModel } from '../world/types.ts';
import type { ModelQuery, ModelSort } from './model-filter.ts';

/** One model in the order asked for; `key` is compared part by part, each descending unless the sort says other. */
interface Row {
  readonly model: WorldModel;
  readonly key: readonly number[];
}

export interface ModelPage {
  readonly models: readonly WorldModel[];
  readonly nextCursor: string | undefined;
}

/** `undefined` stands for a cursor with the wrong parts: the site answers 400. */
export function pageOf(ask: Ask, models: readonly WorldModel[], asked: ModelQuery): ModelPage | undefined {
  // The search engine answers by offset, and limit=0 means one.
  const size = Math.max(1, asked.limit);
  if (asked.text !== undefined) return searched(models, asked, size);
  const rows = models.map((model) => ({ model, key: keyOf(ask, model, asked.sort) }));
  rows.sort((a, b) => compare(a.key, b.key, asked.sort));
  const start = startOf(rows, asked, size);
  if (start === undefined) return undefined;
  const next = asked.limit === 0 ? undefined : rows[start + size];
  return {
    models: rows.slice(start, start + size).map((row) => row.model),
    nextCursor: next === undefined ? undefined : next.key.join('|'),
  };
}

function searched(models: readonly WorldModel[], asked: ModelQuery, size: number): ModelPage | undefined {
  const offset = asked.cursor === undefined ? 0 : Number(asked.cursor);
  if (!Number.isInteger(offset) || offset < 0) return undefined;
  const more = models.length > offset + size;
  return {
    models: models.slice(offset, offset + size),
    nextCursor: more ? String(offset + size) : undefined,
  };
}

function startOf(rows: readonly Row[], asked: ModelQuery, size: number): number | undefined {
  if (asked.cursor === undefined) return asked.page === undefined ? 0 : (asked.page - 1) * size;
  const cursor = asked.cursor.split('|').map(Number);
  const parts = asked.sort === 'Newest' || asked.sort === 'Oldest' ? 2 : 3;
  if (cursor.length !== parts || cursor.some((part) => Number.isNaN(part))) return undefined;
  // Newest compares strictly, so the row that the cursor names, the first of this page, is skipped.
  const strict = asked.sort === 'Newest';
  const start = rows.findIndex((row) => {
    const order = compare(row.key, cursor, asked.sort);
    return strict ? order > 0 : order >= 0;
  });
  return start === -1 ? rows.length : start;
}

function keyOf(ask: Ask, model: WorldModel, sort: ModelSort): number[] {
  if (sort === 'Newest' || sort === 'Oldest') return [lastVersionAt(model), model.id];
  const stats = ask.world.modelStats(model.id, ask.now);
  const { downloadCount, thumbsUpCount, commentCount, tippedAmountCount } = stats;
  if (sort === 'Most Downloaded') return [downloadCount, thumbsUpCount, model.id];
  if (sort === 'Most Discussed') return [commentCount, thumbsUpCount, model.id];
  if (sort === 'Most Collected') return [tippedAmountCount, thumbsUpCount, model.id];
  if (sort === 'Most Images') return [model.versions.length, thumbsUpCount, model.id];
  return [thumbsUpCount, downloadCount, model.id];
}

/** The site sorts by when the last version came out, so that a model with a new one is new again. */
function lastVersionAt({ versions, publishedAt }: WorldModel): number {
  const times = versions.flatMap((version) =>
    version.status === 'Published' ? (version.publishedAt ?? []) : [],
  );
  return times.length === 0 ? publishedAt : Math.max(...times);
}

/** Descending, but the last key of the counting sorts and all of Oldest ascend. */
function compare(a: readonly number[], b: readonly number[], sort: ModelSort): number {
  for (let at = 0; at < a.length; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference === 0) continue;
    const ascending = sort === 'Oldest' || (sort !== 'Newest' && at === a.length - 1);
    return ascending ? difference : -difference;
  }
  return 0;
}
