import type { RootId } from '../../base/ids.ts';
import type { SourceError } from '../../base/errors.ts';
import { chunks } from '../../base/pool.ts';
import { fetchPreviews } from '../../archive/fetch-previews.ts';
import { planPreviews } from '../../archive/plan-previews.ts';
import type { PreviewImage, PreviewStep, PreviewSubject } from '../../archive/plan-previews.ts';
import type { StockFile } from '../../archive/take-stock.ts';
import type { Bounds } from '../../library/inside.ts';
import { isMediaHost } from '../../civitai/media.ts';
import type { Catalog } from '../../catalog/open.ts';
import { statesOf } from '../../catalog/state.ts';
import type { Deps } from '../deps.ts';
import type { Failure } from '../verb.ts';
import { heldPreviews, namesBeside } from './held-previews.ts';
import type { LibraryJob, RootJob } from './library-job.ts';

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
  const files = new Map<number, { file: StockFile; job: RootJob }>();
  const subjects: PreviewSubject[] = [];
  const copies = new Map<number, string>();
  let held = 0;
  for (const root of jobs) {
    const found = heldPreviews(
      root.files,
      root.outputs,
      root.exists,
      namesBeside(root.walked.walk, root.walked.target.root, root.naming),
      root.naming,
    );
    for (const [imageId, path] of found.copies) copies.set(imageId, path);
    for (const slots of found.slots.values())
      held += [...slots.values()].filter((imageId) => imageId !== undefined).length;
    for (const file of root.files) files.set(file.fileId, { file, job: root });
    if (job.request.images === 'none') continue;
    for (const batch of chunks(needing(root, found.slots, job), 500)) {
      const images = await imagesOf(
        catalog,
        batch.map((file) => file.fileId),
        job.request.images === 'first' ? FIRST_OF : undefined,
      );
      for (const file of batch)
        subjects.push({
          fileId: file.fileId,
          images: images.get(file.fileId) ?? [],
          held: found.slots.get(file.fileId) ?? new Map(),
        });
    }
  }
  const planned = planPreviews(subjects, job.request.images, deps.settings.browsingLevel).filter((step) =>
    isMediaHost(step.image.url, deps.settings.apiUrl),
  );
  const steps = await askable(catalog, planned, deps.clock.now());
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

/** Enough of a version's images to find the first that may be shown. */
const FIRST_OF = 20;

/** Files that could want a preview: with `first`, those that have one are done. */
function needing(
  root: RootJob,
  slots: ReadonlyMap<number, ReadonlyMap<number, number | undefined>>,
  job: LibraryJob,
): StockFile[] {
  return root.files.filter((file) => job.request.images !== 'first' || !slots.get(file.fileId)?.has(1));
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

async function imagesOf(
  catalog: Catalog,
  fileIds: readonly number[],
  most: number | undefined,
): Promise<Map<number, PreviewImage[]>> {
  let query = catalog.db
    .selectFrom('choice')
    .innerJoin('image_use', 'image_use.version_id', 'choice.version_id')
    .innerJoin('image', 'image.id', 'image_use.image_id')
    .select(['choice.file_id', 'image.id', 'image.url', 'image.media', 'image.nsfw_level'])
    .where('choice.file_id', 'in', [...fileIds])
    .orderBy('choice.file_id')
    .orderBy('image_use.position')
    .orderBy('image.id');
  if (most !== undefined) query = query.where('image_use.position', '<', most);
  const images = new Map<number, PreviewImage[]>();
  for (const row of await query.execute()) {
    const list = images.get(row.file_id) ?? [];
    list.push({ imageId: row.id, url: row.url, media: row.media, nsfwLevel: row.nsfw_level });
    images.set(row.file_id, list);
  }
  return images;
}

/** Leaves out images that the site lately said it does not have. */
async function askable(catalog: Catalog, steps: readonly PreviewStep[], now: number): Promise<PreviewStep[]> {
  const states = await statesOf(
    catalog.db,
    'image',
    steps.map((step) => String(step.image.imageId)),
  );
  return steps.filter((step) => (states.get(String(step.image.imageId))?.next_check_at ?? 0) <= now);
}
