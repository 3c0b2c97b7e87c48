import { createHash } from 'node:crypto';
import { lstat, readFile, stat } from 'node:fs/promises';
import type { RootId } from '../base/ids.ts';
import { isSystemError } from '../base/errors.ts';
import type { LibraryError } from '../base/errors.ts';
import { faultPoint } from '../base/fault-point.ts';
import { inPool } from '../base/pool.ts';
import type { Catalog } from '../catalog/open.ts';
import { finish, intend, isOurs, outputsOf } from '../catalog/output.ts';
import type { Done, OutputRow } from '../catalog/output.ts';
import type { OutputTable } from '../catalog/schema.ts';
import { diskError } from '../library/disk-error.ts';
import type { Bounds } from '../library/inside.ts';
import { placeAll } from '../library/place.ts';
import type { Placed } from '../library/place.ts';

/** A file to be written whole. */
export interface Output {
  /** Absolute. */
  readonly path: string;
  /** Where to write when a file of the user's stands at `path`; `undefined` leaves it. */
  readonly otherwise?: string | undefined;
  readonly kind: OutputTable['kind'];
  readonly rootId: RootId | undefined;
  readonly fileId: number | undefined;
  readonly imageId?: number | undefined;
  /** What we wrote and what was cut off since is written anew: nothing is in it that is not in these bytes. */
  readonly mends?: boolean;
  readonly bytes: Uint8Array | string;
}

export interface WriteOptions {
  readonly now: () => number;
  /** Within these every path must lie at the moment it is used. */
  readonly bounds: Bounds;
}

export interface Written {
  readonly written: number;
  readonly unchanged: number;
  /** Paths where a file of the user's stands; nothing was done to it. */
  readonly foreign: readonly string[];
  /** Those of them for which nothing was written under another name either. */
  readonly left: readonly string[];
  /** Files that the disk refused; the others were written. */
  readonly failures: readonly { readonly path: string; readonly error: LibraryError }[];
}

/** Files written between two commits: at most so many, and no more once they have so many characters or bytes. */
const BATCH = 200;
const BATCH_LENGTH = 4_000_000;

/**
 * Writes files so that each is either as it was or complete: intent, bytes, done. What already holds these bytes is left
 * alone; what is not ours is never touched. Throws LibraryError `disk-full`; any other refusal of the disk is told.
 */
export async function writeOutputs(
  catalog: Catalog,
  outputs: Iterable<Output> | AsyncIterable<Output>,
  options: WriteOptions,
): Promise<Written> {
  const total = emptyTally();
  let batch: Output[] = [];
  let length = 0;
  const flush = async (): Promise<void> => {
    const late = await writeBatch(catalog, batch, options, total);
    batch = [];
    length = 0;
    if (late.length === 0) return;
    // Another scan may have put the same bytes there: a second look tells whose they are.
    for (const { output, error } of await writeBatch(
      catalog,
      late.map((one) => one.output),
      options,
      total,
    ))
      total.failures.push({ path: output.path, error });
  };
  for await (const output of outputs) {
    batch.push(output);
    length += output.bytes.length;
    if (batch.length >= BATCH || length >= BATCH_LENGTH) await flush();
  }
  await flush();
  return total;
}

interface Tally extends Written {
  written: number;
  unchanged: number;
  readonly foreign: string[];
  readonly left: string[];
  readonly failures: Written['failures'][number][];
}

function emptyTally(): Tally {
  return { written: 0, unchanged: 0, foreign: [], left: [], failures: [] };
}

/** An output whose free path was taken while it was being written. */
interface Late {
  readonly output: Output;
  readonly error: LibraryError;
}

interface Sized extends Output {
  readonly sha256: string;
  /** Hash of the bytes of ours that lie there now. */
  readonly held?: string | undefined;
}

async function writeBatch(
  catalog: Catalog,
  batch: readonly Output[],
  options: WriteOptions,
  total: Tally,
): Promise<Late[]> {
  if (batch.length === 0) return [];
  const { now, bounds } = options;
  const paths = batch.flatMap((output) =>
    output.otherwise === undefined ? [output.path] : [output.path, output.otherwise],
  );
  const rows = new Map((await outputsOf(catalog.db, { paths })).map((row) => [row.path, row]));
  const { wanted, right } = await judgeAll(batch, rows, total);
  const unrecorded = right.filter(({ path, sha256, rootId }) => {
    const row = rows.get(path);
    // A folder of images may become a root of models.
    if (row !== undefined && row.root_id === null && rootId !== undefined) return true;
    return row?.done_sha256 !== sha256 || row.intent_sha256 !== null;
  });
  await intend(
    catalog,
    [...wanted, ...unrecorded].map((output) => intentOf(output)),
    now(),
  );
  faultPoint('outputs.intended');
  // What the user puts at a free path from here on is not replaced either.
  const placed = await placeAll(
    wanted.map(({ path, bytes, held }) => ({ path, bytes, replace: held !== undefined })),
    { bounds },
  );
  const done = wanted.flatMap((output, index) => doneOf(output, placed[index]));
  await finish(catalog, [...done, ...(await Promise.all(unrecorded.map(presentOf)))], now());
  faultPoint('outputs.recorded');
  total.written += done.length;
  total.unchanged += right.length;
  return tellRefused(wanted, placed, total);
}

