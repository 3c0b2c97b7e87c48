import type { Kysely } from 'kysely';

import { plainText } from '../query/plain-text.ts';
import { listOf } from './facts-clean.ts';
import { groupBy } from './upsert.ts';
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
  'link',
  'level',
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
const NUMBERS: ReadonlySet<Field> = new Set(['preferred_weight', 'model_id', 'version_id', 'level']);

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

/** What the notes beside one file say, as its card shows it. */
export interface CardNotes {
  /** The user's own words as one plain text. */
  readonly words: string;
  /** One value a field; with what is told by hand only, where the site tells the rest. */
  said(field: Field, byHandOnly: boolean): string | undefined;
  readonly isByHand: boolean;
}

/** Whose word wins over the site's. */
const BY_HAND = 'about';
const WORDS: ReadonlySet<Field> = new Set(['title', 'notes', 'activation_text', 'description']);

/** What the notes beside the files of some roots say, by file. */
export async function readCardNotes(
  db: Kysely<Tables>,
  rootIds: readonly number[],
): Promise<Map<number, CardNotes>> {
  const rows = await db
    .selectFrom('user_field')
    .innerJoin('file', 'file.id', 'user_field.file_id')
    .select(['user_field.file_id', 'user_field.field', 'user_field.value', 'user_field.origin'])
    .where('file.root_id', 'in', rootIds)
    .where('file.state', 'in', ['present', 'described'])
    .orderBy('user_field.file_id')
    .orderBy('user_field.field')
    .execute();
  const groups = groupBy(rows, (row) => row.file_id);
  return new Map([...groups].map(([fileId, group]) => [fileId, cardNotes(group)]));
}

function cardNotes(rows: readonly Pick<UserField, 'field' | 'value' | 'origin'>[]): CardNotes {
  const own = rows.filter((row) => WORDS.has(row.field)).map((row) => plainText(row.value, MOST_WORDS));
  return {
    words: own.join(' ').slice(0, MOST_WORDS),
    isByHand: rows.some((row) => row.origin === BY_HAND),
    said: (field, byHandOnly) =>
      rows.find((row) => row.field === field && (!byHandOnly || row.origin === BY_HAND))?.value,
  };
}
