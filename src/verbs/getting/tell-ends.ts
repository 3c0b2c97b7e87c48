import { basename } from 'node:path';
import { formatBytes, formatCount } from '../../base/bytes.ts';
import { formatSpan } from '../../base/dates.ts';
import type { Transfer, TransferEnd } from '../../catalog/transfer.ts';
import { listedPath } from '../summary.ts';

/** Tells how files ended, one by one while they are few. */
export interface EndTeller {
  ended(row: Transfer, end: TransferEnd, tookMs: number): void;
  /** Tells what was only counted. */
  close(): void;
}

/** Of more files than these only the ones that did not come get a line. */
const MOST_TOLD = 40;
/** Of more failures than these the rest is counted. */
const MOST_FAILURES = 10;

/** Makes one for so many files; `note` prints a line. */
export function tellEnds(files: number, note: (line: string) => void): EndTeller {
  let failures = 0;
  return {
    ended(row, end, tookMs) {
      if (end.state !== 'done') failures += 1;
      const isTold = files <= MOST_TOLD || (end.state !== 'done' && failures <= MOST_FAILURES);
      if (isTold) note(endLine(row, end, tookMs));
    },
    close() {
      const more = failures - MOST_FAILURES;
      if (files > MOST_TOLD && more > 0) note(`  and ${formatCount(more)} more that did not come`);
    },
  };
}

/** The name of a file as it is told. */
export function nameOf(row: Transfer): string {
  return listedPath(basename(row.path));
}

function endLine(row: Transfer, end: TransferEnd, tookMs: number): string {
  const name = end.state === 'done' ? listedPath(basename(end.path)) : nameOf(row);
  if (end.state !== 'done') return `  ${end.state.padEnd(8)} ${name}  ${end.why}`;
  const proof = end.verified ? 'SHA-256 right' : row.kind === 'file' ? 'no SHA-256 promised' : 'whole';
  return end.how === 'held'
    ? `  held     ${name}  ${formatBytes(end.size)}, from this machine`
    : `  fetched  ${name}  ${formatBytes(end.size)} in ${formatSpan(tookMs)}, ${proof}`;
}