/** Counts what the disk refused; gives back what was late. */
function tellRefused(wanted: readonly Sized[], placed: readonly Placed[], total: Tally): Late[] {
  const late: Late[] = [];
  for (const [index, output] of wanted.entries()) {
    const error = placed[index]?.error;
    if (error === undefined) continue;
    if (error.code === 'in-the-way' && output.held === undefined) late.push({ output, error });
    else total.failures.push({ path: output.path, error });
  }
  return late;
}

async function judgeAll(
  batch: readonly Output[],
  rows: ReadonlyMap<string, OutputRow>,
  total: Tally,
): Promise<{ wanted: Sized[]; right: Sized[] }> {
  const wanted: Sized[] = [];
  const right: Sized[] = [];
  await inPool(batch, 8, async (output) => {
    try {
      const judged = await judge(
        { ...output, sha256: createHash('sha256').update(output.bytes).digest('hex') },
        rows,
      );
      if (judged.verdict === 'write') wanted.push(judged.output);
      else if (judged.verdict === 'right') right.push(judged.output);
      else total.left.push(output.path);
      if (judged.foreign !== undefined) total.foreign.push(judged.foreign);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      total.failures.push({ path: output.path, error: diskError(output.path, error) });
    }
  });
  return { wanted, right };
}

function intentOf(output: Sized): Parameters<typeof intend>[1][number] {
  return {
    path: output.path,
    rootId: output.rootId,
    fileId: output.fileId,
    kind: output.kind,
    imageId: output.imageId,
    sha256: output.sha256,
    held: output.held,
  };
}

function doneOf(output: Sized, placed: Placed | undefined): Done[] {
  if (placed === undefined || placed.error !== undefined) return [];
  return [{ path: output.path, sha256: output.sha256, size: placed.size, mtimeNs: placed.mtimeNs }];
}

async function presentOf(output: Sized): Promise<Done> {
  const { size, mtimeNs } = await stat(output.path, { bigint: true });
  return { path: output.path, sha256: output.sha256, size: Number(size), mtimeNs: String(mtimeNs) };
}

interface Judged {
  readonly verdict: 'write' | 'right' | 'leave';
  readonly output: Sized;
  /** A path held by a file of the user's. */
  readonly foreign?: string;
}

/** What to do about one output: its bytes may already be there, or somebody else's may. */
async function judge(output: Sized, rows: ReadonlyMap<string, OutputRow>): Promise<Judged> {
  const first = await standingOf(output.path, output, rows.get(output.path));
  if (first.kind !== 'foreign') return verdictOn(output, first);
  const { otherwise } = output;
  if (otherwise === undefined) return { verdict: 'leave', output, foreign: output.path };
  const second = await standingOf(otherwise, output, rows.get(otherwise));
  if (second.kind === 'foreign') return { verdict: 'leave', output, foreign: output.path };
  return { ...verdictOn({ ...output, path: otherwise }, second), foreign: output.path };
}

function verdictOn(output: Sized, standing: Standing): Judged {
  if (standing.kind === 'right') return { verdict: 'right', output: { ...output, held: output.sha256 } };
  return {
    verdict: 'write',
    output: { ...output, held: standing.kind === 'ours' ? standing.sha256 : undefined },
  };
}

/** How a path stands to the bytes that belong there: nothing there, those bytes, other ones of ours, somebody else's. */
type Standing =
  { readonly kind: 'free' | 'right' | 'foreign' } | { readonly kind: 'ours'; readonly sha256: string };

async function standingOf(path: string, output: Sized, row: OutputRow | undefined): Promise<Standing> {
  const { sha256 } = output;
  try {
    const stats = await lstat(path, { bigint: true });
    const untouched =
      row !== undefined && row.size === Number(stats.size) && row.mtime_ns === String(stats.mtimeNs);
    if (untouched && row.done_sha256 === sha256) return { kind: 'right' };
    if (!stats.isFile()) return { kind: 'foreign' };
    const held = await readFile(path);
    const onDisk = createHash('sha256').update(held).digest('hex');
    if (onDisk === sha256) return { kind: 'right' };
    const isMine = row !== undefined && (isOurs(row, onDisk) || isCutOff(row, held, output));
    return isMine ? { kind: 'ours', sha256: onDisk } : { kind: 'foreign' };
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return { kind: 'free' };
    if (isSystemError(error, 'EACCES', 'ENOTDIR', 'EISDIR')) return { kind: 'foreign' };
    throw error;
  }
}

/** Nothing is left of ours, or only its beginning: somebody's words are never that. */
function isCutOff(row: OutputRow, held: Buffer, { mends, bytes }: Sized): boolean {
  if (mends !== true || row.done_sha256 === null) return false;
  return held.every((byte) => byte === 0) || Buffer.from(bytes).subarray(0, held.length).equals(held);
}
