import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { RootId } from '../base/ids.ts';
import { isSystemError } from '../base/errors.ts';
import { faultPoint } from '../base/fault-point.ts';
import type { GenerationFacts } from '../catalog/facts.ts';
import { saveGenerations } from '../catalog/generation.ts';
import type { Catalog } from '../catalog/open.ts';
import { finish, intend } from '../catalog/output.ts';
import type { Done } from '../catalog/output.ts';
import { readGeneration } from '../formats/generation.ts';
import type { Bounds } from '../library/inside.ts';
import { commitTemps } from '../library/place.ts';
import type { Placed } from '../library/place.ts';
import type { TempFile } from '../library/temp-file.ts';
import { generationFacts } from './to-facts.ts';

/** A preview whose bytes are here and shall be put in their place. */
export interface Arrived {
  readonly fileId: number;
  readonly imageId: number;
  readonly temp: TempFile;
  /** Absolute. */
  readonly path: string;
  readonly bounds: Bounds;
  readonly rootId: RootId;
  readonly size: number;
  readonly sha256: string;
  /** How the picture says it was made. */
  readonly generation: GenerationFacts | undefined;
}

/** Larger pictures than this are not read for their generation data. */
const MOST_READ = 32 * 1024 * 1024;

/**
 * Puts previews in place and records them: one intent, one group of renames, one done. Results in the order of the
 * batch. Whatever happens, no temp file is left. Throws LibraryError when the disk is full, CatalogError.
 */
export async function placePreviews(
  batch: readonly Arrived[],
  catalog: Catalog,
  now: () => number,
): Promise<(Placed | undefined)[]> {
  if (batch.length === 0) return [];
  const placed = await intendAndCommit(batch, catalog, now);
  const done = batch.flatMap(({ path, sha256 }, index): Done[] => {
    const result = placed[index];
    return result === undefined || result.error !== undefined
      ? []
      : [{ path, sha256, size: result.size, mtimeNs: result.mtimeNs }];
  });
  await record(catalog, done, batch, now());
  faultPoint('previews.recorded');
  return placed;
}

async function intendAndCommit(
  batch: readonly Arrived[],
  catalog: Catalog,
  now: () => number,
): Promise<(Placed | undefined)[]> {
  try {
    await intend(
      catalog,
      batch.map(({ path, rootId, fileId, imageId, sha256 }) => ({
        path,
        rootId,
        fileId,
        kind: 'preview' as const,
        imageId,
        sha256,
      })),
      now(),
    );
    faultPoint('previews.intended');
    return await commitEach(batch);
  } catch (error) {
    discardAll(batch);
    throw error;
  }
}

/** Takes away the bytes of previews that will not be placed. */
export function discardAll(batch: readonly Arrived[]): void {
  for (const { temp } of batch) temp.discard();
}

/** A batch may hold files of several roots: each goes within its own bounds. The results are in the order of the batch. */
async function commitEach(batch: readonly Arrived[]): Promise<(Placed | undefined)[]> {
  const results = new Map<Arrived, Placed>();
  for (const bounds of new Set(batch.map((one) => one.bounds))) {
    const own = batch.filter((one) => one.bounds === bounds);
    const placed = await commitTemps(
      own.map(({ temp, path }) => ({ temp, path, replace: false })),
      { bounds },
    );
    for (const [index, one] of own.entries()) {
      const result = placed[index];
      if (result !== undefined) results.set(one, result);
    }
  }
  return batch.map((one) => results.get(one));
}

/** With what the pictures say of themselves, so that it is never left out. */
async function record(
  catalog: Catalog,
  done: readonly Done[],
  of: readonly Pick<Arrived, 'imageId' | 'generation'>[],
  at: number,
): Promise<void> {
  const generations = of.flatMap(({ imageId, generation }) =>
    generation === undefined ? [] : [[imageId, generation] as const],
  );
  await catalog.write(async (trx) => {
    await saveGenerations(trx, 'file', generations);
    await finish(trx, done, at);
  });
}

/** What a picture of some size, its bytes or where it lies, says of itself, for the site often keeps it back. */
export async function readOwnGeneration(
  picture: Uint8Array | string,
  size: number,
): Promise<GenerationFacts | undefined> {
  if (size > MOST_READ) return undefined;
  return ownGeneration(typeof picture === 'string' ? await readFile(picture) : picture);
}

function ownGeneration(bytes: Uint8Array): GenerationFacts | undefined {
  const generation = readGeneration(bytes);
  return generation === undefined ? undefined : generationFacts(generation);
}

/**
 * Records the previews of a root that a run put in place and could not record, because it was killed between the two or
 * the disk failed: they would count as pictures of the user's. Returns the files that have a preview more by it.
 */
export async function recordPlacedPreviews(catalog: Catalog, rootId: number, at: number): Promise<number[]> {
  const open = await catalog.db
    .selectFrom('output')
    .select(['path', 'file_id', 'image_id', 'intent_sha256'])
    .where('root_id', '=', rootId)
    .where('kind', '=', 'preview')
    .where('intent_sha256', 'is not', null)
    .execute();
  const fileIds: number[] = [];
  for (const row of open) {
    const standing = await readStanding(row.path);
    if (standing === undefined || standing.sha256 !== row.intent_sha256) continue;
    const { bytes, ...file } = standing;
    const generation = bytes.length > MOST_READ ? undefined : ownGeneration(bytes);
    await record(
      catalog,
      [{ path: row.path, ...file }],
      row.image_id === null ? [] : [{ imageId: row.image_id, generation }],
      at,
    );
    if (row.file_id !== null) fileIds.push(row.file_id);
  }
  return fileIds;
}

async function readStanding(
  path: string,
): Promise<{ sha256: string; size: number; mtimeNs: string; bytes: Uint8Array } | undefined> {
  try {
    const { mtimeNs } = await stat(path, { bigint: true });
    const bytes = await readFile(path);
    return {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      size: bytes.length,
      mtimeNs: String(mtimeNs),
      bytes,
    };
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}
