import type { Kysely } from 'kysely';

import { cleanText } from './clean-text.ts';
import type { FileRow } from './file.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { Tables } from './schema.ts';
import { upsert, writeByKeys } from './upsert.ts';

/** A description by hand beside which no model file lies; the fields are those of `FileTable`. */
export interface DescribedInput {
  /** Of the description, relative to the root, forward slashes. */
  readonly path: string;
  readonly name: string;
  /** The model's. */
  readonly stem: string;
  readonly ext: string;
  readonly folder: string;
  readonly size: number;
  readonly mtimeNs: string;
  readonly ctimeNs: string;
  readonly device: string;
  readonly inode: string;
}

/**
 * The models of a root that have a description and no file, by path. They stand among the files, so that pages, notes
 * and search hang on them alike, but in a state of their own: nothing that counts or moves files sees them.
 */
export function describedOfRoot(db: Kysely<Tables>, rootId: number): Promise<FileRow[]> {
  return db
    .selectFrom('file')
    .selectAll()
    .where('root_id', '=', rootId)
    .where('state', '=', 'described')
    .orderBy('path_key')
    .execute();
}

/** Takes over the descriptions without a model file of a root; those in `lost` are no more, and what hung on them is to be cleaned up. */
export async function saveDescribed(
  target: Writable,
  rootId: number,
  described: readonly DescribedInput[],
  lost: readonly number[],
  at: number,
): Promise<void> {
  const rows = described.map(({ mtimeNs, ctimeNs, ...rest }) =>
    cleanText({
      ...rest,
      root_id: rootId,
      path_key: rest.path,
      raw_path: null,
      mtime_ns: mtimeNs,
      ctime_ns: ctimeNs,
      blob_id: null,
      state: 'described' as const,
      gone_at: null,
      first_seen_at: at,
      seen_at: at,
      hashed_at: null,
      hash_origin: null,
      problem: null,
    }),
  );
  await writing(target, async (trx) => {
    await upsert(trx, 'file', rows, {
      key: ['root_id', 'path_key'],
      first: ['first_seen_at'],
      unlessSame: ['state', 'size', 'mtime_ns', 'inode'],
    });
    await writeByKeys(lost, (some) =>
      trx.updateTable('file').set({ state: 'gone', gone_at: at }).where('id', 'in', some).execute(),
    );
  });
}
