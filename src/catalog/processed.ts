import type { Kysely } from 'kysely';
import type { Tables } from './schema.ts';
import { absolutePath } from './view-place.ts';

/** A present file that the site knows, or knew. */
export interface ProcessedFile {
  /** Absolute. */
  readonly path: string;
  /** Since when it is known as what it is: its bytes were read, and the site answered for them; epoch ms. */
  readonly at: number;
}

/** The present files of some roots of which an answer is kept, by path. */
export async function listProcessed(
  db: Kysely<Tables>,
  rootIds: readonly number[],
): Promise<ProcessedFile[]> {
  if (rootIds.length === 0) return [];
  const rows = await db
    .selectFrom('file')
    .innerJoin('root', 'root.id', 'file.root_id')
    .innerJoin('blob', 'blob.id', 'file.blob_id')
    .innerJoin('subject_state as standing', (join) =>
      join.onRef('standing.subject', '=', 'blob.sha256').on('standing.kind', '=', 'hash'),
    )
    .select(['file.path', 'file.hashed_at', 'root.path as root_path', 'standing.since_at'])
    .where('file.state', '=', 'present')
    .where('standing.state', 'in', ['found', 'removed'])
    .where('file.root_id', 'in', rootIds)
    .execute();
  const files = rows.map((row) => ({
    path: absolutePath(row.root_path, row.path),
    at: Math.max(row.since_at, row.hashed_at ?? 0),
  }));
  return files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
