import type { Kysely, Selectable } from 'kysely';
import { sql } from 'kysely';

import { cleanText } from './clean-text.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { FileTable, Tables } from './schema.ts';
import { upsert, writeByKeys } from './upsert.ts';

/** A model file as the catalog knows it. */
export type FileRow = Selectable<FileTable>;

/** A model file as a walk found it; the fields are those of `FileTable`. */
export interface FileInput {
  /** Relative to the root, forward slashes. */
  readonly path: string;
  readonly pathKey: string;
  readonly rawPath?: Uint8Array | undefined;
  readonly name: string;
  readonly stem: string;
  readonly ext: string;
  readonly folder: string;
  readonly size: number;
  readonly mtimeNs: string;
  readonly ctimeNs: string;
  readonly device: string;
  readonly inode: string;
  /** Its bytes, when they are known without reading it; null takes away what was known. */
  readonly blobId: number | null;
  /** How its bytes are known; `moved` when left out. */
  readonly hashOrigin?: string | undefined;
}

/** What a file was found to hold. */
export interface FoundBlob {
  readonly fileId: number;
  readonly blobId: number;
  /** `read`, `moved`, or the format of the sidecar that said so. */
  readonly origin: string;
  readonly at: number;
  /** The file as it was when read: nothing is recorded when its row says otherwise by now. */
  readonly asOf?: { readonly size: number; readonly mtimeNs: string };
}

/** A row of what is, or was, a file. */
export type StoredFile = FileRow & { readonly state: 'present' | 'gone' };

/** Every file of a root, present or gone, by path. */
export async function filesOfRoot(db: Kysely<Tables>, rootId: number): Promise<StoredFile[]> {
  const rows = db
    .selectFrom('file')
    .selectAll()
    .where('root_id', '=', rootId)
    .where('state', '<>', 'described');
  return (await rows.orderBy('path_key').execute()) as StoredFile[];
}

/** Takes over files as they lie now, by their path in the root: all are present, and a former problem is forgotten. */
export async function saveFiles(
  target: Writable,
  rootId: number,
  files: readonly FileInput[],
  at: number,
): Promise<void> {
  const rows = new Map(files.map((file) => rowOf(rootId, file, at)).map((row) => [row.path_key, row]));
  await writing(target, (trx) =>
    upsert(trx, 'file', [...rows.values()], { key: ['root_id', 'path_key'], first: ['first_seen_at'] }),
  );
}

/** Takes files to where they lie now: the same rows, so that what hangs on them (a pinned choice, outputs) comes along. */
export async function moveFiles(
  target: Writable,
  rootId: number,
  moves: readonly { readonly fileId: number; readonly to: FileInput }[],
  at: number,
): Promise<void> {
  const rows = moves.map(({ fileId, to }) => ({ id: fileId, ...rowOf(rootId, to, at) }));
  await writing(target, (trx) =>
    upsert(trx, 'file', rows, { key: ['id'], first: ['first_seen_at', 'hashed_at'] }),
  );
}

function rowOf(rootId: number, file: FileInput, at: number): Omit<FileRow, 'id'> {
  const isKnown = file.blobId !== null;
  return cleanText({
    root_id: rootId,
    path: file.path,
    path_key: file.pathKey,
    raw_path: file.rawPath ?? null,
    name: file.name,
    stem: file.stem,
    ext: file.ext,
    folder: file.folder,
    size: file.size,
    mtime_ns: file.mtimeNs,
    ctime_ns: file.ctimeNs,
    device: file.device,
    inode: file.inode,
    blob_id: file.blobId,
    state: 'present',
    gone_at: null,
    first_seen_at: at,
    seen_at: at,
    hashed_at: isKnown ? at : null,
    hash_origin: isKnown ? (file.hashOrigin ?? 'moved') : null,
    problem: null,
  });
}

/** These files are no longer where they were; all that is known of them stays. */
export async function markGone(target: Writable, fileIds: readonly number[], at: number): Promise<void> {
  await writing(target, (trx) =>
    writeByKeys(fileIds, (some) =>
      trx
        .updateTable('file')
        .set({ state: 'gone', gone_at: sql<number>`coalesce(gone_at, ${at})` })
        .where('id', 'in', some)
        .execute(),
    ),
  );
}

/** These files, unchanged, are there (again). */
export async function markPresent(target: Writable, fileIds: readonly number[], at: number): Promise<void> {
  await writing(target, (trx) =>
    writeByKeys(fileIds, (some) =>
      trx
        .updateTable('file')
        .set({ state: 'present', gone_at: null, seen_at: at })
        .where('id', 'in', some)
        .execute(),
    ),
  );
}

/** Records which bytes files hold; a former problem is forgotten. */
export async function setBlob(target: Writable, found: readonly FoundBlob[]): Promise<void> {
  await writing(target, async (trx) => {
    for (const { fileId, blobId, origin, at, asOf } of found) {
      let update = trx
        .updateTable('file')
        .set({ blob_id: blobId, hash_origin: origin, hashed_at: at, problem: null })
        .where('id', '=', fileId);
      if (asOf !== undefined)
        update = update.where('size', '=', asOf.size).where('mtime_ns', '=', asOf.mtimeNs);
      await update.execute();
    }
  });
}

/** Records why files could not be read, a sentence each; null forgets it. */
export async function setProblem(
  target: Writable,
  problems: readonly { readonly fileId: number; readonly problem: string | null }[],
): Promise<void> {
  await writing(target, async (trx) => {
    for (const { fileId, problem } of problems) {
      await trx.updateTable('file').set(cleanText({ problem })).where('id', '=', fileId).execute();
    }
  });
}
