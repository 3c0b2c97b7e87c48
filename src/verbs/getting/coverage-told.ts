import type { PlannedWant } from '../../archive/download/plan-transfers.ts';
import type { Ended } from '../../archive/download/run-queue.ts';
import { wantKey } from '../../archive/posts/coverage.ts';
import type { Coverage } from '../../archive/posts/coverage.ts';
import { formatCount } from '../../base/bytes.ts';

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
  /** Why things were refused or failed: codes, and how often. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Announced, and not shown by any list that came to its end. */
  readonly unreachable: number | 'unknown';
  /** `whole`, `new` (all that is new since the last whole walk) or `broken`. */
  readonly walk: Coverage['walk'];
  /** Whether all that the site's lists show is known: by this walk, or by the last whole one and what is new since. */
  readonly complete: boolean;
  /** When the lists were last walked from end to end; ISO text. */
  readonly whole_at: string | null;
}

/** What of a run tells the coverage. */
export interface CoverageOutcome {
  readonly coverage: readonly Coverage[];
  readonly planned: readonly PlannedWant[];
  readonly ended: readonly Ended[];
  /** The plan, under `--dry-run`. */
  readonly lines: readonly string[] | undefined;
}

type Fate = 'fetched' | 'held' | 'refused' | 'failed';
/** Of several files of one model the worst counts. */
const WORST: readonly Fate[] = ['failed', 'refused', 'fetched', 'held'];

interface Ending {
  readonly fate: Fate;
  /** Why it did not come. */
  readonly code: string | undefined;
}

/** The coverage of each creator, for scripts. */
export function coverageTold(outcome: CoverageOutcome): CoverageTold[] {
  const endings = endingsOf(outcome);
  return outcome.coverage.map((one) => {
    const { creator, of, announced, seen, filtered, refused, members, walk, wholeAt } = one;
    const sums: Record<Fate, number> = { fetched: 0, held: 0, refused: refused.length, failed: 0 };
    const reasons: Record<string, number> = {};
    const count = (code: string): void => {
      reasons[code] = (reasons[code] ?? 0) + 1;
    };
    refused.forEach(count);
    for (const keys of members) {
      const own = keys.map((key) => endings.get(key) ?? NOT_ENDED);
      const worst =
        WORST.map((fate) => own.find((ending) => ending.fate === fate)).find(isThere) ?? NOT_ENDED;
      sums[worst.fate] += 1;
      if (worst.code !== undefined) count(worst.code);
    }
    const complete = walk !== 'broken';
    // Of a list that broke off nobody knows what it would have shown.
    const unreachable = announced === undefined || !complete ? 'unknown' : Math.max(0, announced - seen);
    const whole_at = wholeAt === undefined ? null : new Date(wholeAt).toISOString();
    const told = { creator, of, announced: announced ?? 'unknown', seen, ...sums, filtered } as const;
    return { ...told, reasons, unreachable, walk, complete, whole_at };
  });
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/** Of a run that was stopped. */
const NOT_ENDED: Ending = { fate: 'failed', code: 'not-reached' };

/** By the key of each want. What is still queued when a run is stopped has failed, so far. */
function endingsOf({ planned, ended, lines }: CoverageOutcome): Map<string, Ending> {
  const endings = new Map<string, Ending>();
  const plain = (fate: Fate): Ending => ({ fate, code: undefined });
  for (const { want, step, row } of planned) {
    const open = lines === undefined ? NOT_ENDED : plain(step === 'share' ? 'held' : 'fetched');
    const left: Ending = { fate: 'refused', code: row?.reason ?? 'refused' };
    endings.set(wantKey(want), step === 'held' ? plain('held') : step === 'leave' ? left : open);
  }
  for (const { row, end } of ended)
    endings.set(wantKey(row), end.state === 'done' ? plain(end.how) : { fate: end.state, code: end.reason });
  return endings;
}

/** The same for people, a line each. */
export function coverageLines(outcome: CoverageOutcome): string[] {
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
      ...walkTold(one),
    ];
    return `${one.creator.slice(0, 60)}, ${one.of}: ${parts.join(', ')}`;
  });
}

function walkTold({ walk, whole_at }: CoverageTold): string[] {
  if (walk === 'broken') return ['the list did not come to its end'];
  return walk === 'new' ? [`only what is new since ${whole_at?.slice(0, 10)} was looked for`] : [];
}
