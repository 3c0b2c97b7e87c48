import type { Catalog } from '../../catalog/open.ts';

/**
 * Files (by id) of which organising made a copy or link that is still there with the same bytes: the copy is the one to
 * show, and has the notes.
 */
export async function originalsOfCopies(catalog: Pick<Catalog, 'db'>): Promise<Set<number>> {
  const rows = await catalog.db
    .selectFrom('journal_step')
    .innerJoin('file as copy', 'copy.id', 'journal_step.made_file_id')
    .innerJoin('file as original', 'original.id', 'journal_step.file_id')
    .select(['original.id', 'original.blob_id', 'copy.blob_id as copied'])
    .where('journal_step.role', '=', 'model')
    .where('journal_step.state', '=', 'done')
    .where('copy.state', '=', 'present')
    .where('original.state', '=', 'present')
    .execute();
  return new Set(rows.flatMap((row) => (row.blob_id !== null && row.blob_id === row.copied ? [row.id] : [])));
}
