import type { Kysely } from 'kysely';

import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { OutputRow } from './output.ts';
import type { Tables } from './schema.ts';

/** A picture that another program fetched and that was imported. */
export type PictureRow = OutputRow & { readonly image_id: number };

/** The imported pictures; with `unclaimed` only those that are nobody's yet. By path. */
export async function picturesOf(
  db: Kysely<Tables>,
  { unclaimed }: { readonly unclaimed: boolean },
): Promise<PictureRow[]> {
  let query = db
    .selectFrom('output')
    .selectAll()
    .where('kind', '=', 'picture')
    .where('image_id', 'is not', null)
    .where('done_sha256', 'is not', null);
  if (unclaimed) query = query.where('file_id', 'is', null);
  const rows = await query.orderBy('path').execute();
  return rows.flatMap((row) => (row.image_id === null ? [] : [{ ...row, image_id: row.image_id }]));
}

/** Gives imported pictures to the library files that they show. */
export async function claimPictures(
  target: Writable,
  claims: readonly { readonly id: number; readonly fileId: number; readonly rootId: number }[],
): Promise<void> {
  await writing(target, async (trx) => {
    for (const { id, fileId, rootId } of claims)
      await trx
        .updateTable('output')
        .set({ file_id: fileId, root_id: rootId })
        .where('id', '=', id)
        .execute();
  });
}
