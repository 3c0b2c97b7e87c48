import type { Kysely } from 'kysely';

import type { Tables } from './schema.ts';

/** Files of ours below a folder (absolute) whose names begin so, with their sizes; by path. */
export async function outputsNamed(
  db: Kysely<Tables>,
  folder: string,
  begins: string,
): Promise<{ readonly path: string; readonly size: number }[]> {
  const rows = await db
    .selectFrom('output')
    .select(['path', 'size'])
    .where('kind', '=', 'sidecar')
    .where('done_sha256', 'is not', null)
    .where('path', 'like', `%${begins.replaceAll(/[%_\\]/g, '_')}%`)
    .orderBy('path')
    .execute();
  return rows.flatMap(({ path, size }) => (path.startsWith(folder) && size !== null ? [{ path, size }] : []));
}
