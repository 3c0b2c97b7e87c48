import type { Kysely } from 'kysely';

import { plainText } from '../query/plain-text.ts';
import { listOf } from './facts-clean.ts';
import type { NoteField as Field } from './schema-notes.ts';
import type { Tables } from './schema.ts';
import type { UserField } from './user-field.ts';
import type { NoteView } from './views.ts';

/** The user's own words, in reading order. */
const OWN: readonly Field[] = [
  'title',
  'notes',
  'activation_text',
  'negative_text',
  'preferred_weight',
  'description',
];
/** What other programs kept of the site's words. */
const KEPT: readonly Field[] = [
  'model_name',
  'version_name',
  'model_type',
  'base_model',
  'creator',
  'trained_words',
  'tags',
  'model_id',
  'version_id',
];
const LISTS: ReadonlySet<Field> = new Set(['trained_words', 'tags']);
/** Fields that are no words. */
const NUMBERS: ReadonlySet<Field> = new Set(['preferred_weight', 'model_id', 'version_id']);

/** Characters of one file's words on a card. */
const MOST_WORDS = 300;

/** What the notes beside a file say, the user's own words first. */
export function notesView(rows: readonly UserField[]): NoteView[] {
  return [...OWN, ...KEPT].flatMap((field) => {
    const row = rows.find((one) => one.field === field);
    return row === undefined ? [] : [{ field, value: row.value, origin: row.origin }];
  });
}

/** The words by which notes are found. */
export function wordsOfNotes(rows: readonly UserField[]): string[] {
  return rows
    .filter((row) => !NUMBERS.has(row.field))
    .flatMap((row) => (LISTS.has(row.field) ? listOf(row.value) : [plainText(row.value, 20_000)]));
}

/** The user's own words about the present files of some roots, as one plain text a file. */
export async function readOwnWords(
  db: Kysely<Tables>,
  rootIds: readonly number[],
): Promise<Map<number, string>> {
  const rows = await db
    .selectFrom('user_field')
    .innerJoin('file', 'file.id', 'user_field.file_id')
    .select(['user_field.file_id', 'user_field.value'])
    .where('file.root_id', 'in', rootIds)
    .where('file.state', '=', 'present')
    .where('user_field.field', 'in', ['title', 'notes', 'activation_text', 'description'])
    .orderBy('user_field.file_id')
    .orderBy('user_field.field')
    .execute();
  const words = new Map<number, string>();
  for (const row of rows) {
    const before = words.get(row.file_id);
    words.set(
      row.file_id,
      [...(before === undefined ? [] : [before]), plainText(row.value, MOST_WORDS)]
        .join(' ')
        .slice(0, MOST_WORDS),
    );
  }
  return words;
}
