import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';

import { chunks } from '../base/pool.ts';
import { queryTerms } from '../query/terms.ts';
import type { TermQuery } from '../query/terms.ts';
import { listOf } from './facts-clean.ts';
import { readHints } from './header-hints.ts';
import { readTags } from './model.ts';
import { writing } from './open.ts';
import type { Catalog, Writable } from './open.ts';
import type { Tables } from './schema.ts';
import { termsText } from './search-doc.ts';
import { groupBy, readByKeys, upsert, writeByKeys } from './upsert.ts';
import { fieldsOf } from './user-field.ts';
import { wordsOfNotes } from './view-notes.ts';

/** Files read at once while indexing: bounds memory. */
const FILES_AT_ONCE = 500;

/** Brings the search documents of files up to date with what is known of them; files that are gone lose theirs. */
export async function indexFiles(target: Writable, fileIds: Iterable<number>): Promise<void> {
  for (const some of chunks([...new Set(fileIds)], FILES_AT_ONCE))
    await writing(target, (trx) => indexSome(trx, some));
}

async function indexSome(trx: Kysely<Tables>, fileIds: readonly number[]): Promise<void> {
  const files = await readFiles(trx, fileIds);
  const tags = await readTags(trx, files.flatMap((file) => file.model_id ?? [])); // prettier-ignore
  const names = await readFileNames(trx, files.flatMap((file) => file.version_id ?? [])); // prettier-ignore
  const notes = groupBy(await fieldsOf(trx, fileIds), (row) => row.file_id);
  const rows = files.map((file) => ({
    kind: 'file' as const,
    subject: file.id,
    terms: termsText({
      names: [file.model_name, file.version_name, file.name],
      words: [
        file.username,
        file.base_model,
        file.type,
        ...listOf(file.trained_words),
        ...(tags.get(file.model_id ?? 0) ?? []),
        ...(names.get(file.version_id ?? 0) ?? []),
        file.folder,
        ...wordsOfNotes(notes.get(file.id) ?? []),
        ...likelyWords(file),
      ],
      descriptions: [file.version_description, file.model_description],
    }),
  }));
  await upsert(trx, 'search_doc', rows, { key: ['kind', 'subject'], unlessSame: ['terms'] });
  const left = new Set(fileIds);
  for (const file of files) left.delete(file.id);
  await writeByKeys(left, (some) =>
    trx.deleteFrom('search_doc').where('kind', '=', 'file').where('subject', 'in', some).execute(),
  );
}

/** What the header of a file lets guess of which the site says nothing. */
function likelyWords(file: Awaited<ReturnType<typeof readFiles>>[number]): (string | null)[] {
  if (file.version_id !== null) return [];
  const { type, baseModel, words } = readHints(file.hints, file.metadata);
  return [type ?? null, baseModel ?? null, ...words];
}

function readFiles(db: Kysely<Tables>, fileIds: readonly number[]) {
  return db
    .selectFrom('file')
    .leftJoin('header', 'header.blob_id', 'file.blob_id')
    .leftJoin('choice', 'choice.file_id', 'file.id')
    .leftJoin('version', 'version.id', 'choice.version_id')
    .leftJoin('model', 'model.id', 'version.model_id')
    .leftJoin('creator', 'creator.username_key', 'model.creator_key')
    .select(['file.id', 'file.name', 'file.folder', 'version.id as version_id', 'model.id as model_id'])
    .select(['model.name as model_name', 'model.type', 'model.description as model_description'])
    .select(['version.name as version_name', 'version.base_model', 'version.trained_words'])
    .select(['version.description as version_description', 'creator.username', 'header.hints'])
    .select(sql<string | null>`case when header.hints is null then header.metadata end`.as('metadata'))
    .where('file.id', 'in', fileIds)
    .where('file.state', 'in', ['present', 'described'])
    .execute();
}

async function readFileNames(
  db: Kysely<Tables>,
  versionIds: readonly number[],
): Promise<Map<number, string[]>> {
  const rows = await readByKeys(versionIds, (some) =>
    db
      .selectFrom('version_file')
      .select(['version_id', 'name'])
      .where('version_id', 'in', some)
      .orderBy('id')
      .execute(),
  );
  const groups = groupBy(rows, (row) => row.version_id);
  return new Map([...groups].map(([id, group]) => [id, group.map((row) => row.name)]));
}

/**
 * The present files that answer what a person typed, at most `limit`: those that have its words nearest the front of
 * their terms (names stand there) first, then by key. The same on both engines. Nothing typed finds every file.
 */
export async function searchFiles(
  catalog: Pick<Catalog, 'db' | 'engine'>,
  text: string,
  options: { readonly limit: number },
): Promise<number[]> {
  const query = queryTerms(text);
  const rows = await catalog.db
    .selectFrom('search_doc as doc')
    .innerJoin('file', 'file.id', 'doc.subject')
    .select('doc.subject')
    .where('doc.kind', '=', 'file')
    .where('file.state', 'in', ['present', 'described'])
    .$if(query.start !== undefined, (select) =>
      select.where(matches(catalog.engine, query)).orderBy(distance(catalog.engine, query)),
    )
    .orderBy('doc.subject')
    .limit(options.limit)
    .execute();
  return rows.map((row) => row.subject);
}

// Terms hold letters and digits only (query/terms.ts), so that quotes suffice in both languages.
function matches(engine: Catalog['engine'], { whole, start }: TermQuery): RawBuilder<boolean> {
  if (engine === 'sqlite') {
    const expression = [...whole.map((term) => `"${term}"`), `"${start}"*`].join(' AND ');
    return sql`doc.id in (select rowid from search_index where search_index match ${expression})`;
  }
  const expression = [...whole.map((term) => `'${term}'`), `'${start}':*`].join(' & ');
  return sql`doc.tokens @@ cast(${expression} as tsquery)`;
}

/** How far from the front the query's terms stand, in characters, all together. */
function distance(engine: Catalog['engine'], { whole, start }: TermQuery): RawBuilder<number> {
  const sought = [...whole.map((term) => ` ${term} `), ` ${start ?? ''}`];
  const places = sought.map((term) =>
    engine === 'sqlite'
      ? sql`instr(' ' || doc.terms || ' ', ${term})`
      : sql`strpos(' ' || doc.terms || ' ', cast(${term} as text))`,
  );
  return sql`(${sql.join(places, sql` + `)})`;
}
