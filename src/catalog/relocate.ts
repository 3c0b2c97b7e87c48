import type { Kysely } from 'kysely';
import { sql } from 'kysely';

import { chunks } from '../base/pool.ts';
import { bulkRows, writeOverRows } from './bulk-rows.ts';
import type { EngineName } from './open-engine.ts';
import type { Tables } from './schema.ts';
import { readByKeys, writeByKeys } from './upsert.ts';

/** Where a library file lies now. Its bytes are the same, so all that is known of it stays. */
export interface Relocated {
  readonly fileId: number;
  readonly rootId: number;
  /** Relative to that root, forward slashes. */
  readonly path: string;
  readonly pathKey: string;
  readonly rawPath?: Uint8Array | undefined;
  readonly name: string;
  readonly stem: string;
  readonly folder: string;
  readonly mtimeNs: string;
  readonly ctimeNs: string;
  readonly device: string;
  readonly inode: string;
  /** Only the folder is another: name, inode, device and modification time are those of the row. */
  readonly onlyFolder: boolean;
}

/** Where a file we wrote lies now; absolute paths. */
export interface RelocatedOutput {
  readonly from: string;
  readonly to: string;
  readonly rootId: number;
  readonly mtimeNs: string;
}

const AT_ONCE = 5000;

/** Takes file rows to where their files were moved, into other roots too. Rows of vanished files make way. */
export async function relocateFiles(
  trx: Kysely<Tables>,
  engine: EngineName,
  files: readonly Relocated[],
  at: number,
): Promise<void> {
  const plain = files.filter((file) => file.onlyFolder && file.rawPath === undefined);
  const others = files.filter((file) => !file.onlyFolder || file.rawPath !== undefined);
  if (!(await relocatePlain(trx, engine, plain, at))) others.push(...plain);
  await relocateWhole(trx, engine, others, at);
}

const PLAIN = { id: 'int', root_id: 'int', path_key: 'text', folder: 'text', ctime_ns: 'text', at: 'int' } as const; // prettier-ignore

/**
 * Of files that stay in their root: a column that is named costs its index and its reference a look, changed or not, so the
 * many that stay are left out. False when one of them was in another root.
 */
async function relocatePlain(
  trx: Kysely<Tables>,
  engine: EngineName,
  files: readonly Relocated[],
  at: number,
): Promise<boolean> {
  const valuesOf = (file: Relocated): (string | number)[] => [file.fileId, file.rootId, file.pathKey, file.folder, file.ctimeNs, at]; // prettier-ignore
  await writeOverRows(trx, engine, PLAIN, files, valuesOf, wayText);
  const written = await writeOverRows(
    trx,
    engine,
    PLAIN,
    files,
    valuesOf,
    (moved) => `update file set path = moved.path_key, path_key = moved.path_key, folder = moved.folder,
      ctime_ns = moved.ctime_ns, state = 'present', gone_at = null, seen_at = moved.at
    from ${moved} as moved where file.id = moved.id and file.root_id = moved.root_id`,
  );
  return written === files.length;
}

/** Rows of vanished files whose places are taken make way. */
function wayText(moved: string): string {
  return `update file set state = 'gone', gone_at = coalesce(gone_at, moved.at),
      path_key = 'gone:' || file.id || ':' || file.path_key
    from ${moved} as moved
    where file.root_id = moved.root_id and file.path_key = moved.path_key and file.id <> moved.id`;
}

const WHOLE = {
  id: 'int',
  root_id: 'int',
  path: 'text',
  path_key: 'text',
  name: 'text',
  stem: 'text',
  folder: 'text',
  mtime_ns: 'text',
  ctime_ns: 'text',
  device: 'text',
  inode: 'text',
  at: 'int',
} as const;

async function relocateWhole(
  trx: Kysely<Tables>,
  engine: EngineName,
  files: readonly Relocated[],
  at: number,
): Promise<void> {
  const valuesOf = (file: Relocated): (string | number)[] => [
    file.fileId,
    file.rootId,
    file.path,
    file.pathKey,
    file.name,
    file.stem,
    file.folder,
    file.mtimeNs,
    file.ctimeNs,
    file.device,
    file.inode,
    at,
  ];
  await writeOverRows(trx, engine, WHOLE, files, valuesOf, wayText);
  await writeOverRows(
    trx,
    engine,
    WHOLE,
    files,
    valuesOf,
    (
      moved,
    ) => `update file set root_id = moved.root_id, path = moved.path, path_key = moved.path_key, raw_path = null,
      name = moved.name, stem = moved.stem, folder = moved.folder, mtime_ns = moved.mtime_ns, ctime_ns = moved.ctime_ns,
      device = moved.device, inode = moved.inode, state = 'present', gone_at = null, seen_at = moved.at
    from ${moved} as moved where file.id = moved.id`,
  );
  for (const { fileId, rawPath } of files) {
    if (rawPath === undefined) continue;
    await trx.updateTable('file').set({ raw_path: rawPath }).where('id', '=', fileId).execute();
  }
}

/**
 * Takes output rows to where their files were moved. Pages, and notes for other programs, name their own place: they count
 * as unfinished from here on, so that whoever writes pages next writes them anew, also after a kill.
 */
