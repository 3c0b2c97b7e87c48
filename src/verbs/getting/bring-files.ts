import { formatBytes } from '../../base/bytes.ts';
import { runQueue } from '../../archive/download/run-queue.ts';
import type { QueueOutcome } from '../../archive/download/run-queue.ts';
import type { Catalog } from '../../catalog/open.ts';
import type { Transfer, TransferEnd } from '../../catalog/transfer.ts';
import { boundsOf } from '../../library/inside.ts';
import { openThrottle } from '../../net/throttle.ts';
import type { Deps } from '../deps.ts';
import type { GetRequest } from './get-request.ts';
import { nameOf, tellEnds } from './tell-ends.ts';

/** How often it is told how far each file has come. */
const TELL_MS = 100;

/** Brings what is queued, and tells of each file as it ends and of all of them while they come. */
export async function bringFiles(
  deps: Deps,
  catalog: Catalog,
  rows: readonly Transfer[],
  { atOnce, limitRate, downloader }: GetRequest,
  onEnd?: (row: Transfer, end: TransferEnd) => void,
): Promise<QueueOutcome> {
  if (rows.length === 0) return { ended: [], stopped: undefined };
  const { clock, signal, progress } = deps;
  // Of pictures nobody says how large they are: then the files are counted.
  const isSized = rows.every((row) => row.size !== null);
  const total = rows.reduce((sum, row) => sum + (row.size ?? 0), 0);
  const phase = isSized
    ? progress.phase('Fetching', total, 'bytes')
    : progress.phase('Fetching', rows.length, 'files');
  const ends = tellEnds(rows.length, (line) => progress.note(line));
  const net = await deps.net();
  const begun = new Map<number, number>();
  let toldAt = 0;
  const underWay = new Map<number, { readonly row: Transfer; bytes: number }>();
  const bounds = new Map(rows.map(({ output }) => [output, boundsOf(output)]));
  try {
    return await runQueue(rows, {
      catalog,
      hostId: await deps.hostId(),
      send: net.send,
      hasKey: deps.settings.key !== undefined,
      clock,
      signal,
      atOnce,
      downloader,
      throttle: limitRate === undefined ? undefined : openThrottle(limitRate, clock, signal),
      boundsOf: ({ output }) => bounds.get(output) ?? boundsOf(output),
      onBytes(row, bytes) {
        if (!begun.has(row.id)) begun.set(row.id, clock.now());
        const one = underWay.get(row.id) ?? { row, bytes: 0 };
        one.bytes += bytes;
        underWay.set(row.id, one);
        if (clock.now() - toldAt >= TELL_MS) {
          toldAt = clock.now();
          phase.about?.([...underWay.values()].map(partOf));
        }
        if (isSized) phase.advance(bytes);
      },
      onWait: (row) => progress.note(`Another run is fetching ${nameOf(row)}; waiting for its end.`),
      onEnd(row, end) {
        underWay.delete(row.id);
        if (!isSized) phase.advance(1);
        onEnd?.(row, end);
        ends.ended(row, end, clock.now() - (begun.get(row.id) ?? clock.now()));
        begun.delete(row.id);
      },
    });
  } finally {
    phase.end();
    ends.close();
  }
}

/** A file and how much of it is there. */
function partOf({ row, bytes }: { readonly row: Transfer; readonly bytes: number }): string {
  const share =
    row.size === null || row.size === 0 ? formatBytes(bytes) : `${Math.floor((100 * bytes) / row.size)} %`;
  return `${nameOf(row)} ${share}`;
}
