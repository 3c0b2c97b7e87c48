import { InterruptedError, IntegrityError, LibraryError, SourceError } from '../../base/errors.ts';
import type { AppError } from '../../base/errors.ts';
import { faultPoint } from '../../base/fault-point.ts';
import { inPool } from '../../base/pool.ts';
import { countTry, endTransfer, transfersOf } from '../../catalog/transfer.ts';
import type { Transfer, TransferEnd } from '../../catalog/transfer.ts';
import { DownloadRefusal } from '../../civitai/download-refusal.ts';
import { isHostGone } from '../../net/failure.ts';
import { groupBy } from '../../catalog/upsert.ts';
import { fetchTransfer } from './fetch-transfer.ts';
import type { FetchOptions } from './fetch-transfer.ts';
import type { Placed } from './true-name.ts';
import { takeIn } from './take-in.ts';
import { withLease } from './with-lease.ts';

export interface QueueOptions extends Omit<FetchOptions, 'onBytes' | 'bounds'> {
  readonly boundsOf: (row: Transfer) => FetchOptions['bounds'];
  /** Files under way at once. */
  readonly atOnce: number;
  readonly onBytes: (row: Transfer, bytes: number) => void;
  readonly onWait: (row: Transfer) => void;
  /** Told of each file as it ends. */
  readonly onEnd: (row: Transfer, end: TransferEnd) => void;
}

/** How one transfer of the queue ended in this run. */
export interface Ended {
  readonly row: Transfer;
  readonly end: TransferEnd;
  /** Bytes that crossed the wire for it now. */
  readonly fetched: number;
}

export interface QueueOutcome {
  readonly ended: readonly Ended[];
  /** What ended the whole: the site is out of reach, or the disk is full. What is not in `ended` is still queued. */
  readonly stopped: SourceError | LibraryError | undefined;
}

/** Brings the files of the queue, several at once, each under a lease. What is done is on record before the next begins. */
export async function runQueue(rows: readonly Transfer[], options: QueueOptions): Promise<QueueOutcome> {
  const ended: Ended[] = [];
  let stopped: QueueOutcome['stopped'];
  // Files with the same bytes one after the other: what the first brings, the others share.
  const groups = groupBy(rows, leaseName);
  await inPool(groups.values(), options.atOnce, async (group) => {
    for (const row of group) {
      if (options.signal.aborted) throw new InterruptedError();
      if (stopped !== undefined) return;
      try {
        ended.push(await bringOne(row, options));
      } catch (error) {
        if (options.signal.aborted) throw new InterruptedError();
        const isFull = error instanceof LibraryError && error.code === 'disk-full';
        if (!isHostGone(error) && !isFull) throw error;
        stopped ??= error;
      }
    }
  });
  return { ended, stopped };
}

/** By what it is, not by where it goes: of two runs that want it in two places one fetches, the other shares. */
function leaseName(row: Transfer): string {
  return `transfer:${row.sha256 ?? `${row.kind}:${row.subject}`}`;
}

async function bringOne(row: Transfer, options: QueueOptions): Promise<Ended> {
  const { catalog, hostId, clock } = options;
  const leasing = { catalog, hostId, clock, signal: options.signal, onWait: () => options.onWait(row) };
  return await withLease(leaseName(row), leasing, async (signal) => {
    const [fresh = row] = await transfersOf(catalog.db, hostId, { ids: [row.id] });
    let fetched = 0;
    const end = await endOf(fresh, {
      ...options,
      signal,
      bounds: options.boundsOf(row),
      onBytes(bytes, from) {
        if (from === 'wire') fetched += bytes;
        options.onBytes(row, bytes);
      },
    });
    if (end.state === 'done') await takeIn(catalog, fresh, end, clock.now());
    else await endTransfer(catalog, fresh.id, end, clock.now());
    faultPoint('transfer.recorded');
    options.onEnd(fresh, end);
    return { row: fresh, end, fetched };
  });
}

async function endOf(row: Transfer, options: FetchOptions): Promise<TransferEnd> {
  try {
    await countTry(options.catalog, row.id);
    return await fetchTransfer(row, options);
  } catch (error) {
    if (options.signal.aborted) throw new InterruptedError();
    if (!isOfThisOne(error)) throw error;
    return endOfError(error);
  }
}

/** True for what says nothing of the other files. */
function isOfThisOne(error: unknown): error is AppError {
  if (isHostGone(error)) return false;
  if (error instanceof LibraryError) return error.code !== 'disk-full';
  return error instanceof SourceError || error instanceof IntegrityError;
}

/** The site's decision is a refusal; all else is a failure that another run may mend. */
function endOfError(error: AppError): Exclude<TransferEnd, Placed> {
  return {
    state: error instanceof DownloadRefusal || REFUSALS.has(error.code) ? 'refused' : 'failed',
    reason: error.code,
    why: error.message,
    next: error.next,
    retryAt: error instanceof DownloadRefusal ? error.retryAt : undefined,
  };
}

/** Decisions of the site that are met on the way to a file. */
const REFUSALS = new Set(['login-required', 'legally-blocked']);
