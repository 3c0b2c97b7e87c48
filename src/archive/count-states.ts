import { sql } from 'kysely';
import type { Catalog } from '../catalog/open.ts';
import { SHOWN_KINDS } from '../catalog/output.ts';

/** How the files of some roots stand; the parts add up to `files`. */
export interface StateCounts {
  readonly files: number;
  readonly identified: number;
  readonly missing: number;
  readonly removed: number;
  readonly unchecked: number;
  /** Files that could not be read. */
  readonly failed: number;
}

/** Counts the present files of some roots by what the site says of their bytes. */
export async function countStates(
  catalog: Catalog,
  rootIds: readonly number[],
  only?: ReadonlySet<number>,
): Promise<StateCounts> {
  const rows = await catalog.db
    .selectFrom('file')
    .leftJoin('blob', 'blob.id', 'file.blob_id')
    .leftJoin('subject_state', (join) =>
      join.onRef('subject_state.subject', '=', 'blob.sha256').on('subject_state.kind', '=', 'hash'),
    )
    .select(['file.id', 'file.blob_id', 'subject_state.state'])
    .where('file.root_id', 'in', [...rootIds])
    .where('file.state', '=', 'present')
    .execute();
  const counts = { files: 0, identified: 0, missing: 0, removed: 0, unchecked: 0, failed: 0 };
  for (const row of rows) {
    if (only !== undefined && !only.has(row.id)) continue;
    counts.files += 1;
    counts[row.blob_id === null ? 'failed' : partOf(row.state)] += 1;
  }
  return counts;
}

function partOf(state: string | null): 'identified' | 'missing' | 'removed' | 'unchecked' {
  if (state === 'found') return 'identified';
  return state === 'missing' || state === 'removed' ? state : 'unchecked';
}

/** When the first answer about the files of a root falls due again, epoch ms; 0 while one was never given. */
export async function nextDue(catalog: Catalog, rootId: number): Promise<number> {
  const row = await catalog.db
    .selectFrom('file')
    .leftJoin('blob', 'blob.id', 'file.blob_id')
    .leftJoin('subject_state', (join) =>
      join.onRef('subject_state.subject', '=', 'blob.sha256').on('subject_state.kind', '=', 'hash'),
    )
    .select(sql<number>`min(coalesce(subject_state.next_check_at, 0))`.as('due'))
    .where('file.root_id', '=', rootId)
    .where('file.state', '=', 'present')
    .executeTakeFirst();
  return Number(row?.due ?? 0);
}

/** When the answer about a file of a root that is the oldest was given, epoch ms; 0 while one was never given. */
export async function oldestLook(catalog: Pick<Catalog, 'db'>, rootId: number): Promise<number> {
  const row = await catalog.db
    .selectFrom('file')
    .leftJoin('blob', 'blob.id', 'file.blob_id')
    .leftJoin('subject_state', (join) =>
      join.onRef('subject_state.subject', '=', 'blob.sha256').on('subject_state.kind', '=', 'hash'),
    )
    .select(sql<number>`min(coalesce(subject_state.checked_at, 0))`.as('oldest'))
    .where('file.root_id', '=', rootId)
    .where('file.state', '=', 'present')
    .executeTakeFirst();
  return Number(row?.oldest ?? 0);
}

/** How many previews some roots hold, as recorded. */
export async function countPreviews(catalog: Catalog, rootIds: readonly number[]): Promise<number> {
  const row = await catalog.db
    .selectFrom('output')
    .select((select) => select.fn.countAll().as('count'))
    .where('root_id', 'in', [...rootIds])
    .where('kind', 'in', SHOWN_KINDS)
    .where('image_id', 'is not', null)
    .where('done_sha256', 'is not', null)
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}
