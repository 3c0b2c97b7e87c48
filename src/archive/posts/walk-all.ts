import { SourceError } from '../../base/errors.ts';
import type { WalkedPage, WalkEnd } from '../../civitai/paging.ts';
import type { Item } from '../../civitai/shapes/types.ts';
import { isHostGone } from '../../net/failure.ts';
import type { Unwanted } from '../download/want.ts';

/** All that a listing showed, and whether its end was the end. */
export interface Walked<T> {
  readonly items: readonly Item<T>[];
  readonly end: WalkEnd | SourceError;
}

/**
 * Walks a listing to its end; each thing is given once. An error in the middle ends the walk and is told in `end`: a part
 * of a list is never taken for the whole. A page on which nothing `isOwn` ends it too: the site dropped the question's filter
 * and would show everything there is. Throws an error of the first page, and one that ends the whole run.
 */
export async function walkAll<T extends { readonly id: number | undefined }>(
  pages: AsyncGenerator<WalkedPage<Item<T>>, WalkEnd>,
  isOwn: (value: T) => boolean,
): Promise<Walked<T>> {
  const found = new Map<number | string, Item<T>>();
  for (let count = 0; ; count += 1) {
    try {
      const page = await pages.next();
      if (page.done === true) return { items: [...found.values()], end: page.value };
      const { items } = page.value;
      const own = items.filter(({ value }) => isOwn(value));
      if (items.length > 0 && own.length === 0) return { items: [...found.values()], end: 'leads-away' };
      for (const item of own) {
        const key = item.value.id ?? item.raw;
        if (!found.has(key)) found.set(key, item);
      }
    } catch (error) {
      const isGone: boolean = isHostGone(error);
      if (count === 0 || isGone || !(error instanceof SourceError)) throw error;
      return { items: [...found.values()], end: error };
    }
  }
}

/** What to tell of a walk that did not come to its end; `undefined` of one that did. */
export function brokenOff(what: string, end: Walked<unknown>['end']): Unwanted | undefined {
  if (end === 'complete') return undefined;
  const why =
    end === 'leads-away'
      ? 'it went on to things of others'
      : typeof end === 'string'
        ? `it went in circles (${end})`
        : `it broke off: ${end.message}`;
  return {
    what,
    state: 'failed',
    code: 'listing-broken',
    why: `The site's list of it did not come to its end, ${why}. What it showed was taken.`,
    next: 'Run the same command again later: what is held is not fetched again.',
  };
}