export async function relocateOutputs(
  trx: Kysely<Tables>,
  engine: EngineName,
  outputs: readonly RelocatedOutput[],
): Promise<void> {
  const columns = { source: 'text', target: 'text', root_id: 'int', mtime_ns: 'text' } as const;
  for (const some of chunks(outputs, AT_ONCE)) {
    const moved = bulkRows(engine, columns, some.map((one) => [one.from, one.to, one.rootId, one.mtimeNs])); // prettier-ignore
    // What is recorded where nothing lay is out of date.
    await sql`delete from output where path in (select target from ${moved} as moved)
      and path not in (select source from ${moved} as again)`.execute(trx);
    await sql`update output set path = moved.target, root_id = moved.root_id, mtime_ns = moved.mtime_ns,
        intent_sha256 = case when kind in ('page', 'sidecar') then coalesce(intent_sha256, done_sha256) else intent_sha256 end,
        done_sha256 = case when kind = 'page' then null else done_sha256 end
      from ${moved} as moved where output.path = moved.source`.execute(trx);
  }
}

/** Gives a copy of a library file what was decided for the file: the version it counts as. */
export async function copyChoices(
  trx: Kysely<Tables>,
  engine: EngineName,
  pairs: readonly (readonly [from: number, to: number])[],
): Promise<void> {
  for (const some of chunks(pairs, AT_ONCE)) {
    await sql`insert into choice (file_id, version_id, civitai_file_id, pinned, reason, chosen_at)
      select made.copy, choice.version_id, choice.civitai_file_id, choice.pinned, choice.reason, choice.chosen_at
      from ${bulkRows(engine, { original: 'int', copy: 'int' }, some)} as made
      join choice on choice.file_id = made.original
      where not exists (select 1 from choice as there where there.file_id = made.copy)`.execute(trx);
  }
}

/** Notes the change time of files that got or lost a second name: their bytes are the same. */
export async function noteChangeTimes(
  trx: Kysely<Tables>,
  engine: EngineName,
  times: readonly (readonly [fileId: number, ctimeNs: string])[],
): Promise<void> {
  for (const some of chunks(times, AT_ONCE))
    await sql`update file set ctime_ns = seen.ctime_ns
      from ${bulkRows(engine, { id: 'int', ctime_ns: 'text' }, some)} as seen where file.id = seen.id`.execute(trx); // prettier-ignore
}

/** Has whoever writes pages next write those of these files anew: what they show has changed. */
export async function outdatePages(trx: Kysely<Tables>, fileIds: readonly number[]): Promise<void> {
  await writeByKeys(fileIds, (some) =>
    trx
      .updateTable('output')
      .set({ intent_sha256: sql<string | null>`coalesce(intent_sha256, done_sha256)`, done_sha256: null })
      .where('kind', '=', 'page')
      .where('file_id', 'in', some)
      .execute(),
  );
}

/**
 * The same for all that shows library files which came or went: galleries, and the pages of other files with those bytes or
 * of those models. A kill leaves them to whoever writes pages next.
 */
export async function outdateAround(trx: Kysely<Tables>, fileIds: readonly number[]): Promise<void> {
  if (fileIds.length === 0) return;
  await trx
    .updateTable('output')
    .set({ intent_sha256: sql<string | null>`coalesce(intent_sha256, done_sha256)`, done_sha256: null })
    .where('kind', '=', 'gallery')
    .execute();
  const files = await readByKeys(fileIds, (some) =>
    trx
      .selectFrom('file')
      .leftJoin('choice', 'choice.file_id', 'file.id')
      .leftJoin('version', 'version.id', 'choice.version_id')
      .select(['file.blob_id', 'version.model_id'])
      .where('file.id', 'in', some)
      .execute(),
  );
  const equals = await readByKeys(
    files.flatMap((file) => file.blob_id ?? []),
    (some) => trx.selectFrom('file').select('id').where('blob_id', 'in', some).execute(),
  );
  const kin = await readByKeys(
    files.flatMap((file) => file.model_id ?? []),
    (some) =>
      trx
        .selectFrom('version')
        .innerJoin('choice', 'choice.version_id', 'version.id')
        .select('choice.file_id as id')
        .where('version.model_id', 'in', some)
        .execute(),
  );
  await outdatePages(
    trx,
    [...equals, ...kin].map((file) => file.id),
  );
}

/** Forgets library files that were only copies made by us and are no more. */
export async function dropFiles(trx: Kysely<Tables>, fileIds: readonly number[]): Promise<void> {
  await writeByKeys(fileIds, async (some) => {
    await trx.deleteFrom('choice').where('file_id', 'in', some).execute();
    await trx.deleteFrom('output').where('file_id', 'in', some).execute();
    await trx.deleteFrom('search_doc').where('kind', '=', 'file').where('subject', 'in', some).execute();
    await trx.deleteFrom('file').where('id', 'in', some).execute();
  });
}

/** Has the next scan look at these roots anew; what it was told stays known. */
export async function forgetDigests(trx: Kysely<Tables>, rootIds: Iterable<number>): Promise<void> {
  await writeByKeys(rootIds, (some) =>
    trx.updateTable('root').set({ digest: null }).where('id', 'in', some).execute(),
  );
}

/** Forgets a root that no file and nothing written is in. */
export async function dropEmptyRoot(trx: Kysely<Tables>, rootId: number): Promise<void> {
  const file = await trx.selectFrom('file').select('id').where('root_id', '=', rootId).executeTakeFirst();
  const output = await trx.selectFrom('output').select('id').where('root_id', '=', rootId).executeTakeFirst();
  if (file === undefined && output === undefined)
    await trx.deleteFrom('root').where('id', '=', rootId).execute();
}
