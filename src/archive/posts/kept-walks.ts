import { faultPoint } from '../../base/fault-point.ts';
import { keptWalk, recordWalk } from '../../catalog/coverage.ts';
import type { KeptWalk, WalkKey, WalkRecord } from '../../catalog/coverage.ts';
import type { ResolveOptions } from '../download/resolver.ts';

const DAY_MS = 86_400_000;

/** What a short walk can't see (things that turned up late under an old date, things that went) waits no longer than this. */
const WHOLE_AGAIN_MS = 30 * DAY_MS;

/** Lists are known to be late: so much of what is known must be met again before the rest counts as known. */
const OVERLAP_MS = DAY_MS;

/** The walks of a creator that a new one may build upon; `undefined` when it has to be a whole one. */
export async function walkToBuildOn(
  key: WalkKey,
  { catalog, walksWhole, clock }: ResolveOptions,
): Promise<KeptWalk | undefined> {
  if (walksWhole) return undefined;
  const kept = await keptWalk(catalog.db, key);
  return kept === undefined || clock.now() - kept.wholeAt > WHOLE_AGAIN_MS ? undefined : kept;
}

/** Something of a list that has the newest first. */
export interface Dated {
  readonly id: number | undefined;
  /** By which the list sorts, epoch ms. */
  readonly at: number | undefined;
}

/**
 * True when a page of a list, newest first, proves that all behind it is known: everything on it up to the mark is known,
 * and it goes back far enough behind the mark. One known thing proves nothing, it may have come into the list late.
 */
export function reachesKnown(page: readonly Dated[], { members, markAt }: KeptWalk): boolean {
  if (markAt === undefined) return false;
  const oldest = page.at(-1)?.at;
  if (oldest === undefined || oldest > markAt - OVERLAP_MS) return false;
  return page.every(
    ({ id, at }) => at !== undefined && (at > markAt || (id !== undefined && members.has(id))),
  );
}

/** The latest of some times. */
export function latest(times: Iterable<number | undefined>): number | undefined {
  let last: number | undefined;
  for (const time of times) if (time !== undefined && (last === undefined || time > last)) last = time;
  return last;
}

/** Keeps what a walk showed, unless nothing is to be written. */
export async function keepWalk(
  key: WalkKey,
  walk: WalkRecord,
  at: number,
  { keepIn }: ResolveOptions,
): Promise<void> {
  if (keepIn === undefined) return;
  await recordWalk(keepIn, key, walk, at);
  faultPoint('coverage.walked');
}
