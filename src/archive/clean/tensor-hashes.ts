import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { AppError, InterruptedError, isSystemError } from '../../base/errors.ts';
import { saveHashes } from '../../catalog/blob.ts';
import type { Catalog } from '../../catalog/open.ts';
import { groupBy } from '../../catalog/upsert.ts';
import type { Hasher } from '../../library/hash.ts';
import { onDisk } from '../../library/disk-path.ts';
import { copyPath } from './plan-copies.ts';

export interface TensorHashOptions {
  readonly catalog: Catalog;
  /** Opened when there is something to read; it must make AutoV3. */
  readonly hasher: () => Promise<Hasher>;
  readonly rootIds: readonly number[] | undefined;
  readonly signal: AbortSignal;
}

/** As much of the end of a file tells whether it is worth reading whole, in bytes. */
const TAIL = 64 * 1024;

/**
 * Learns the hash of the tensors of files that may share them with another file: those with as many tensors, parameters
 * and bytes of data, and the same end. All others are told apart by that alone. Gives how many files were read whole.
 */
export async function learnTensorHashes({
  catalog,
  hasher: open,
  rootIds,
  signal,
}: TensorHashOptions): Promise<number> {
  const blobs = await alikeBlobs(catalog, rootIds);
  const looked = blobs.flatMap((blob) => {
    const print = fingerprint(copyPath(blob), blob.size);
    return print === undefined ? [] : [{ blob, print }];
  });
  const alike = [...groupBy(looked, ({ print }) => print).values()].filter((group) => group.length > 1);
  const wanted = alike.flat().filter(({ blob }) => blob.known === null);
  if (wanted.length === 0) return 0;
  const hasher = await open();
  let read = 0;
  try {
    for (const { blob } of wanted) {
      if (signal.aborted) throw new InterruptedError();
      const value = await tensorsOf(hasher, blob, signal);
      if (value === undefined) continue;
      await saveHashes(catalog, [{ blobId: blob.blob_id ?? 0, type: 'AutoV3', value }]);
      read += 1;
    }
  } finally {
    await hasher.close();
  }
  return read;
}

/** One present file of each blob whose header is like that of another blob. */
async function alikeBlobs(catalog: Catalog, rootIds: readonly number[] | undefined) {
  const rows = await catalog.db
    .selectFrom('file')
    .innerJoin('root', 'root.id', 'file.root_id')
    .innerJoin('blob', 'blob.id', 'file.blob_id')
    .innerJoin('header', 'header.blob_id', 'file.blob_id')
    .leftJoin('blob_hash', (join) =>
      join.onRef('blob_hash.blob_id', '=', 'file.blob_id').on('blob_hash.type', '=', 'AutoV3'),
    )
    .select(['file.blob_id', 'file.path', 'file.raw_path', 'root.path as root_path', 'root.host_id'])
    .select(['blob.sha256', 'blob.size', 'header.tensors', 'header.parameters', 'blob_hash.value as known'])
    .where('file.state', '=', 'present')
    .where('header.format', '=', 'safetensors')
    .where('header.tensors', '>', 0)
    .$if(rootIds !== undefined, (query) => query.where('file.root_id', 'in', rootIds ?? []))
    .orderBy('file.id')
    .execute();
  const blobs = [...new Map(rows.map((row) => [row.blob_id, row])).values()];
  const groups = groupBy(blobs, (row) => `${row.host_id} ${row.tensors} ${row.parameters}`);
  return [...groups.values()].filter((group) => group.length > 1).flat();
}

/** How much data stands behind the header of a safetensors file, and how it ends; `undefined` when it can't be read so. */
function fingerprint(path: string, size: number): string | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(onDisk(path), 'r');
    const first = Buffer.alloc(8);
    if (readSync(fd, first, 0, 8, 0) < 8) return undefined;
    const data = size - 8 - Number(first.readBigUInt64LE(0));
    if (data <= 0) return undefined;
    const tail = Buffer.alloc(Math.min(TAIL, data));
    const count = readSync(fd, tail, 0, tail.length, size - tail.length);
    return count < tail.length ? undefined : `${data} ${createHash('sha256').update(tail).digest('hex')}`;
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** The hash of a file's tensors; `undefined` when it is not as it was, or can't be read. */
async function tensorsOf(
  hasher: Hasher,
  blob: Parameters<typeof copyPath>[0] & { readonly sha256: string; readonly size: number },
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const hashed = await hasher.hash(onDisk(copyPath(blob)), { signal, size: blob.size });
    return hashed.sha256 === blob.sha256 ? hashed.autoV3 : undefined;
  } catch (error) {
    if (error instanceof InterruptedError || !(error instanceof AppError)) throw error;
    return undefined;
  }
}
