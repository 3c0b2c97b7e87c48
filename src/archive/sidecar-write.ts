import { lstat, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createHash } from 'node:crypto';
import { isSystemError } from '../base/errors.ts';
import type { LibraryError } from '../base/errors.ts';
import { faultPoint } from '../base/fault-point.ts';
import { chunks } from '../base/pool.ts';
import type { Catalog } from '../catalog/open.ts';
import { isOurs, outputsOf } from '../catalog/output.ts';
import type { SidecarContent } from '../formats/sidecars/write-content.ts';
import { mergeSidecar, sidecarName, sidecarText } from '../formats/sidecars/write-sidecar.ts';
import type { WrittenSidecar } from '../formats/sidecars/written-formats.ts';
import { diskError } from '../library/disk-error.ts';
import type { Bounds } from '../library/inside.ts';
import { placeAll } from '../library/place.ts';
import { sidecarContents } from './sidecar-content.ts';
import type { StockFile } from './take-stock.ts';
import { writeOutputs } from './write-outputs.ts';
import type { Output } from './write-outputs.ts';

export interface SidecarJob {
  /** Absolute folder that the files' paths are relative to. */
  readonly root: string;
  /** Those whose notes are wanted; of two files with one stem only the one that the notes are of. */
  readonly files: readonly StockFile[];
  readonly formats: readonly WrittenSidecar[];
  readonly bounds: Bounds;
  readonly apiOrigin: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

export interface SidecarsWritten {
  /** Notes of ours that were written, and the user's that were filled. */
  readonly written: number;
  readonly merged: number;
  /** Notes under names we would use that are something else, and why. */
  readonly left: readonly { readonly path: string; readonly why: string }[];
  readonly failures: readonly { readonly path: string; readonly error: LibraryError }[];
}

/** Answers are some 50 kB each; so many are held at a time. */
const AT_ONCE = 100;
/** The largest note seen has 700 kB. */
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * Writes notes in the formats of other programs beside model files that the site knows. One of the user's is merged:
 * what it lacks is filled, every value that is there stays, and its bytes are kept beside it as `<name>.orig`, once.
 * What is no such note is left. Throws LibraryError `disk-full`.
 */
export async function writeSidecars(catalog: Catalog, job: SidecarJob): Promise<SidecarsWritten> {
  const total = {
    written: 0,
    merged: 0,
    left: [] as SidecarsWritten['left'][number][],
    failures: [] as SidecarsWritten['failures'][number][],
  };
  for (const batch of chunks(job.files, AT_ONCE)) {
    job.signal.throwIfAborted();
    const contents = await sidecarContents(
      catalog.db,
      batch.map((file) => file.fileId),
      job.apiOrigin,
    );
    const wanted = batch.flatMap((file) => wantedOf(job, file, contents.get(file.fileId)));
    // The `.civitai.info` of our own is written with the pages; here it only matters where the user has one.
    const own = wanted.filter(({ format }) => format !== 'civitai-info');
    const done = await writeOutputs(catalog, own.map(outputOf), job);
    const foreign = new Set([...done.foreign, ...(await foreignInfos(catalog, wanted))]);
    total.written += done.written;
    total.failures.push(...done.failures);
    for (const one of wanted) if (foreign.has(one.path)) await merge(one, job, total);
  }
  return total;
}

/**
 * Writes notes of ours anew that lie there, and no others: one that was changed since it was written is the user's. Throws
 * LibraryError `disk-full`.
 */
export async function renewSidecars(
  catalog: Catalog,
  job: Omit<SidecarJob, 'files' | 'formats'>,
  notes: readonly Pick<Wanted, 'file' | 'format'>[],
): Promise<Pick<SidecarsWritten, 'written' | 'failures'>> {
  const failures: SidecarsWritten['failures'][number][] = [];
  let written = 0;
  for (const batch of chunks(notes, AT_ONCE)) {
    job.signal.throwIfAborted();
    const contents = await sidecarContents(
      catalog.db,
      batch.map(({ file }) => file.fileId),
      job.apiOrigin,
    );
    const wanted = batch.flatMap(({ file, format }) =>
      wantedOf({ root: job.root, formats: [format] }, file, contents.get(file.fileId)),
    );
    const done = await writeOutputs(catalog, wanted.map(outputOf), job);
    written += done.written;
    failures.push(...done.failures);
  }
  return { written, failures };
}

interface Wanted {
  readonly file: StockFile;
  readonly format: WrittenSidecar;
  readonly path: string;
  readonly content: SidecarContent;
}

function wantedOf(
  job: Pick<SidecarJob, 'root' | 'formats'>,
  file: StockFile,
  content: SidecarContent | undefined,
): Wanted[] {
  if (content === undefined) return [];
  const { folder, stem } = file.walked;
  return job.formats.map((format) => ({
    file,
    format,
    content,
    path: join(job.root, folder, sidecarName(format, stem)),
  }));
}

function outputOf({ file, format, path, content }: Wanted): Output {
  return {
    path,
    kind: 'sidecar',
    rootId: file.rootId,
    fileId: file.fileId,
    bytes: sidecarText(format, content),
  };
}

/** Paths of `.civitai.info` files that are not ours. */
async function foreignInfos(catalog: Catalog, wanted: readonly Wanted[]): Promise<string[]> {
  const paths = wanted.filter(({ format }) => format === 'civitai-info').map(({ path }) => path);
  const rows = new Map((await outputsOf(catalog.db, { paths })).map((row) => [row.path, row]));
  const foreign: string[] = [];
  for (const path of paths) {
    const bytes = await readNote(path);
    const row = rows.get(path);
    if (
      bytes !== undefined &&
      (row === undefined || !isOurs(row, createHash('sha256').update(bytes).digest('hex')))
    )
      foreign.push(path);
  }
  return foreign;
}

async function readNote(path: string): Promise<Buffer | undefined> {
  try {
    // A link's target may serve other models too: it is left as it is.
    const stats = await lstat(path);
    return stats.isFile() && stats.size <= MOST_BYTES ? await readFile(path) : undefined;
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}

async function merge(
  { format, path, content }: Wanted,
  job: SidecarJob,
  total: {
    written: number;
    merged: number;
    left: SidecarsWritten['left'][number][];
    failures: SidecarsWritten['failures'][number][];
  },
): Promise<void> {
  const before = await readNote(path);
  const text = before === undefined ? undefined : decoded(before);
  if (before === undefined || text === undefined) {
    total.left.push({ path, why: 'it is no text file of its own' });
    return;
  }
  const outcome = mergeSidecar(format, basename(path), text, content);
  if (outcome.kind === 'foreign') total.left.push({ path, why: outcome.why });
  if (outcome.kind !== 'filled') return;
  try {
    await replaceNote(path, before, outcome.text, job.bounds);
    total.merged += 1;
    total.written += 1;
  } catch (cause) {
    const error = diskError(path, cause);
    if (error.code === 'disk-full') throw error;
    total.failures.push({ path, error });
  }
}

function decoded(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The user's bytes first, so that they are there whatever happens next; a copy that is there already stays. */
async function replaceNote(path: string, before: Buffer, text: string, bounds: Bounds): Promise<void> {
  const copy = join(dirname(path), `${basename(path)}.orig`);
  const [kept] = await placeAll([{ path: copy, bytes: before, replace: false }], { bounds });
  if (kept?.error !== undefined && kept.error.code !== 'in-the-way') throw kept.error;
  faultPoint('sidecar.copied');
  // The note is the user's: what they wrote since it was read is not ours to lose.
  if ((await readNote(path))?.equals(before) !== true) return;
  const [placed] = await placeAll([{ path, bytes: text }], { bounds });
  if (placed?.error !== undefined) throw placed.error;
  faultPoint('sidecar.merged');
}
