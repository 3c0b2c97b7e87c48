import type { Kysely } from 'kysely';
import type { OutputRow } from '../../catalog/output.ts';
import type { Tables } from '../../catalog/schema.ts';
import { readByKeys } from '../../catalog/upsert.ts';
import { thumbName } from '../thumbnails.ts';
import type { Unwanted } from './clean-item.ts';

/** What we wrote about model files that are gone. `gone`: their paths in the root, by library file. */
export function goneOutputs(rows: readonly OutputRow[], gone: ReadonlyMap<number, string>): Unwanted[] {
  return rows.flatMap((row): Unwanted[] => {
    const path = gone.get(row.file_id ?? 0);
    // What another program fetched is not ours to remove.
    if (path === undefined || row.kind === 'picture') return [];
    return [{ row, reason: 'gone', why: `Its model file is gone: ${path}` }];
  });
}

/** The thumbnails of previews that only files which are gone had: galleries name them after the preview's hash. */
export async function goneThumbs(db: Kysely<Tables>, gone: readonly Unwanted[]): Promise<Unwanted[]> {
  const lost = new Map(
    gone.flatMap(({ row, why }) =>
      row.kind === 'preview' && row.done_sha256 !== null ? [[row.done_sha256, why] as const] : [],
    ),
  );
  if (lost.size === 0) return [];
  const ids = new Set(gone.map(({ row }) => row.id));
  const previews = await db
    .selectFrom('output')
    .select(['id', 'done_sha256'])
    .where('kind', '=', 'preview')
    .where('done_sha256', 'is not', null)
    .execute();
  for (const { id, done_sha256: sha256 } of previews) if (!ids.has(id)) lost.delete(sha256 ?? '');
  // An image that was fetched for its own sake may have the same bytes.
  const collected = await readByKeys(lost.keys(), (some) =>
    db
      .selectFrom('transfer')
      .select('placed_sha256')
      .where('kind', '=', 'image')
      .where('state', '=', 'done')
      .where('placed_sha256', 'in', some)
      .execute(),
  );
  for (const { placed_sha256: sha256 } of collected) lost.delete(sha256 ?? '');
  const names = new Map([...lost].map(([sha256, why]) => [thumbName(sha256), why]));
  const thumbs = await db.selectFrom('output').selectAll().where('kind', '=', 'thumb').execute();
  return thumbs.flatMap((row): Unwanted[] => {
    const why = names.get(row.path.split('/').slice(-2).join('/'));
    return why === undefined ? [] : [{ row, reason: 'gone', why }];
  });
}
