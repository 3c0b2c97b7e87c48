import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RootId } from '../base/ids.ts';
import type { AppError } from '../base/errors.ts';
import { InterruptedError, IntegrityError, LibraryError, messageOf, SourceError } from '../base/errors.ts';
import { inPool } from '../base/pool.ts';
import type { Phase } from '../base/progress.ts';
import type { Catalog } from '../catalog/open.ts';
import { recordLooks } from '../catalog/state.ts';
import { extensionOf, KIND_BYTES, kindOf, mediaOf } from '../formats/image-kind.ts';
import type { Bounds } from '../library/inside.ts';
import { makeFolder } from '../library/make-folder.ts';
import { HeldFile } from '../library/held-file.ts';
import { openTempSoon } from '../library/temp-file.ts';
import type { Send } from '../net/send.ts';
import { isHostGone } from '../net/failure.ts';
import { transfer } from '../net/transfer.ts';
import { discardAll, placePreviews, readOwnGeneration } from './place-previews.ts';
import type { Arrived } from './place-previews.ts';
import type { PreviewStep } from './plan-previews.ts';

export interface FetchOptions {
  readonly catalog: Catalog;
  readonly send: Send;
  readonly concurrency: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly phase: Phase;
  /** Where a copy of an image lies, absolute; what arrives is added. */
  readonly copies: Map<number, string>;
  /** Where a preview goes: the folder (absolute), the name without extension, and the bounds it must stay in. */
  placeOf(step: PreviewStep): {
    readonly folder: string;
    readonly name: string;
    readonly bounds: Bounds;
    readonly rootId: RootId;
  };
}

export interface FetchedPreviews {
  readonly fetched: number;
  readonly bytes: number;
  readonly failures: readonly {
    readonly url: string;
    readonly code: string;
    readonly why: string;
    readonly next?: string | undefined;
  }[];
  readonly stopped: SourceError | undefined;
}

/** Previews recorded together: one intent, one group of renames, one done. */
const BATCH = 64;
/** Bytes of a picture that are held until it is whole; larger ones go to the disk as they come. */
const MOST_HELD = 2 * 1024 * 1024;

/**
 * Brings previews to their places. The bytes stay as they came; the extension is that of their true type. An image that
 * several files want is fetched once and copied.
 */
export async function fetchPreviews(
  steps: readonly PreviewStep[],
  options: FetchOptions,
): Promise<FetchedPreviews> {
  const outcome: Outcome = { fetched: 0, bytes: 0, failures: [], stopped: undefined };
  const firsts = new Map(steps.toReversed().map((step) => [step.image.imageId, step]));
  const isFirst = (step: PreviewStep): boolean => firsts.get(step.image.imageId) === step;
  await bring(steps.filter(isFirst), outcome, options);
  await bring(
    steps.filter((step) => !isFirst(step) && options.copies.has(step.image.imageId)),
    outcome,
    options,
  );
  return outcome;
}

interface Outcome {
  fetched: number;
  bytes: number;
  readonly failures: FetchedPreviews['failures'][number][];
  stopped: SourceError | undefined;
}

async function bring(steps: readonly PreviewStep[], outcome: Outcome, options: FetchOptions): Promise<void> {
  let arrived: Arrived[] = [];
  let placing: Promise<void> = Promise.resolve();
  // One for each that is under way, used again and again: memory of its own for each picture would keep the collector busy.
  const buffers: Uint8Array[] = [];
  const place = (): void => {
    const batch = arrived;
    arrived = [];
    placing = placing.then(
      () => placeBatch(batch, outcome, options),
      (error: unknown) => {
        discardAll(batch);
        throw error;
      },
    );
    // Told of below; until then a failure is not one that nobody looks at.
    placing.catch(() => undefined);
  };
  const fetchStep = async (step: PreviewStep): Promise<void> => {
    if (options.signal.aborted) throw new InterruptedError();
    if (outcome.stopped !== undefined && !options.copies.has(step.image.imageId)) return;
    const buffer = buffers.pop() ?? Buffer.allocUnsafeSlow(MOST_HELD);
    try {
      const one = await fetchOne(step, options, buffer);
      arrived.push(one);
      options.phase.advance(1);
      if (arrived.length >= BATCH) place();
    } catch (error) {
      if (options.signal.aborted) throw new InterruptedError();
      if (isHostGone(error)) outcome.stopped ??= error;
      else if (isOfThisOne(error)) outcome.failures.push(await failureOf(step, error, options));
      else throw error;
    } finally {
      buffers.push(buffer);
    }
  };
  try {
    await inPool(steps, options.concurrency, fetchStep);
  } finally {
    place();
    await placing;
  }
}

