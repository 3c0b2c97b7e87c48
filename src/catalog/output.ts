import type { Kysely, Selectable } from 'kysely';
import { sql } from 'kysely';

import { scrubText } from '../base/json.ts';
import { cleanText } from './clean-text.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { OutputTable, Tables } from './schema.ts';
import { readByKeys, upsert, writeByKeys } from './upsert.ts';

/** A file we wrote or are about to write. */
export type OutputRow = Selectable<OutputTable>;

/** What shows a model: our previews, and the pictures of another program that were imported. */
export const SHOWN_KINDS = ['preview', 'picture'] as const;

/** A file about to be written. */
export interface Intent {
  /** Absolute. */
  readonly path: string;
  readonly rootId?: number | undefined;
  readonly fileId?: number | undefined;
  readonly kind: OutputTable['kind'];
  readonly imageId?: number | undefined;
  /** Of the bytes that will lie there. */
  readonly sha256: string;
  /** Of the bytes that lie there now, when they are ours: a run that was killed may have left either of two. */
  readonly held?: string | undefined;
}

/** A file that was written and synced. */
export interface Done {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  readonly mtimeNs: string;
}

/** Which outputs to read: of one root, of library files, or at absolute paths. */
export interface OutputsWanted {
  readonly rootId?: number;
  readonly fileIds?: Iterable<number>;
  readonly paths?: Iterable<string>;
}

/** Claims paths before their bytes are written, in one transaction; what lies there now stays ours as well. */
export async function intend(target: Writable, intents: readonly Intent[], at: number): Promise<void> {
  const rows = new Map(intents.map((intent) => rowOf(intent, at)).map((row) => [row.path, row]));
  await writing(target, async (trx) => {
    await upsert(trx, 'output', [...rows.values()], { key: ['path'], fill: ['done_sha256'] });
  });
}

function rowOf(intent: Intent, at: number) {
  return cleanText({
    path: intent.path,
    root_id: intent.rootId ?? null,
    file_id: intent.fileId ?? null,
    kind: intent.kind,
    image_id: intent.imageId ?? null,
    intent_sha256: intent.sha256,
    done_sha256: intent.held ?? null,
    size: null,
    mtime_ns: null,
    at,
  });
}

/** Records that bytes lie where they were intended. A path that another run has finished meanwhile stays as that left it. */
export async function finish(target: Writable, done: readonly Done[], at: number): Promise<void> {
  await writing(target, async (trx) => {
    for (const { path, sha256, size, mtimeNs } of done) {
      await trx
        .updateTable('output')
        .set({
          intent_sha256: sql<string | null>`nullif(intent_sha256, ${sha256})`,
          done_sha256: sha256,
          size,
          mtime_ns: mtimeNs,
          at,
        })
        .where('path', '=', scrubText(path))
        .where('intent_sha256', 'is not', null)
        .execute();
    }
  });
}

/** Records of when that is what a file of ours shows: what came later is not in it, however late it was written. */
export async function dateOutput(target: Writable, path: string, at: number): Promise<void> {
  await writing(target, (trx) =>
    trx
      .updateTable('output')
      .set({ at })
      .where('path', '=', scrubText(path))
      .where('done_sha256', 'is not', null)
      .execute(),
  );
}

/** Outputs of a root, of files, or at paths; all conditions given must hold. */
export async function outputsOf(db: Kysely<Tables>, wanted: OutputsWanted): Promise<OutputRow[]> {
  const { rootId, fileIds, paths } = wanted;
  let query = db.selectFrom('output').selectAll().orderBy('path');
  if (rootId !== undefined) query = query.where('root_id', '=', rootId);
  if (paths !== undefined) {
    const files = fileIds === undefined ? undefined : new Set(fileIds);
    const rows = await readByKeys(Array.from(paths, scrubText), (some) =>
      query.where('path', 'in', some).execute(),
    );
    return files === undefined ? rows : rows.filter((row) => row.file_id !== null && files.has(row.file_id));
  }
  if (fileIds === undefined) return query.execute();
  return readByKeys(fileIds, (some) => query.where('file_id', 'in', some).execute());
}

/** True when bytes with this SHA-256 at the row's path are ours: written, or about to be when the run was cut short. */
export function isOurs(
  row: Pick<OutputRow, 'kind' | 'intent_sha256' | 'done_sha256'>,
  sha256: string,
): boolean {
  if (row.kind === 'picture') return false;
  return sha256 === row.intent_sha256 || sha256 === row.done_sha256;
}

/** Forgets outputs that are no longer there: whatever comes to lie at these paths is not ours. */
export async function forgetOutputs(target: Writable, paths: readonly string[]): Promise<void> {
  await writing(target, (trx) =>
    writeByKeys(paths.map(scrubText), (some) => trx.deleteFrom('output').where('path', 'in', some).execute()),
  );
}

/** Records files of ours again that were forgotten and are back; what is recorded at their paths by now makes way. */
export async function restoreOutputs(trx: Kysely<Tables>, rows: readonly OutputRow[]): Promise<void> {
  const files = await readByKeys(
    rows.flatMap((row) => row.file_id ?? []),
    (some) => trx.selectFrom('file').select('id').where('id', 'in', some).execute(),
  );
  const known = new Set(files.map((file) => file.id));
  const roots = new Set((await trx.selectFrom('root').select('id').execute()).map((root) => root.id));
  const restored = rows.map(({ id: _id, ...row }) => ({
    ...row,
    file_id: row.file_id !== null && known.has(row.file_id) ? row.file_id : null,
    root_id: row.root_id !== null && roots.has(row.root_id) ? row.root_id : null,
  }));
  await upsert(trx, 'output', restored, { key: ['path'] });
}

/** The roots whose galleries were never finished, or no longer show what is there: a run was cut short before it wrote them. */
export async function rootsBehind(db: Kysely<Tables>): Promise<number[]> {
  const rows = await db
    .selectFrom('output')
    .select('root_id')
    .distinct()
    .where('kind', '=', 'gallery')
    .where('done_sha256', 'is', null)
    .execute();
  return rows.flatMap((row) => row.root_id ?? []);
}
