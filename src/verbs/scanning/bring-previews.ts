import type { RootId } from '../../base/ids.ts';
import type { SourceError } from '../../base/errors.ts';
import { fetchPreviews } from '../../archive/fetch-previews.ts';
import type { PreviewStep } from '../../archive/plan-previews.ts';
import type { StockFile } from '../../archive/take-stock.ts';
import type { Bounds } from '../../library/inside.ts';
import type { Catalog } from '../../catalog/open.ts';
import type { Deps } from '../deps.ts';
import type { Failure } from '../verb.ts';
import type { LibraryJob, RootJob } from './library-job.ts';
import { wantedPreviews } from './wanted-previews.ts';

export interface BroughtPreviews {
  readonly fetched: number;
  readonly bytes: number;
  readonly held: number;
  /** Files that got a preview. */
  readonly touched: ReadonlySet<number>;
  readonly failures: readonly Failure[];
  readonly stopped: SourceError | undefined;
}

/** Fetches the previews that are missing in some roots; what another file already holds is copied. */
export async function bringPreviews(
  deps: Deps,
  catalog: Catalog,
  jobs: readonly RootJob[],
  job: LibraryJob,
): Promise<BroughtPreviews> {
  const files = new Map(
    jobs.flatMap((root) => root.meant.map((file) => [Number(file.fileId), { file, job: root }] as const)),
  );
  const { steps, copies, held } = await wantedPreviews(deps, catalog, jobs, job.request.images);
  if (steps.length === 0 || !job.online)
    return { fetched: 0, bytes: 0, held, touched: new Set(), failures: [], stopped: undefined };
  const phase = deps.progress.phase('Previews', steps.length, 'images');
  const net = await deps.net();
  const result = await fetchPreviews(steps, {
    catalog,
    send: net.send,
    concurrency: deps.settings.mediaConcurrency,
    now: () => deps.clock.now(),
    signal: deps.signal,
    phase,
    copies,
    placeOf: (step) => placeOf(step, files),
  });
  phase.end();
  const failures = result.failures.map(({ url, code, why, next }) => ({ what: url, code, why, next }));
  return {
    fetched: result.fetched,
    bytes: result.bytes,
    held: held + result.fetched,
    touched: new Set(steps.map((step) => step.fileId)),
    failures,
    stopped: result.stopped,
  };
}

function placeOf(
  step: PreviewStep,
  files: ReadonlyMap<number, { file: StockFile; job: RootJob }>,
): { folder: string; name: string; bounds: Bounds; rootId: RootId } {
  const found = files.get(step.fileId);
  if (found === undefined) throw new Error(`No library file ${step.fileId} for a preview.`);
  const { file, job } = found;
  return { ...job.naming.preview(file, step.slot), bounds: job.bounds, rootId: file.rootId };
}
