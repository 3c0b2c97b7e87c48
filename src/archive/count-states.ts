import type { Catalog } from '../catalog/open.ts';

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

/** When the first answer about the files of a root falls due again, epoch ms. */
export async function nextDue(catalog: Catalog, rootId: number): Promise<number> {
  const row = await catalog.db
    .selectFrom('file')
    .innerJoin('blob', 'blob.id', 'file.blob_id')
    .innerJoin('subject_state', (join) =>
      join.onRef('subject_state.subject', '=', 'blob.sha256').on('subject_state.kind', '=', 'hash'),
    )
    .select((select) => select.fn.min('subject_state.next_check_at').as('due'))
    .where('file.root_id', '=', rootId)
    .where('file.state', '=', 'present')
    .executeTakeFirst();
  return Number(row?.due ?? 0);
}
