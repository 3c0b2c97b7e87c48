import { SourceError } from '../../base/errors.ts';
import type { WalkedPage, WalkEnd } from '../../civitai/paging.ts';
import type { Item } from '../../civitai/shapes/types.ts';
import { isHostGone } from '../../net/failure.ts';
import type { Unwanted } from '../download/want.ts';

/** All that a listing showed, and whether its end was the end. `enough`: a page proved that the rest is known. */
export interface Walked<T> {
  readonly items: readonly Item<T>[];
  readonly end: WalkEnd | 'enough' | SourceError;
}

export interface WalkWishes<T> {
  /** Handed what each page showed for the first time, before the next page is asked for. */
  readonly onFresh?: (fresh: readonly Item<T>[]) => Promise<void>;
  /** What is kept of each thing until the end; all of it when absent. */
  readonly slim?: (item: Item<T>) => Item<T>;
  /** True when a page (what of it is own) proves that nothing behind it is new. */
  readonly isEnough?: (own: readonly T[]) => boolean;
}

/**
 * Walks a listing to its end; each thing is given once. An error in the middle ends the walk and is told in `end`: a part
 * of a list is never taken for the whole. A page on which nothing `isOwn` ends it too: the site dropped the question's filter
 * and would show everything there is. Throws an error of the first page, and one that ends the whole run.
 */
export async function walkAll<T extends { readonly id: number | undefined }>(
  pages: AsyncGenerator<WalkedPage<Item<T>>, WalkEnd>,
  isOwn: (value: T) => boolean,
  wishes: WalkWishes<T> = {},
): Promise<Walked<T>> {
  const { slim = (item) => item, onFresh, isEnough } = wishes;
  const found = new Map<number | string, Item<T>>();
  const ended = (end: Walked<T>['end']): Walked<T> => ({ items: [...found.values()], end });
  for (let count = 0; ; count += 1) {
    const page = await nextOf(pages, count === 0);
    if (page instanceof SourceError) return ended(page);
    if (page.done === true) return ended(page.value);
    const { items, next } = page.value;
    const own = items.filter(({ value }) => isOwn(value));
    if (items.length > 0 && own.length === 0) return ended('leads-away');
    const fresh = new Map(own.map((item) => [keyOf(item), item]));
    for (const key of fresh.keys()) if (found.has(key)) fresh.delete(key);
    for (const [key, item] of fresh) found.set(key, slim(item));
    await onFresh?.([...fresh.values()]);
    if (next !== undefined && own.length > 0 && isEnough?.(own.map(({ value }) => value)) === true)
      return ended('enough');
  }
}

function keyOf<T extends { readonly id: number | undefined }>({ value, raw }: Item<T>): number | string {
  return value.id ?? raw;
}

async function nextOf<T>(
  pages: AsyncGenerator<WalkedPage<Item<T>>, WalkEnd>,
  isFirst: boolean,
): Promise<IteratorResult<WalkedPage<Item<T>>, WalkEnd> | SourceError> {
  try {
    return await pages.next();
  } catch (error) {
    const isGone: boolean = isHostGone(error);
    if (isFirst || isGone || !(error instanceof SourceError)) throw error;
    return error;
  }
}

/** True when nothing is missing of what the walk was for. */
export function isWalkedOut({ end }: Pick<Walked<unknown>, 'end'>): boolean {
  return end === 'complete' || end === 'enough';
}

/** What to tell of a walk that did not come to its end; `undefined` of one that did. */
export function brokenOff(what: string, end: Walked<unknown>['end']): Unwanted | undefined {
  if (end === 'complete' || end === 'enough') return undefined;
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
