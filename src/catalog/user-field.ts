import type { Kysely, Selectable } from 'kysely';

import { cleanText } from './clean-text.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { NoteField, SidecarTable, UserFieldTable } from './schema-notes.ts';
import type { Tables } from './schema.ts';
import { readByKeys, upsert, writeByKeys } from './upsert.ts';

/** A field that a note beside a model file says. */
export type UserField = Selectable<UserFieldTable>;

/** What the notes beside one file say now, all of them together, and which notes these are. */
export interface NotedFile {
  readonly fileId: number;
  readonly fields: readonly {
    readonly field: NoteField;
    readonly value: string;
    readonly origin: string;
  }[];
  /** Fields of this origin stay as they are: its note can not be read just now. */
  readonly keeps?: string;
  /** Names without folder. */
  readonly notes: readonly { readonly name: string; readonly size: number; readonly mtimeNs: string }[];
}

/**
 * Replaces what is known from the notes beside these files. Returns the ids of those of which anything changed; a field
 * that stays keeps its time.
 */
export async function saveNotes(
  target: Writable,
  files: readonly NotedFile[],
  at: number,
): Promise<Set<number>> {
  return writing(target, async (trx) => {
    const ids = files.map((file) => file.fileId);
    const kept = new Set<string>();
    const before = new Map((await fieldsOf(trx, ids)).map((row) => [keyOf(row), row]));
    for (const { fileId, keeps } of files)
      for (const [key, row] of before) if (row.file_id === fileId && row.origin === keeps) kept.add(key);
    for (const key of kept) before.delete(key);
    const rows = files
      .flatMap((file) => file.fields.map((said) => cleanText({ file_id: file.fileId, ...said, at })))
      .filter((row) => !kept.has(keyOf(row)));
    const changed = new Set<number>();
    for (const row of rows) {
      const old = before.get(keyOf(row));
      if (old?.value !== row.value || old.origin !== row.origin) changed.add(row.file_id);
      before.delete(keyOf(row));
    }
    for (const lost of before.values()) {
      changed.add(lost.file_id);
      await trx
        .deleteFrom('user_field')
        .where('file_id', '=', lost.file_id)
        .where('field', '=', lost.field)
        .execute();
    }
    await upsert(trx, 'user_field', rows, { key: ['file_id', 'field'], unlessSame: ['value', 'origin'] });
    await writeByKeys(ids, (some) => trx.deleteFrom('sidecar').where('file_id', 'in', some).execute());
    const notes = files.flatMap((file) =>
      file.notes.map((note) =>
        cleanText({ file_id: file.fileId, name: note.name, size: note.size, mtime_ns: note.mtimeNs }),
      ),
    );
    await upsert(trx, 'sidecar', notes, { key: ['file_id', 'name'] });
    return changed;
  });
}

function keyOf(row: { readonly file_id: number; readonly field: string }): string {
  return `${row.file_id} ${row.field}`;
}

/** What the notes beside files say, by file and field. */
export function fieldsOf(db: Kysely<Tables>, fileIds: Iterable<number>): Promise<UserField[]> {
  return readByKeys(fileIds, (some) =>
    db
      .selectFrom('user_field')
      .selectAll()
      .where('file_id', 'in', some)
      .orderBy('file_id')
      .orderBy('field')
      .execute(),
  );
}

/** The notes of other programs that were read beside the present files of a root, as they were then. */
export function notesOfRoot(
  db: Kysely<Tables>,
  rootId: number,
): Promise<(Selectable<SidecarTable> & { readonly folder: string })[]> {
  return db
    .selectFrom('sidecar')
    .innerJoin('file', 'file.id', 'sidecar.file_id')
    .select(['sidecar.file_id', 'sidecar.name', 'sidecar.size', 'sidecar.mtime_ns', 'file.folder'])
    .where('file.root_id', '=', rootId)
    .where('file.state', 'in', ['present', 'described'])
    .execute();
}
