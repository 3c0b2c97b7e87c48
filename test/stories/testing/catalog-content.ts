import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import type { Kysely } from 'kysely';
import { systemClock } from '../../../src/base/clock.ts';
import { openCatalog } from '../../../src/catalog/open.ts';
import type { Tables } from '../../../src/catalog/schema.ts';
import { searchFiles } from '../../../src/catalog/search.ts';

type Row = Readonly<Record<string, unknown>>;

/** What a catalog says, without the accidents of a run: no times, no numbers of rows, no inodes. Equal content is equal objects. */
export type CatalogContent = Readonly<Record<string, readonly string[]>>;

/** Columns that no two runs, or no two engines, share. Keys of rows are told by what they stand for. */
const ACCIDENTS: ReadonlySet<string> = new Set(
  'id host_id device inode ctime_ns added_at seen_at first_seen_at hashed_at due_at from_at to_at since_at checked_at missed_at next_check_at at chosen_at body tokens'.split(
    ' ',
  ),
);

/** Of these the number is Civitai's own. */
const NUMBERED_BY_THE_SITE: ReadonlySet<string> = new Set(['model', 'version', 'version_file', 'image']);

const TABLES = [
  'root',
  'file',
  'blob',
  'blob_hash',
  'header',
  'payload',
  'sighting',
  'subject_state',
  'change',
  'candidate',
  'choice',
  'creator',
  'model',
  'model_tag',
  'version',
  'version_file',
  'version_file_hash',
  'version_stat',
  'image',
  'image_alias',
  'image_use',
  'gen_param',
  'output',
  'search_doc',
] as const satisfies readonly (keyof Tables)[];

/** Reads a catalog, file or `postgres://…`; `searches` are asked of its search as well. */
export async function catalogContent(
  location: string,
  searches: readonly string[] = [],
): Promise<CatalogContent> {
  const catalog = await openCatalog(location, { clock: systemClock });
  try {
    const names = await namesOf(catalog.db);
    const content: Record<string, string[]> = {};
    for (const table of TABLES)
      content[table] = (await catalog.db.selectFrom(table).selectAll().execute())
        .map((row) => JSON.stringify(plain(table, row, names)))
        .sort();
    for (const text of searches) {
      const found = await searchFiles(catalog, text, { limit: 100 });
      content[`search ${text}`] = found.map((id) => names.file.get(id) ?? '').sort();
    }
    return content;
  } finally {
    await catalog.close();
  }
}

interface Names {
  readonly root: ReadonlyMap<unknown, string>;
  readonly file: ReadonlyMap<unknown, string>;
  readonly blob: ReadonlyMap<unknown, string>;
  readonly payload: ReadonlyMap<unknown, string>;
}

async function namesOf(db: Kysely<Tables>): Promise<Names> {
  const files = await db
    .selectFrom('file')
    .innerJoin('root', 'root.id', 'file.root_id')
    .select(['file.id', 'root.path as root', 'file.path_key'])
    .execute();
  return {
    root: new Map(
      (await db.selectFrom('root').select(['id', 'path']).execute()).map((row) => [row.id, row.path]),
    ),
    file: new Map(files.map((row) => [row.id, `${row.root}/${row.path_key}`])),
    blob: new Map(
      (await db.selectFrom('blob').select(['id', 'sha256']).execute()).map((row) => [row.id, row.sha256]),
    ),
    payload: new Map(
      (await db.selectFrom('payload').select(['id', 'digest']).execute()).map((row) => [row.id, row.digest]),
    ),
  };
}

function plain(table: (typeof TABLES)[number], row: Row, names: Names): Row {
  const told: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (column === 'id' && NUMBERED_BY_THE_SITE.has(table)) told[column] = value;
    else if (ACCIDENTS.has(column)) continue;
    else told[column] = nameOf(table, column, value, names);
  }
  // What a scan ended with changes with the tree's inodes; whether it ended does not.
  if (table === 'root')
    return { path: row['path'], absent: row['absent_at'] !== null, ended: row['digest'] !== null };
  return table === 'output' ? asOnDisk(told) : told;
}

function nameOf(table: string, column: string, value: unknown, names: Names): unknown {
  if (value === null) return null;
  if (column === 'root_id') return names.root.get(value);
  // The site's files have a column of this name too.
  if (column === 'file_id' && table !== 'version_file_hash') return names.file.get(value);
  if (column === 'blob_id') return names.blob.get(value);
  if (column === 'payload_id') return names.payload.get(value);
  if (table === 'search_doc' && column === 'subject') return names.file.get(value);
  return value;
}

/** An output's hash and size are those of the file that lies there: the trees are compared by themselves. */
function asOnDisk(row: Row): Row {
  const path = String(row['path']);
  const { done_sha256: sha256, size, mtime_ns: _mtime, ...rest } = row;
  const isThere = existsSync(path);
  const isRight =
    isThere &&
    createHash('sha256').update(readFileSync(path)).digest('hex') === sha256 &&
    statSync(path).size === size;
  return {
    ...rest,
    onDisk: isRight ? 'as recorded' : isThere ? `other bytes than ${String(sha256)}` : 'nothing',
  };
}
