import type { Kysely } from 'kysely';
import { sql } from 'kysely';

import type { SubjectState, Tables } from './schema.ts';
import { absolutePath } from './view-place.ts';

/** A file of the library that the site does not show. */
export interface MissingItem {
  readonly fileId: number;
  /** Absolute. */
  readonly path: string;
  readonly state: Exclude<SubjectState, 'found'>;
  readonly sha256: string | undefined;
  /** What the site shows no more; only of what was removed. */
  readonly gone: 'file' | 'version' | 'model' | undefined;
  /** What it was, when it was ever known. */
  readonly modelId: number | undefined;
  readonly modelName: string | undefined;
  readonly versionId: number | undefined;
  readonly versionName: string | undefined;
  /** Since when it is in this state; epoch ms. */
  readonly since: number | undefined;
  /** When an answer last described it. */
  readonly lastFoundAt: number | undefined;
  /** When the site last answered for it, either way. */
  readonly checkedAt: number | undefined;
}

/**
 * The present files that the site never knew (missing), knows no more (removed) or was never asked about with success
 * (unchecked, also what could not be hashed), in all roots or some, by path. A file counts as removed also when the site
 * still knows its bytes and shows its version or its model no more.
 */
export async function listMissing(db: Kysely<Tables>, rootIds?: readonly number[]): Promise<MissingItem[]> {
  if (rootIds?.length === 0) return [];
  const rows = await db
    .selectFrom('file')
    .innerJoin('root', 'root.id', 'file.root_id')
    .leftJoin('blob', 'blob.id', 'file.blob_id')
    .leftJoin('subject_state as standing', (join) =>
      join.onRef('standing.subject', '=', 'blob.sha256').on('standing.kind', '=', 'hash'),
    )
    .leftJoin('choice', 'choice.file_id', 'file.id')
    .leftJoin('version', 'version.id', 'choice.version_id')
    .leftJoin('model', 'model.id', 'version.model_id')
    .leftJoin('subject_state as of_version', (join) =>
      join
        .on('of_version.kind', '=', 'version')
        .on('of_version.subject', '=', sql<string>`cast(version.id as text)`),
    )
    .leftJoin('subject_state as of_model', (join) =>
      join
        .on('of_model.kind', '=', 'model')
        .on('of_model.subject', '=', sql<string>`cast(version.model_id as text)`),
    )
    .select(['file.id', 'file.path', 'root.path as root_path', 'blob.sha256', 'choice.version_id'])
    .select(['standing.state', 'standing.since_at', 'standing.checked_at'])
    .select([
      'version.name as version_name',
      'version.seen_at',
      'version.model_id',
      'model.name as model_name',
    ])
    .where('file.state', '=', 'present')
    .select(['of_version.state as version_state', 'of_version.since_at as version_since'])
    .select(['of_model.state as model_state', 'of_model.since_at as model_since'])
    .where((where) =>
      where.or([
        where('standing.state', 'is', null),
        where('standing.state', '<>', 'found'),
        where('of_version.state', '=', 'removed'),
        where('of_model.state', '=', 'removed'),
      ]),
    )
    .$if(rootIds !== undefined, (query) => query.where('file.root_id', 'in', rootIds ?? []))
    .execute();
  const items = rows.map((row): MissingItem => {
    const gone = goneOf(row);
    return {
      fileId: row.id,
      path: absolutePath(row.root_path, row.path),
      state: gone !== undefined ? 'removed' : row.state === 'missing' ? 'missing' : 'unchecked',
      gone,
      sha256: row.sha256 ?? undefined,
      modelId: row.model_id ?? undefined,
      modelName: row.model_name ?? undefined,
      versionId: row.version_id ?? undefined,
      versionName: row.version_name ?? undefined,
      since:
        (gone === 'model' ? row.model_since : gone === 'version' ? row.version_since : row.since_at) ??
        undefined,
      lastFoundAt: row.seen_at ?? undefined,
      checkedAt: row.checked_at ?? undefined,
    };
  });
  return items.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

type State = SubjectState | null;

function goneOf(row: {
  readonly state: State;
  readonly version_state: State;
  readonly model_state: State;
}): MissingItem['gone'] {
  if (row.model_state === 'removed') return 'model';
  if (row.version_state === 'removed') return 'version';
  return row.state === 'removed' ? 'file' : undefined;
}
