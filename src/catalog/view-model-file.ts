import type { Kysely } from 'kysely';

import { chunks } from '../base/pool.ts';
import type { Catalog } from './open.ts';
import type { Tables } from './schema.ts';
import { hintsOf } from './header-hints.ts';
import { groupBy, readByKeys } from './upsert.ts';
import { fieldsOf } from './user-field.ts';
import { readKnown } from './view-known.ts';
import { notesView } from './view-notes.ts';
import { absolutePath } from './view-place.ts';
import { trainingOf } from './view-training.ts';
import { sortedHashes } from './view-versions.ts';
import type { KnownView, ModelFileView, NoteView } from './views.ts';

/** Files read at once: bounds memory, and the same some twenty queries serve them all. */
const FILES_AT_ONCE = 32;

/** Files of the library with all that is known of them, in the order given, read a batch at a time; unknown ids are left out. */
export async function* viewModelFiles(
  catalog: Pick<Catalog, 'db'>,
  fileIds: Iterable<number>,
): AsyncGenerator<ModelFileView> {
  for (const some of chunks([...fileIds], FILES_AT_ONCE)) yield* await viewBatch(catalog.db, some);
}

type FileRow = Awaited<ReturnType<typeof readFiles>>[number];

async function viewBatch(db: Kysely<Tables>, fileIds: readonly number[]): Promise<ModelFileView[]> {
  const rows = await readFiles(db, fileIds);
  const files = new Map(rows.map((row) => [row.id, row]));
  const blobIds = rows.flatMap((row) => row.blob_id ?? []);
  const hashes = groupBy(await readHashes(db, blobIds), (row) => row.blob_id);
  const copies = groupBy(await readCopies(db, blobIds), (row) => row.blob_id ?? 0);
  const notes = groupBy(await fieldsOf(db, fileIds), (row) => row.file_id);
  const known = await readKnown(db, rows.flatMap(chosenOf)); // prettier-ignore
  return fileIds.flatMap((id) => {
    const row = files.get(id);
    if (row === undefined) return [];
    const others = (copies.get(row.blob_id ?? 0) ?? []).filter((copy) => copy.id !== id);
    const own = (hashes.get(row.blob_id ?? 0) ?? []).map((hash) => [hash.type, hash.value] as const);
    return [
      fileView(row, {
        hashes: own,
        duplicates: others.map((copy) => absolutePath(copy.root_path, copy.path)).toSorted(),
        known: known.get(id),
        notes: notesView(notes.get(id) ?? []),
      }),
    ];
  });
}

interface Parts {
  readonly hashes: readonly (readonly [string, string])[];
  readonly duplicates: readonly string[];
  readonly known: KnownView | undefined;
  readonly notes: readonly NoteView[];
}

function fileView(row: FileRow, { hashes, duplicates, known, notes }: Parts): ModelFileView {
  const training = trainingOf(row.metadata);
  return {
    fileId: row.id,
    rootId: row.root_id,
    path: absolutePath(row.root_path, row.path),
    relativePath: row.path,
    folder: row.folder,
    name: row.name,
    stem: row.stem,
    ext: row.ext,
    size: row.size,
    modifiedAt: Number(BigInt(row.mtime_ns) / 1_000_000n),
    addedAt: row.first_seen_at,
    sha256: row.sha256 ?? undefined,
    hashes: sortedHashes(row.sha256 === null ? hashes : [['SHA256', row.sha256], ...hashes]),
    state: row.state ?? 'unchecked',
    stateSince: row.since_at ?? undefined,
    lastFoundAt: row.version_seen_at ?? undefined,
    headerFormat: row.format ?? undefined,
    headerWarning: row.warning ?? undefined,
    problem: row.problem ?? undefined,
    training,
    ...(known === undefined && training !== undefined ? { hints: hintsOf(training) } : {}),
    ...(row.file_state === 'described' ? { isFileless: true } : {}),
    duplicates,
    known,
    ...(notes.length === 0 ? {} : { notes }),
  };
}

function readFiles(db: Kysely<Tables>, fileIds: readonly number[]) {
  return db
    .selectFrom('file')
    .innerJoin('root', 'root.id', 'file.root_id')
    .leftJoin('blob', 'blob.id', 'file.blob_id')
    .leftJoin('subject_state as standing', (join) =>
      join.onRef('standing.subject', '=', 'blob.sha256').on('standing.kind', '=', 'hash'),
    )
    .leftJoin('header', 'header.blob_id', 'file.blob_id')
    .leftJoin('choice', 'choice.file_id', 'file.id')
    .leftJoin('version', 'version.id', 'choice.version_id')
    .select([
      'file.id',
      'file.root_id',
      'file.path',
      'file.folder',
      'file.name',
      'file.stem',
      'file.ext',
      'file.size',
    ])
    .select([
      'file.mtime_ns',
      'file.first_seen_at',
      'file.blob_id',
      'file.problem',
      'root.path as root_path',
      'file.state as file_state',
      'blob.sha256',
    ])
    .select(['standing.state', 'standing.since_at', 'header.format', 'header.warning', 'header.metadata'])
    .select(['choice.version_id', 'choice.reason', 'choice.pinned', 'version.seen_at as version_seen_at'])
    .where('file.id', 'in', fileIds)
    .execute();
}

function chosenOf(row: FileRow) {
  if (row.version_id === null) return [];
  return [
    {
      fileId: row.id,
      blobId: row.blob_id,
      versionId: row.version_id,
      reason: row.reason ?? '',
      pinned: row.pinned === 1,
    },
  ];
}

function readHashes(db: Kysely<Tables>, blobIds: readonly number[]) {
  return readByKeys(blobIds, (some) =>
    db.selectFrom('blob_hash').selectAll().where('blob_id', 'in', some).execute(),
  );
}

function readCopies(db: Kysely<Tables>, blobIds: readonly number[]) {
  return readByKeys(blobIds, (some) =>
    db
      .selectFrom('file')
      .innerJoin('root', 'root.id', 'file.root_id')
      .select(['file.id', 'file.blob_id', 'file.path', 'root.path as root_path'])
      .where('file.blob_id', 'in', some)
      .where('file.state', '=', 'present')
      .execute(),
  );
}
