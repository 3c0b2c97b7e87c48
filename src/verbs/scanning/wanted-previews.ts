import { chunks } from '../../base/pool.ts';
import { planPreviews } from '../../archive/plan-previews.ts';
import type { PreviewImage, PreviewStep, PreviewSubject, PreviewWish } from '../../archive/plan-previews.ts';
import type { StockFile } from '../../archive/take-stock.ts';
import type { Catalog } from '../../catalog/open.ts';
import { statesOf } from '../../catalog/state.ts';
import { isMediaHost } from '../../civitai/media.ts';
import type { Deps } from '../deps.ts';
import { heldPreviews, namesBeside, namesInFolders } from './held-previews.ts';
import type { HeldPreviews } from './held-previews.ts';
import { importedCopies } from './imported-pictures.ts';
import type { RootJob } from './library-job.ts';

export interface WantedPreviews {
  /** What is to be fetched or copied. */
  readonly steps: readonly PreviewStep[];
  /** Absolute path of a copy of an image that is there. */
  readonly copies: Map<number, string>;
  /** Previews of ours that are there. */
  readonly held: number;
}

/** Finds out which previews of some roots are missing; nothing is asked or changed. */
export async function wantedPreviews(
  deps: Pick<Deps, 'settings' | 'clock'>,
  catalog: Catalog,
  jobs: readonly RootJob[],
  wish: PreviewWish,
): Promise<WantedPreviews> {
  const planned: PreviewStep[] = [];
  const copies = await importedCopies(catalog);
  let held = 0;
  for (const root of jobs) {
    const names =
      root.naming.profile === 'collected'
        ? namesInFolders(root.naming)
        : namesBeside(root.walked.walk, root.walked.target.root, root.naming);
    const found = heldPreviews(root.files, root.outputs, root.exists, names, root.naming);
    for (const [imageId, path] of found.copies) copies.set(imageId, path);
    held += heldIn(root, found);
    if (wish === 'none') continue;
    // What a file shows is far more than what is wanted of it: it is dropped batch by batch.
    for await (const subjects of subjectsOf(catalog, root, found, wish))
      for (const step of planPreviews(subjects, wish, deps.settings.browsingLevel))
        if (isMediaHost(step.image.url, deps.settings.apiUrl)) planned.push(step);
  }
  return { steps: await askable(catalog, planned, deps.clock.now()), copies, held };
}

function heldIn(root: RootJob, { slots }: HeldPreviews): number {
  const images = root.meant.flatMap((file) => [...(slots.get(file.fileId)?.values() ?? [])]);
  return images.filter((imageId) => imageId !== undefined).length;
}

async function* subjectsOf(
  catalog: Catalog,
  root: RootJob,
  { slots }: HeldPreviews,
  wish: PreviewWish,
): AsyncGenerator<PreviewSubject[]> {
  // With `first`, files that have one are done.
  const needing = root.meant.filter((file) => wish !== 'first' || !slots.get(file.fileId)?.has(1));
  for (const batch of chunks(needing, FILES_AT_ONCE)) {
    const images = await imagesOf(catalog, batch, wish === 'first' ? FIRST_OF : undefined);
    yield batch.map(({ fileId }) => ({
      fileId,
      images: images.get(fileId) ?? [],
      held: slots.get(fileId) ?? new Map<number, number | undefined>(),
    }));
  }
}

const FILES_AT_ONCE = 500;

/** Enough of a version's images to find the first that may be shown. */
const FIRST_OF = 20;

async function imagesOf(
  catalog: Catalog,
  files: readonly StockFile[],
  most: number | undefined,
): Promise<Map<number, PreviewImage[]>> {
  let query = catalog.db
    .selectFrom('choice')
    .innerJoin('image_use', 'image_use.version_id', 'choice.version_id')
    .innerJoin('image', 'image.id', 'image_use.image_id')
    .select([
      'choice.file_id',
      'image.id',
      'image.url',
      'image.media',
      'image.nsfw_level',
      'image.width',
      'image.height',
    ])
    .where(
      'choice.file_id',
      'in',
      files.map((file) => file.fileId),
    )
    .orderBy('choice.file_id')
    .orderBy('image_use.position')
    .orderBy('image.id');
  if (most !== undefined) query = query.where('image_use.position', '<', most);
  const images = new Map<number, PreviewImage[]>();
  for (const row of await query.execute()) {
    const list = images.get(row.file_id) ?? [];
    images.set(row.file_id, list);
    const { id: imageId, url, media, nsfw_level: nsfwLevel, width, height } = row;
    list.push({ imageId, url, media, nsfwLevel, width, height });
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
