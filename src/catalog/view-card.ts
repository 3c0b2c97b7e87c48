import type { Kysely } from 'kysely';
import { sql } from 'kysely';

import { searchText, wordsOf } from './card-words.ts';
import { listOf } from './facts-clean.ts';
import type { Catalog } from './open.ts';
import { SHOWN_KINDS } from './output.ts';
import type { Tables } from './schema.ts';
import { groupBy } from './upsert.ts';
import { type CardNotes, readCardNotes } from './view-notes.ts';
import { readHints } from './header-hints.ts';
import { absolutePath } from './view-place.ts';
import { isNewer } from './view-versions.ts';
import type { CardView, HeaderHints } from './views.ts';

/** Characters of HTML read for it: reading whole descriptions would cost most of the time. */
const MOST_HTML = 2000;

/**
 * The cards of all present files of some roots, and of models that are only described, by path. One pass over each table, joined here: ten thousand cards in a
 * fraction of a second.
 */
export async function viewCards(
  catalog: Pick<Catalog, 'db' | 'engine'>,
  rootIds: readonly number[],
): Promise<CardView[]> {
  if (rootIds.length === 0) return [];
  const { db } = catalog;
  const rows = await readFiles(db, rootIds);
  const models = await readModels(db, rootIds);
  const tags = await readTags(catalog, rootIds);
  const warned = await readWarned(db, rootIds);
  const versions = await readVersions(db, rootIds);
  const covers = await readCovers(db, rootIds);
  const several = await readSeveral(db);
  const siteFiles = await readSiteFiles(db, rootIds);
  const notes = await readCardNotes(db, rootIds);
  const hints = await readAllHints(db, rootIds);
  const gone = await readGone(db);
  const cards = rows.map((row) => {
    const version = versions.get(row.version_id ?? 0);
    return cardOf(row, {
      version,
      model: models.get(version?.model_id ?? 0),
      tags: tags.get(version?.model_id ?? 0) ?? [],
      cover: covers.get(row.id),
      duplicate: several.has(row.blob_id),
      siteFileId: siteFiles.get(`${row.version_id} ${row.sha256}`),
      warned: warned.has(row.blob_id),
      notes: notes.get(row.id),
      hints: version === undefined ? hints.get(row.blob_id ?? 0) : undefined,
      isGone: gone.has(`version ${version?.id}`) || gone.has(`model ${version?.model_id}`),
    });
  });
  return cards.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

type FileRow = Awaited<ReturnType<typeof readFiles>>[number];
type ModelRow = Awaited<ReturnType<typeof readModels>> extends Map<number, infer Row> ? Row : never;
type VersionRow = Awaited<ReturnType<typeof readVersions>> extends Map<number, infer Row> ? Row : never;

interface Parts {
  readonly version: VersionRow | undefined;
  readonly model: ModelRow | undefined;
  readonly tags: readonly string[];
  readonly cover: CardView['cover'];
  readonly duplicate: boolean;
  readonly siteFileId: number | undefined;
  readonly warned: boolean;
  readonly notes: CardNotes | undefined;
  /** Where the site says nothing. */
  readonly hints: HeaderHints | undefined;
  /** The site shows the version or its model no more. */
  readonly isGone: boolean;
}

function cardOf(row: FileRow, parts: Parts): CardView {
  const { version, model, cover, duplicate, siteFileId, warned, notes, isGone } = parts;
  const removed = row.state === 'removed' || isGone;
  return {
    fileId: row.id,
    path: absolutePath(row.root_path, row.path),
    relativePath: row.path,
    folder: row.folder,
    stem: row.stem,
    size: row.size,
    modifiedAt: millisOf(row.mtime_ns),
    addedAt: row.first_seen_at,
    state: row.state ?? 'unchecked',
    removed,
    lastSeenAt: removed ? version?.seen_at : undefined,
    headerWarning: warned,
    described: notes?.isByHand ?? false,
    fileless: row.file_state === 'described',
    modelId: version?.model_id,
    versionId: version?.id,
    siteFileId,
    ...wordsOf(row.stem, parts),
    downloads: model?.download_count ?? undefined,
    thumbsUp: model?.thumbs_up ?? undefined,
    publishedAt: version?.published_at ?? undefined,
    updatedAt: version?.updated_at ?? undefined,
    hasUpdate: version?.hasUpdate ?? false,
    duplicate,
    about: searchText(parts),
    cover,
  };
}

/** Nanoseconds in text to milliseconds; the last six digits go. */
function millisOf(nanoseconds: string): number {
  return Number(nanoseconds.slice(0, -6));
}

function readFiles(db: Kysely<Tables>, rootIds: readonly number[]) {
  return db
    .selectFrom('file')
    .innerJoin('root', 'root.id', 'file.root_id')
    .leftJoin('blob', 'blob.id', 'file.blob_id')
    .leftJoin('subject_state as standing', (join) =>
      join.onRef('standing.subject', '=', 'blob.sha256').on('standing.kind', '=', 'hash'),
    )
    .leftJoin('choice', 'choice.file_id', 'file.id')
    .select([
      'file.id',
      'file.path',
      'file.folder',
      'file.stem',
      'file.size',
      'file.mtime_ns',
      'file.first_seen_at',
    ])
    .select(['file.blob_id', 'root.path as root_path', 'standing.state', 'choice.version_id'])
    .select(['blob.sha256', 'file.state as file_state'])
    .where('file.state', 'in', ['present', 'described'])
    .where('file.root_id', 'in', rootIds)
    .execute();
}

/** The versions that files of these roots count as. */
function heldVersions(db: Kysely<Tables>, rootIds: readonly number[]) {
  return db
    .selectFrom('choice')
    .innerJoin('file', 'file.id', 'choice.file_id')
    .innerJoin('version', 'version.id', 'choice.version_id')
    .where('file.state', '=', 'present')
    .where('file.root_id', 'in', rootIds);
}

async function readModels(db: Kysely<Tables>, rootIds: readonly number[]) {
  const rows = await db
    .selectFrom('model')
    .leftJoin('creator', 'creator.username_key', 'model.creator_key')
    .select([
      'model.id',
      'model.name',
      'model.type',
      'model.nsfw_level',
      'model.download_count',
      'model.thumbs_up',
    ])
    .select([
      'creator.username',
      sql<string | null>`substr(model.description, 1, ${sql.lit(MOST_HTML)})`.as('description'),
    ])
    .where('model.id', 'in', heldVersions(db, rootIds).select('version.model_id'))
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** Gathered by the database: a row a tag would be the most part of what is read. */
async function readTags(
  { db, engine }: Pick<Catalog, 'db' | 'engine'>,
  rootIds: readonly number[],
): Promise<Map<number, string[]>> {
  const list =
    engine === 'sqlite'
      ? sql<string>`json_group_array(tag order by position)`
      : sql<string>`cast(json_agg(tag order by position) as text)`;
  const rows = await db
    .selectFrom('model_tag')
    .select(['model_id', list.as('tags')])
    .where('model_id', 'in', heldVersions(db, rootIds).select('version.model_id'))
    .groupBy('model_id')
    .execute();
  return new Map(rows.map((row) => [row.model_id, listOf(row.tags)]));
}

/** Blobs with damaged headers. */
async function readWarned(db: Kysely<Tables>, rootIds: readonly number[]): Promise<Set<number | null>> {
  const rows = await db
    .selectFrom('header')
    .innerJoin('file', 'file.blob_id', 'header.blob_id')
    .select('header.blob_id')
    .where('header.warning', 'is not', null)
    .where('file.root_id', 'in', rootIds)
    .execute();
  return new Set(rows.map((row) => row.blob_id));
}

/** What headers of files of which the site says nothing let guess, by blob. */
async function readAllHints(
  db: Kysely<Tables>,
  rootIds: readonly number[],
): Promise<Map<number, HeaderHints>> {
  const rows = await db
    .selectFrom('header')
    .innerJoin('file', 'file.blob_id', 'header.blob_id')
    .leftJoin('choice', 'choice.file_id', 'file.id')
    .select(['header.blob_id', 'header.hints'])
    // Long, and read only where an older version of this program left no hints.
    .select(sql<string | null>`case when header.hints is null then header.metadata end`.as('metadata'))
    .where('header.metadata', 'is not', null)
    .where('choice.file_id', 'is', null)
    .where('file.state', '=', 'present')
    .where('file.root_id', 'in', rootIds)
    .execute();
  return new Map(rows.map((row) => [row.blob_id, readHints(row.hints, row.metadata)]));
}

/** Versions and models that the site shows no more, as `kind id`. */
async function readGone(db: Kysely<Tables>): Promise<Set<string>> {
  const rows = await db
    .selectFrom('subject_state')
    .select(['kind', 'subject'])
    .where('state', '=', 'removed')
    .where('kind', 'in', ['version', 'model'])
    .execute();
  return new Set(rows.map((row) => `${row.kind} ${row.subject}`));
}

/** All versions of the models in question, so that the newer ones are known. */
async function readVersions(db: Kysely<Tables>, rootIds: readonly number[]) {
  const ages = await db
    .selectFrom('version')
    .select(['id', 'model_id', 'published_at', 'position'])
    .where('model_id', 'in', heldVersions(db, rootIds).select('version.model_id'))
    .execute();
  const byModel = groupBy(ages, (age) => age.model_id);
  const rows = await db
    .selectFrom('version')
    .select([
      'id',
      'model_id',
      'name',
      'base_model',
      'trained_words',
      'nsfw_level',
      'published_at',
      'updated_at',
      'seen_at',
      'position',
    ])
    .select(sql<string | null>`substr(description, 1, ${sql.lit(MOST_HTML)})`.as('description'))
    .where('id', 'in', heldVersions(db, rootIds).select('version.id'))
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      { ...row, hasUpdate: byModel.get(row.model_id)?.some((age) => isNewer(age, row)) ?? false },
    ]),
  );
}

