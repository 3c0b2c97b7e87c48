import { basename } from 'node:path';
import { formatBytes, formatCount } from '../../base/bytes.ts';
import { freeBytes, RESERVE } from '../../archive/download/disk-room.ts';
import type { PlannedWant } from '../../archive/download/plan-transfers.ts';
import type { Unwanted } from '../../archive/download/want.ts';
import { homePath, listedPath, summaryRows } from '../summary.ts';

/** What each step of the plan says of a file. */
const STEPS: Readonly<Record<PlannedWant['step'], string>> = {
  fetch: 'fetch',
  held: 'held',
  share: 'held elsewhere',
  leave: 'refused',
};

/** More than these are counted, not listed. */
const MOST_LISTED = 40;

/** The plan for people: what is wanted, what is held, what it comes to, and what room there is. */
export function planLines(
  planned: readonly PlannedWant[],
  unwanted: readonly Unwanted[],
  output: string,
): string[] {
  const lines = planned.slice(0, MOST_LISTED).map(({ want, step, path }) => {
    const size = want.size === undefined ? 'size unknown' : formatBytes(want.size);
    return `  ${STEPS[step].padEnd(14)}  ${size.padStart(12)}  ${listedPath(basename(path))}`;
  });
  if (planned.length > MOST_LISTED) lines.push(`  and ${formatCount(planned.length - MOST_LISTED)} more`);
  const { bytes, unknown } = bytesToFetch(planned);
  const free = freeBytes(output);
  const count = (...steps: readonly PlannedWant['step'][]): string =>
    formatCount(planned.filter(({ step }) => steps.includes(step)).length);
  const sums = [
    `${formatCount(planned.length + unwanted.length)} wanted`,
    `${count('held', 'share')} held`,
    `${count('fetch')} to fetch (${formatBytes(bytes)}${unknown > 0 ? ' and more' : ''})`,
    ...(free === undefined ? [] : [`${formatBytes(free)} free in ${homePath(output)}`]),
  ];
  const isTight = free !== undefined && free < bytes + RESERVE;
  return [...lines, ...summaryRows([sums]), ...(isTight ? ['There is not room enough for all of it.'] : [])];
}

/** Bytes that have to come, those of kept parts apart. */
export function bytesToFetch(planned: readonly PlannedWant[]): { bytes: number; unknown: number } {
  const open = planned.filter(({ step }) => step === 'fetch');
  return {
    bytes: open.reduce((sum, { want, kept }) => sum + Math.max(0, (want.size ?? 0) - kept), 0),
    unknown: open.filter(({ want }) => want.size === undefined).length,
  };
}
