import { writeImageNotes } from '../../archive/posts/write-image-notes.ts';
import type { NoteFailure, PlacedImage } from '../../archive/posts/write-image-notes.ts';
import type { PlannedWant } from '../../archive/download/plan-transfers.ts';
import type { Ended } from '../../archive/download/run-queue.ts';
import type { Catalog } from '../../catalog/open.ts';
import type { Deps } from '../deps.ts';
import type { GetRequest } from './get-request.ts';
import { readWishes } from '../prompting/wishes.ts';

/** What was written about images. */
export interface DescribedImages {
  readonly notes: number;
  readonly failures: readonly NoteFailure[];
  readonly warnings: readonly string[];
}

export const NO_IMAGES: DescribedImages = { notes: 0, failures: [], warnings: [] };

/** Writes `<imageId>.txt` beside images that have come or were held, with the prompts as the lists have them. */
export async function describeImages(
  deps: Deps,
  catalog: Catalog,
  came: readonly (PlannedWant | Ended)[],
  { lists }: Pick<GetRequest, 'lists'>,
): Promise<DescribedImages> {
  const placed = came.flatMap((one) => placedImage(one) ?? []);
  if (placed.length === 0) return NO_IMAGES;
  const wishes = readWishes(deps, { arguments: [], options: { lists } });
  const { written, failures } = await writeImageNotes(placed, {
    catalog,
    filter: wishes.filter,
    apiOrigin: new URL(deps.settings.apiUrl).origin,
    now: () => deps.clock.now(),
    signal: deps.signal,
  });
  // Who has no lists does not want any; who has some is told which one is missing.
  const hasTerms = wishes.lists.some(({ terms }) => terms.length > 0);
  return { notes: written, failures, warnings: hasTerms ? wishes.warnings : [] };
}

function placedImage(one: PlannedWant | Ended): PlacedImage | undefined {
  if ('step' in one) {
    if (one.step !== 'held' || one.want.kind !== 'image') return undefined;
    const { subject, source, output } = one.want;
    return { imageId: Number(subject), path: one.path, url: source, output };
  }
  const { row, end } = one;
  if (row.kind !== 'image' || end.state !== 'done') return undefined;
  return { imageId: Number(row.subject), path: end.path, url: row.source, output: row.output };
}
