import { join } from 'node:path';
import type { BlobId, FileId, Sha256 } from '../base/ids.ts';
import { AppError, InterruptedError, LibraryError, messageOf } from '../base/errors.ts';
import { faultPoint } from '../base/fault-point.ts';
import { inPool } from '../base/pool.ts';
import type { Phase } from '../base/progress.ts';
import { ensureBlobs, saveHashes } from '../catalog/blob.ts';
import { setBlob, setProblem } from '../catalog/file.ts';
import { saveHeaders } from '../catalog/header.ts';
import type { Catalog } from '../catalog/open.ts';
import { readByKeys } from '../catalog/upsert.ts';
import { readModelHeader } from '../formats/model-file.ts';
import type { ModelHeader } from '../formats/model-file.ts';
import type { HashedFile, Hasher } from '../library/hash.ts';
import type { WalkedFile } from '../library/walked.ts';
import type { StockFile } from './take-stock.ts';

export interface HashedStock {
  readonly hashed: number;
  readonly bytes: number;
  readonly failures: readonly { readonly file: StockFile; readonly code: string; readonly why: string }[];
  readonly warnings: readonly { readonly file: StockFile; readonly why: string }[];
}

interface Done {
  readonly file: StockFile;
  readonly hashed: Known;
  readonly header: ModelHeader;
  /** `read`, or whose note was adopted. */
  readonly origin: string;
}

/** What must be known of a file's bytes; the other hashes come when it is read. */
type Known = Pick<HashedFile, 'sha256' | 'size' | 'autoV2' | 'mtimeNs'> & Partial<HashedFile>;

/** A hash that is known without reading the file, and whose word it is, as a file row's `hash_origin` names it. */
export interface KnownHash {
  readonly origin: string;
  readonly sha256: Sha256;
}

/** As many results are committed together; a run that is killed loses at most these. */
const BATCH = 64;
/** Files handed to the hasher at once, for each of its threads: small ones travel to a thread together. */
const AHEAD = 32;
/** Or whatever is there after this many ms: large files come seldom. */
const BATCH_MS = 2000;

export interface HashOptions {
  readonly catalog: Catalog;
  readonly hasher: Hasher;
  /** Absolute. */
  readonly root: string;
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly phase: Phase;
  /** Hashes that need no reading: noted by other programs and proven, or taken while the file was fetched. By file id. */
  readonly adopted: ReadonlyMap<number, KnownHash>;
}

/** Reads files once each: hashes, header. What is done is committed on the way, so that a stopped run goes on from there. */
export async function hashFiles(files: readonly StockFile[], options: HashOptions): Promise<HashedStock> {
  const failures: { file: StockFile; code: string; why: string }[] = [];
  const warnings: { file: StockFile; why: string }[] = [];
  let pending: Done[] = [];
  let bytes = 0;
  let hashed = 0;
  let committedAt = options.now();
  let committing: Promise<void> = Promise.resolve();
  const commit = (): void => {
    const batch = pending;
    pending = [];
    committedAt = options.now();
    committing = committing.then(() => commitBatch(options.catalog, batch, options.now()));
    // Told of below; until then a failure is not one that nobody looks at.
    committing.catch(() => undefined);
  };
  const hashFile = async (file: StockFile): Promise<void> => {
    if (options.signal.aborted) throw new InterruptedError();
    try {
      const note = options.adopted.get(file.fileId);
      const done = note === undefined ? await hashOne(file, options) : await adoptOne(file, note, options);
      bytes += note === undefined ? done.hashed.size : 0;
      hashed += note === undefined ? 1 : 0;
      if (done.header.warning !== undefined) warnings.push({ file, why: done.header.warning });
      pending.push(done);
    } catch (error) {
      if (options.signal.aborted) throw new InterruptedError();
      const why = messageOf(error);
      failures.push({ file, code: error instanceof AppError ? error.code : 'unreadable', why });
      await setProblem(options.catalog, [{ fileId: file.fileId, problem: why }]);
    }
    if (pending.length >= BATCH || options.now() - committedAt > BATCH_MS) commit();
  };
  try {
    await inPool(files, options.threads * AHEAD, hashFile);
  } finally {
    commit();
    await committing;
  }
  return { hashed, bytes, failures, warnings };
}

