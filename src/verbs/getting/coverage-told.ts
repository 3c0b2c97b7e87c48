import { wantKey } from '../../archive/posts/coverage.ts';
import type { Coverage } from '../../archive/posts/coverage.ts';
import { formatCount } from '../../base/bytes.ts';
import type { GetOutcome } from './get-wanted.ts';

/** What became of all that a creator has: `seen` = `fetched + held + filtered + refused + failed`. */
interface CoverageTold {
  readonly creator: string;
  readonly of: Coverage['of'];
  readonly announced: number | 'unknown';
  readonly seen: number;
  readonly fetched: number;
  readonly held: number;
  readonly filtered: number;
  readonly refused: number;
  readonly failed: number;
  /** Announced, and not shown by any list that came to its end. */
  readonly unreachable: number | 'unknown';
  /** Whether the site's lists came to their end. */
  readonly complete: boolean;
}

type Fate = 'fetched' | 'held' | 'refused' | 'failed';
/** Of several files of one model the worst counts. */
const WORST: readonly Fate[] = ['failed', 'refused', 'fetched', 'held'];

/** The coverage of each creator, for scripts. */
export function coverageTold(outcome: GetOutcome): CoverageTold[] {
  const fates = fatesOf(outcome);
  return outcome.coverage.map(({ creator, of, announced, seen, filtered, refused, members, complete }) => {
    const sums: Record<Fate, number> = { fetched: 0, held: 0, refused, failed: 0 };
    for (const keys of members) {
      const own = keys.map((key) => fates.get(key) ?? 'failed');
      sums[WORST.find((fate) => own.includes(fate)) ?? 'failed'] += 1;
    }
    // Of a list that broke off nobody knows what it would have shown.
    const unreachable = announced === undefined || !complete ? 'unknown' : Math.max(0, announced - seen);
    return { creator, of, announced: announced ?? 'unknown', seen, ...sums, filtered, unreachable, complete };
  });
}

/** By the key of each want. What is still queued when a run is stopped has failed, so far. */
function fatesOf({ planned, ended, lines }: GetOutcome): Map<string, Fate> {
  const fates = new Map<string, Fate>();
  for (const { want, step } of planned) {
    const open: Fate = lines === undefined ? 'failed' : step === 'share' ? 'held' : 'fetched';
    fates.set(wantKey(want), step === 'held' ? 'held' : step === 'leave' ? 'refused' : open);
  }
  for (const { row, end } of ended) fates.set(wantKey(row), end.state === 'done' ? end.how : end.state);
  return fates;
}

/** The same for people, a line each. */
export function coverageLines(outcome: GetOutcome): string[] {
  return coverageTold(outcome).map((one) => {
    const parts = [
      `${formatCount(one.seen)} seen of ${one.announced === 'unknown' ? 'an unknown number' : formatCount(one.announced)}`,
      `${formatCount(one.held + one.fetched)} ${outcome.lines === undefined ? 'here' : 'would be here'}`,
      ...(['filtered', 'refused', 'failed'] as const).flatMap((key) =>
        one[key] > 0 ? [`${formatCount(one[key])} ${key === 'filtered' ? 'not asked for' : key}`] : [],
      ),
      ...(one.unreachable !== 'unknown' && one.unreachable > 0
        ? [`${formatCount(one.unreachable)} that no list shows`]
        : []),
      ...(one.complete ? [] : ['the list did not come to its end']),
    ];
    return `${one.creator.slice(0, 60)}, ${one.of}: ${parts.join(', ')}`;
  });
}
