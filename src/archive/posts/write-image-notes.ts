import { hash } from 'node:crypto';
import { lstatSync, statSync } from 'node:fs';
import { InterruptedError } from '../../base/errors.ts';
import { faultPoint } from '../../base/fault-point.ts';
import { chunks } from '../../base/pool.ts';
import type { GenerationFacts } from '../../catalog/facts.ts';
import { generationsOf, saveGenerations } from '../../catalog/generation.ts';
import type { Catalog } from '../../catalog/open.ts';
import { finish, intend } from '../../catalog/output.ts';
import type { Done } from '../../catalog/output.ts';
import { groupBy } from '../../catalog/upsert.ts';
import { boundsOf } from '../../library/inside.ts';
import type { Bounds } from '../../library/inside.ts';
import { placeAll } from '../../library/place.ts';
import type { PromptFilter } from '../../prompts/filter.ts';
import { readOwnGeneration } from '../place-previews.ts';
import { imageNote } from './image-note.ts';

/** An image that lies in its place. */
export interface PlacedImage {
  readonly imageId: number;
  /** Absolute. */
  readonly path: string;
  /** Of the original. */
  readonly url: string;
  /** The folder that was named for it, absolute: nothing is written outside of it. */
  readonly output: string;
}

export interface NoteOptions {
  readonly catalog: Catalog;
  readonly filter: PromptFilter;
  readonly apiOrigin: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** A note that could not be written. */
export interface NoteFailure {
  readonly what: string;
  readonly code: string;
  readonly why: string;
  readonly next: string | undefined;
}

/** Notes that are intended, placed and recorded together. */
const BATCH = 64;

/** Where the note of an image belongs. */
export function notePath(path: string): string {
  return `${path.replace(/\.\w+$/, '')}.txt`;
}

/**
 * Writes the note of each image that has none, after its bytes were asked how they were made. A note that is there is
 * somebody's, even when it once was ours: it stays.
 */
export async function writeImageNotes(
  images: readonly PlacedImage[],
  options: NoteOptions,
): Promise<{ readonly written: number; readonly failures: readonly NoteFailure[] }> {
  const failures: NoteFailure[] = [];
  let written = 0;
  const lacking = images.filter(({ path }) => !isThere(notePath(path)));
  for (const [output, own] of groupBy(lacking, (image) => image.output)) {
    const bounds = boundsOf(output);
    for (const some of chunks(own, BATCH)) {
      if (options.signal.aborted) throw new InterruptedError();
      const failed = await writeBatch(some, bounds, options);
      failures.push(...failed);
      written += some.length - failed.length;
    }
  }
  return { written, failures };
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

async function writeBatch(
  images: readonly PlacedImage[],
  bounds: Bounds,
  options: NoteOptions,
): Promise<NoteFailure[]> {
  const { catalog, filter, apiOrigin, now } = options;
  await keepOwnGenerations(images, catalog);
  const known = await generationsOf(
    catalog.db,
    images.map(({ imageId }) => imageId),
  );
  const notes = images.map(({ imageId, path, url }) => {
    const text = imageNote({ url, generation: known.get(imageId), filter, apiOrigin });
    return { imageId, path: notePath(path), text, sha256: hash('sha256', text) };
  });
  await intend(
    catalog,
    notes.map((note) => ({ ...note, kind: 'sidecar' as const })),
    now(),
  );
  faultPoint('image-notes.intended');
  const done: Done[] = [];
  const failures: NoteFailure[] = [];
  const placed = await placeAll(
    notes.map(({ path, text }) => ({ path, bytes: text, replace: false })),
    { bounds },
  );
  for (const [index, { path, error, size, mtimeNs }] of placed.entries()) {
    if (error === undefined) done.push({ path, sha256: notes[index]?.sha256 ?? '', size, mtimeNs });
    else failures.push({ what: path, code: error.code, why: error.message, next: error.next });
  }
  await finish(catalog, done, now());
  return failures;
}

/** What pictures say of themselves, for the site often keeps it back. */
async function keepOwnGenerations(images: readonly PlacedImage[], catalog: Catalog): Promise<void> {
  const found: (readonly [imageId: number, facts: GenerationFacts])[] = [];
  for (const { imageId, path } of images) {
    const generation = await readOwnGeneration(path, statSync(path).size);
    if (generation !== undefined) found.push([imageId, generation]);
  }
  await catalog.write(async (trx) => await saveGenerations(trx, 'file', found));
}