async function hashOne(file: StockFile, options: HashOptions): Promise<Done> {
  const path = absolutePath(options.root, file.walked);
  let told = 0;
  const onBytes = (read: number): void => {
    options.phase.advance(read - told);
    told = read;
  };
  const hashed = await options.hasher.hash(path, { signal: options.signal, size: file.walked.size, onBytes });
  // Its row says what the walk saw: a hash of other bytes would not be taken.
  if (hashed.size !== file.walked.size || hashed.mtimeNs !== file.walked.mtimeNs) {
    throw new LibraryError('It changed while it was read; the next scan takes it in.', {
      code: 'file-changed',
    });
  }
  const header = await readModelHeader(path, hashed.size, hashed.head);
  return { file, hashed, header, origin: 'read' };
}

async function adoptOne(file: StockFile, note: KnownHash, options: HashOptions): Promise<Done> {
  const { size, mtimeNs } = file.walked;
  const header = await readModelHeader(absolutePath(options.root, file.walked), size);
  options.phase.advance(size);
  return {
    file,
    hashed: { sha256: note.sha256, autoV2: note.sha256.slice(0, 10), size, mtimeNs },
    header,
    origin: note.origin,
  };
}

/** Where a walked file lies: text, or bytes when its name is not UTF-8. */
export function absolutePath(root: string, file: WalkedFile): string | Buffer {
  return file.rawPath === undefined
    ? join(root, file.path)
    : Buffer.concat([Buffer.from(`${root}/`), file.rawPath]);
}

async function commitBatch(catalog: Catalog, batch: readonly Done[], at: number): Promise<void> {
  if (batch.length === 0) return;
  const blobs = await ensureBlobs(
    catalog,
    batch.map(({ hashed }) => ({ sha256: hashed.sha256, size: hashed.size })),
    at,
  );
  const idOf = (done: Done): BlobId => blobs.get(done.hashed.sha256) as BlobId;
  await saveHashes(
    catalog,
    batch.flatMap((done) => hashRows(idOf(done), done.hashed)),
  );
  await saveHeaders(
    catalog,
    batch.map((done) => headerRow(idOf(done), done.header)),
  );
  await setBlob(
    catalog,
    batch.map((done) => ({
      fileId: done.file.fileId,
      blobId: idOf(done),
      origin: done.origin,
      at,
      asOf: { size: done.hashed.size, mtimeNs: done.hashed.mtimeNs },
    })),
  );
  faultPoint('hashes.recorded');
}

function hashRows(blobId: BlobId, hashed: Known): { blobId: BlobId; type: string; value: string }[] {
  const values: readonly (readonly [string, string | undefined])[] = [
    ['AutoV1', hashed.autoV1],
    ['AutoV2', hashed.autoV2],
    ['AutoV3', hashed.autoV3],
    ['CRC32', hashed.crc32],
    ['BLAKE3', hashed.blake3],
  ];
  return values.flatMap(([type, value]) => (value === undefined ? [] : [{ blobId, type, value }]));
}

function headerRow(blobId: BlobId, header: ModelHeader): Parameters<typeof saveHeaders>[1][number] {
  return {
    blobId,
    format: header.format,
    warning: header.warning,
    metadata: header.metadata === undefined ? undefined : JSON.stringify(header.metadata),
    tensors: header.tensors,
    parameters: header.parameters,
  };
}

/** The hashes of files that are present, as far as they are known. */
export async function knownHashes(
  catalog: Catalog,
  fileIds: readonly FileId[],
): Promise<Map<FileId, { sha256: Sha256; blobId: BlobId }>> {
  const rows = await readByKeys(fileIds, (some) =>
    catalog.db
      .selectFrom('file')
      .innerJoin('blob', 'blob.id', 'file.blob_id')
      .select(['file.id as file_id', 'blob.id as blob_id', 'blob.sha256'])
      .where('file.id', 'in', some)
      .where('file.state', '=', 'present')
      .execute(),
  );
  return new Map(
    rows.map((row) => [
      row.file_id as FileId,
      { sha256: row.sha256 as Sha256, blobId: row.blob_id as BlobId },
    ]),
  );
}