/** The site's ids of files of the versions in question, by version and SHA-256. */
async function readSiteFiles(db: Kysely<Tables>, rootIds: readonly number[]): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('version_file')
    .innerJoin('version_file_hash', 'version_file_hash.file_id', 'version_file.id')
    .select(['version_file.id', 'version_file.version_id', 'version_file_hash.value'])
    .where('version_file_hash.type', '=', 'SHA256')
    .where('version_file.version_id', 'in', heldVersions(db, rootIds).select('version.id'))
    .execute();
  return new Map(rows.map((row) => [`${row.version_id} ${row.value}`, row.id]));
}

/** The covers that are pictures, absolute paths in their order. */
export async function coverPictures(db: Kysely<Tables>, rootIds: readonly number[]): Promise<string[]> {
  if (rootIds.length === 0) return [];
  const covers = await readCovers(db, rootIds);
  const paths = [...covers.values()].flatMap((cover) => (cover?.media === 'image' ? [cover.path] : []));
  return paths.toSorted();
}

/** The first preview of each file that we hold: by place among the version's pictures, then by path. */
async function readCovers(
  db: Kysely<Tables>,
  rootIds: readonly number[],
): Promise<Map<number, CardView['cover']>> {
  const ranked = db
    .selectFrom('output')
    .innerJoin('file', 'file.id', 'output.file_id')
    .innerJoin('image', 'image.id', 'output.image_id')
    .leftJoin('choice', 'choice.file_id', 'output.file_id')
    .leftJoin('image_use', (join) =>
      join
        .onRef('image_use.version_id', '=', 'choice.version_id')
        .onRef('image_use.image_id', '=', 'output.image_id'),
    )
    .select([
      'output.file_id',
      'output.path',
      'image.media',
      'image.nsfw_level',
      'image.blurhash',
      'image.width',
      'image.height',
    ])
    .select(
      sql<number>`row_number() over (
        partition by output.file_id order by coalesce(image_use.position, 1000000), output.path)`.as('place'),
    )
    .where('file.state', '=', 'present')
    .where('output.kind', 'in', SHOWN_KINDS)
    .where('output.done_sha256', 'is not', null)
    .where('output.root_id', 'in', rootIds);
  const rows = await db.selectFrom(ranked.as('ranked')).selectAll().where('place', '=', 1).execute();
  return new Map(rows.map((row) => [row.file_id ?? 0, coverOf(row)]));
}

interface CoverRow {
  readonly path: string;
  readonly media: string;
  readonly nsfw_level: number;
  readonly blurhash: string | null;
  readonly width: number | null;
  readonly height: number | null;
}

function coverOf(row: CoverRow): CardView['cover'] {
  return {
    path: row.path,
    media: row.media === 'video' ? 'video' : 'image',
    nsfwLevel: row.nsfw_level,
    blurhash: row.blurhash ?? undefined,
    width: row.width ?? undefined,
    height: row.height ?? undefined,
  };
}

/** The blobs that more than one present file holds, in whatever root. */
async function readSeveral(db: Kysely<Tables>): Promise<Set<number | null>> {
  const rows = await db
    .selectFrom('file')
    .select('blob_id')
    .where('state', '=', 'present')
    .where('blob_id', 'is not', null)
    .groupBy('blob_id')
    .having((having) => having.fn.countAll(), '>', 1)
    .execute();
  return new Set(rows.map((row) => row.blob_id));
}