/** True for what says nothing of the other previews. A full disk does. */
function isOfThisOne(error: unknown): error is AppError {
  return (
    error instanceof SourceError ||
    error instanceof IntegrityError ||
    (error instanceof LibraryError && error.code !== 'disk-full')
  );
}

async function failureOf(
  step: PreviewStep,
  error: AppError,
  options: FetchOptions,
): Promise<FetchedPreviews['failures'][number]> {
  const gone = error instanceof SourceError && (error.status === 404 || error.status === 410);
  if (gone)
    await recordLooks(
      options.catalog,
      'image',
      [{ subject: String(step.image.imageId), answer: 'absent' }],
      options.now(),
    );
  return { url: step.image.url, code: error.code, why: messageOf(error), next: error.next };
}

async function fetchOne(step: PreviewStep, options: FetchOptions, buffer: Uint8Array): Promise<Arrived> {
  const { folder, name, bounds, rootId } = options.placeOf(step);
  bounds.check(join(folder, name));
  makeFolder(folder);
  const file = new HeldFile(buffer, () => openTempSoon(folder, { name, hashed: false }));
  try {
    const { head, sha256 } = await fill(file, step, options);
    const kind = kindOf(head);
    if (mediaOf(kind) === undefined) {
      throw new IntegrityError('The site sent something that is no picture.', {
        code: 'not-an-image',
        next: 'The next run asks again.',
      });
    }
    const { bytes } = file;
    const temp = await file.temp();
    const { size } = temp.finish();
    temp.syncAhead();
    const generation =
      mediaOf(kind) === 'image' ? await readOwnGeneration(bytes ?? temp.path, size) : undefined;
    return {
      fileId: step.fileId,
      imageId: step.image.imageId,
      temp,
      path: join(folder, `${name}.${extensionOf(kind)}`),
      bounds,
      rootId,
      size,
      sha256,
      generation,
    };
  } catch (error) {
    file.discard();
    throw error;
  }
}

/** The bytes of an image, from a copy that is held or from the site; gives the first of them and the hash of all. */
async function fill(
  file: HeldFile,
  step: PreviewStep,
  options: FetchOptions,
): Promise<{ readonly head: Uint8Array; readonly sha256: string }> {
  const copy = options.copies.get(step.image.imageId);
  if (copy !== undefined) {
    const bytes = await readFile(copy).catch(() => undefined);
    if (bytes !== undefined) {
      await file.write(bytes);
      return { head: bytes.subarray(0, KIND_BYTES), sha256: file.sha256() };
    }
  }
  return await transfer(
    options.send,
    { method: 'GET', url: step.image.url, endpoint: 'media', signal: options.signal },
    file,
  );
}

async function placeBatch(
  batch: readonly Arrived[],
  outcome: Outcome,
  { catalog, now, copies }: FetchOptions,
): Promise<void> {
  const placed = await placePreviews(batch, catalog, now);
  for (const [index, one] of batch.entries()) {
    const result = placed[index];
    if (result === undefined || result.error !== undefined) {
      outcome.failures.push({
        url: one.path,
        code: result?.error?.code ?? 'not-written',
        why: result?.error?.message ?? 'It was not written.',
        next: result?.error?.next,
      });
      continue;
    }
    outcome.fetched += 1;
    outcome.bytes += one.size;
    copies.set(one.imageId, one.path);
  }
}
