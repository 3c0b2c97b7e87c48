import type { Kysely } from 'kysely';

import { SHOWN_KINDS } from './output.ts';
import type { Tables } from './schema.ts';

/** A film among the previews that are held. */
export interface FilmRow {
  readonly file_id: number | null;
  /** Absolute. */
  readonly path: string;
  readonly sha256: string;
  /** Where the site has it. */
  readonly url: string;
}

/** The films that are held of present files of some roots, by path. */
export async function filmsOf(db: Kysely<Tables>, rootIds: readonly number[]): Promise<FilmRow[]> {
  if (rootIds.length === 0) return [];
  const rows = await db
    .selectFrom('output')
    .innerJoin('image', 'image.id', 'output.image_id')
    .innerJoin('file', 'file.id', 'output.file_id')
    .select(['output.file_id', 'output.path', 'output.done_sha256 as sha256', 'image.url'])
    .where('output.kind', 'in', SHOWN_KINDS)
    .where('output.done_sha256', 'is not', null)
    .where('output.root_id', 'in', rootIds)
    .where('image.media', '=', 'video')
    .where('file.state', '=', 'present')
    .orderBy('output.path')
    .execute();
  return rows.flatMap((row) => (row.sha256 === null ? [] : [{ ...row, sha256: row.sha256 }]));
}
