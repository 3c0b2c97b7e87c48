import type { Kysely, Selectable } from 'kysely';

import { cleanText } from './clean-text.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { NotedHashTable } from './schema-notes.ts';
import type { Tables } from './schema.ts';
import { readByKeys, upsert } from './upsert.ts';

/** A hash that another program noted. */
export type NotedHashRow = Selectable<NotedHashTable>;

/** Keeps noted hashes; of one record the last reading holds. */
export async function saveNotedHashes(target: Writable, rows: readonly NotedHashRow[]): Promise<void> {
  const clean = new Map(rows.map((row) => [row.record, cleanText(row)]));
  await writing(target, (trx) => upsert(trx, 'noted_hash', [...clean.values()], { key: ['record'] }));
}

/** What was noted under some records (absolute paths), by record. */
export async function notedUnder(
  db: Kysely<Tables>,
  records: Iterable<string>,
): Promise<Map<string, NotedHashRow>> {
  const rows = await readByKeys(records, (some) =>
    db.selectFrom('noted_hash').selectAll().where('record', 'in', some).execute(),
  );
  return new Map(rows.map((row) => [row.record, row]));
}

/** What was noted of model files with some names. */
export async function notedOfNames(db: Kysely<Tables>, names: Iterable<string>): Promise<NotedHashRow[]> {
  return await readByKeys(names, (some) =>
    db.selectFrom('noted_hash').selectAll().where('name', 'in', some).orderBy('record').execute(),
  );
}

/** The present files, of any root, that have a name and bytes which were noted together. */
export async function filesNoted(
  db: Kysely<Tables>,
): Promise<{ readonly fileId: number; readonly name: string; readonly record: string }[]> {
  return await db
    .selectFrom('noted_hash')
    .innerJoin('blob', 'blob.sha256', 'noted_hash.sha256')
    .innerJoin('file', 'file.blob_id', 'blob.id')
    .select(['file.id as fileId', 'file.name', 'noted_hash.record'])
    .whereRef('file.name', '=', 'noted_hash.name')
    .where('file.state', '=', 'present')
    .orderBy('noted_hash.record')
    .orderBy('file.id')
    .execute();
}
