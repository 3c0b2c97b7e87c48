import type { SubjectState } from './schema.ts';

/** What a look at the site showed: there, not there, or no answer worth the name. */
export type Answer = 'found' | 'absent' | 'unanswered';

/** What the site told us of a subject so far; times epoch ms. */
export interface Standing {
  readonly state: SubjectState;
  readonly since_at: number;
  readonly checked_at: number | null;
  readonly missed_at: number | null;
  readonly next_check_at: number;
}

export interface StateAges {
  /** After how long to ask again for what the site does not have. */
  readonly missingMs: number;
  /** How far apart the two looks must be that make a found subject a removed one. */
  readonly confirmMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Ninety minutes: the site's caches may hold a wrong "no" for an hour. */
export const DEFAULT_AGES: StateAges = { missingMs: 7 * DAY_MS, confirmMs: 90 * MINUTE_MS };

/** A time that no clock reaches: the largest that a Date holds. */
export const NEVER = 8_640_000_000_000_000;

/**
 * Where a subject stands after a look. What was found stays found until two looks far enough apart miss it, then it is
 * removed, never merely missing; no answer changes nothing that is known.
 */
export function standingAfter(
  before: Standing | undefined,
  answer: Answer,
  at: number,
  ages: StateAges = DEFAULT_AGES,
): Standing {
  if (answer === 'unanswered') return before ?? unchecked(at);
  if (answer === 'found') return looked(before, 'found', at, NEVER, null);
  if (before?.state === 'found') return missedAgain(before, at, ages);
  const state = before?.state === 'removed' ? 'removed' : 'missing';
  return looked(before, state, at, at + ages.missingMs, before?.missed_at ?? null);
}

function unchecked(at: number): Standing {
  return { state: 'unchecked', since_at: at, checked_at: null, missed_at: null, next_check_at: at };
}

function missedAgain(before: Standing, at: number, ages: StateAges): Standing {
  const missedAt = before.missed_at ?? at;
  if (at - missedAt > ages.confirmMs) return looked(before, 'removed', at, at + ages.missingMs, missedAt);
  return looked(before, 'found', at, missedAt + ages.confirmMs + MINUTE_MS, missedAt);
}

function looked(
  before: Standing | undefined,
  state: SubjectState,
  at: number,
  nextCheckAt: number,
  missedAt: number | null,
): Standing {
  const since = before?.state === state ? before.since_at : at;
  return { state, since_at: since, checked_at: at, missed_at: missedAt, next_check_at: nextCheckAt };
}
