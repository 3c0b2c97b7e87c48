import type { Catalog } from '../../catalog/open.ts';

/**
 * Files (by id) of which organising made a copy or link that is still there with the same bytes: the copy is the one to
 * show, and has the notes.
 */
export async function originalsOfCopies(catalog: Pick<Catalog, 'db'>): Promise<Set<number>> {
  return new Set((await copiesThatStand(catalog)).map(({ original }) => original));
}

/** Some files (by id) without the copies and links that organising made of files of some roots (absolute paths). */
export async function withoutCopies(
  catalog: Pick<Catalog, 'db'>,
  fileIds: ReadonlySet<number>,
  ofRoots: readonly string[],
): Promise<Set<number>> {
  const counting = new Set(fileIds);
  if (ofRoots.length === 0) return counting;
  for (const { root, copy } of await copiesThatStand(catalog))
    if (ofRoots.includes(root)) counting.delete(copy);
  return counting;
}

interface Copied {
  readonly original: number;
  readonly copy: number;
  /** Path of the original's root. */
  readonly root: string;
}

/** What organising copied or linked and is still there, both with the same bytes. */
async function copiesThatStand(catalog: Pick<Catalog, 'db'>): Promise<Copied[]> {
  const rows = await catalog.db
    .selectFrom('journal_step')
    .innerJoin('file as copy', 'copy.id', 'journal_step.made_file_id')
    .innerJoin('file as original', 'original.id', 'journal_step.file_id')
    .innerJoin('root', 'root.id', 'original.root_id')
    .select([
      'root.path as root',
      'original.id as original',
      'original.blob_id',
      'copy.id as copy',
      'copy.blob_id as copied',
    ])
    .where('journal_step.role', '=', 'model')
    .where('journal_step.state', '=', 'done')
    .where('copy.state', '=', 'present')
    .where('original.state', '=', 'present')
    .execute();
  return rows.filter(
    (row) => row.blob_id !== null && row.blob_id === row.copied && row.original !== row.copy,
  );
}
