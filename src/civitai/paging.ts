import { isRecord, parseJson } from '../base/json.ts';

/** One page of a walk. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Asks for the page behind this one; `undefined` at the end. Opaque. */
  readonly next: string | undefined;
  /** True when the answer's next link left its origin, and so was not taken. */
  readonly leadsAway?: boolean;
}

/** A page as a walk gives it: with the cursor it was asked by, so that a walk can be taken up again there. */
export interface WalkedPage<T> {
  readonly items: readonly T[];
  readonly cursor: string | undefined;
  readonly next: string | undefined;
}

/** Why a walk ended; only `complete` means that the site said so. */
export type WalkEnd = 'complete' | 'repeated-cursor' | 'nothing-new' | 'too-many-pages' | 'leads-away';

export interface WalkOptions<T> {
  /** Where to begin; the first page when absent. */
  readonly cursor?: string;
  /** What makes an item the same as another; `undefined` items count as new. */
  readonly idOf: (item: T) => number | string | undefined;
  /** Pages at most; 100,000. */
  readonly mostPages?: number;
  /** Pages in a row that bring nothing new, empty ones not counted; 5. */
  readonly mostStale?: number;
}

const MOST_PAGES = 100_000;
const MOST_STALE = 5;
/** Empty pages with a cursor go on, but not for ever. */
const MOST_EMPTY = 50;
/** Ids remembered to notice repetition: more than any loop seen, small enough for a million images. */
const MOST_IDS = 50_000;

/**
 * Follows cursors to the end. The page that shows a loop (a cursor met before, or pages without a new id) is still
 * given. Returns why it ended; throws what `ask` throws.
 */
export async function* walkPages<T>(
  ask: (cursor: string | undefined) => Promise<Page<T>>,
  options: WalkOptions<T>,
): AsyncGenerator<WalkedPage<T>, WalkEnd> {
  const cursors = new Set<string | undefined>();
  const ids = new Set<number | string>();
  const mostPages = options.mostPages ?? MOST_PAGES;
  let { cursor } = options;
  let stale = 0;
  let empty = 0;
  for (let pages = 0; pages < mostPages; pages += 1) {
    cursors.add(cursor);
    const page = await ask(cursor);
    const fresh = noteIds(page.items, ids, options.idOf);
    yield { items: page.items, cursor, next: page.next };
    if (page.leadsAway === true) return 'leads-away';
    if (page.next === undefined) return 'complete';
    if (cursors.has(page.next)) return 'repeated-cursor';
    empty = page.items.length === 0 ? empty + 1 : 0;
    stale = fresh > 0 ? 0 : stale + (page.items.length > 0 ? 1 : 0);
    if (stale >= (options.mostStale ?? MOST_STALE) || empty >= MOST_EMPTY) return 'nothing-new';
    cursor = page.next;
  }
  return 'too-many-pages';
}

/** Notes the ids of a page, forgetting the oldest; how many were new. */
function noteIds<T>(items: readonly T[], ids: Set<number | string>, idOf: WalkOptions<T>['idOf']): number {
  let fresh = 0;
  for (const item of items) {
    const id = idOf(item);
    if (id !== undefined && ids.has(id)) continue;
    fresh += 1;
    if (id !== undefined) ids.add(id);
  }
  for (const oldest of ids) {
    if (ids.size <= MOST_IDS) break;
    ids.delete(oldest);
  }
  return fresh;
}

/** Longer cursors are nonsense or an attack. */
const LONGEST_CURSOR = 2000;

/**
 * The cursor an answer's `metadata` (its JSON text) names: `nextCursor`, else that of `nextPage`, of which nothing but the
 * cursor is ever used, and only when it stays on `origin`.
 */
export function readNext(
  metadata: string | undefined,
  origin: string,
): Pick<Page<unknown>, 'next' | 'leadsAway'> {
  const value = metadata === undefined ? undefined : parseJson(metadata);
  if (!isRecord(value)) return { next: undefined };
  const { nextCursor, nextPage } = value;
  const cursor = typeof nextCursor === 'number' ? String(nextCursor) : nextCursor;
  if (typeof cursor === 'string' && cursor !== '' && cursor.length <= LONGEST_CURSOR) return { next: cursor };
  if (typeof nextPage !== 'string' || !URL.canParse(nextPage, origin)) return { next: undefined };
  const link = new URL(nextPage, origin);
  if (link.origin !== origin) return { next: undefined, leadsAway: true };
  const inLink = link.searchParams.get('cursor') ?? '';
  return { next: inLink === '' || inLink.length > LONGEST_CURSOR ? undefined : inLink };
}
