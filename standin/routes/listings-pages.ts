import type { Ask } from '../route.ts';
import type { QueryReader } from './query.ts';

/** Where a listing by page numbers stands. */
export interface PageWish {
  readonly limit: number;
  readonly page: number;
}

export function pageWish(read: QueryReader): PageWish {
  return { limit: read.int('limit', 1, 200) ?? 20, page: read.int('page', 1, 1_000_000) ?? 1 };
}

export function slicePage<T>(list: readonly T[], { limit, page }: PageWish): readonly T[] {
  return list.slice((page - 1) * limit, page * limit);
}

/** The request's own address with another page. */
export function pageLink(ask: Ask, page: number): string {
  const url = new URL(`${ask.origin}${ask.url.pathname}${ask.url.search}`);
  url.searchParams.set('page', String(page));
  return url.href;
}
