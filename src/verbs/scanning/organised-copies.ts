import { outputsOf } from '../../catalog/output.ts';
import type { OutputRow } from '../../catalog/output.ts';
import type { Catalog } from '../../catalog/open.ts';
import { groupBy } from '../../catalog/upsert.ts';

/**
 * Files (by id) of which organising made a copy or link that is still there with the same bytes: the copy is the one to
 * show, and has the notes. One that was moved since is organised itself.
 */
export async function originalsOfCopies(catalog: Pick<Catalog, 'db'>): Promise<Set<number>> {
  const copies = await copiesThatStand(catalog);
  return new Set(copies.flatMap(({ original, isMovedSince }) => (isMovedSince ? [] : [original])));
}

/**
 * Files (by id) that a gallery of some roots leaves out, so that it shows each model once: of a file and what organising
 * made of it in these roots, the last one counts. A file whose copies all lie elsewhere stays, unless only those have notes.
 */
export async function hiddenBehindCopies(
  catalog: Pick<Catalog, 'db'>,
  rootIds: readonly number[],
): Promise<Set<number>> {
  const copies = await copiesThatStand(catalog);
  const noted = filesWithNotes(
    await outputsOf(catalog.db, { fileIds: new Set(copies.map((one) => one.original)) }),
  );
  const hidden = new Set<number>();
  for (const [original, made] of groupBy(copies, (one) => one.original)) {
    const here = made.filter(({ copyRootId }) => rootIds.includes(copyRootId));
    const last = here.reduce<Copied | undefined>(
      (best, one) => (best === undefined || one.runId > best.runId ? one : best),
      undefined,
    );
    const isShown = last === undefined ? noted.has(original) : last.isMovedSince;
    const shown = isShown ? original : last?.copy;
    for (const { copy } of here) if (copy !== shown) hidden.add(copy);
    if (!isShown) hidden.add(original);
  }
  return hidden;
}

/** Files (by id) that have notes or a page already: those are kept up, whatever copies there are. */
export function filesWithNotes(rows: readonly OutputRow[]): Set<number> {
  const own = rows.filter((row) => (row.kind === 'info' || row.kind === 'page') && row.done_sha256 !== null);
  return new Set(own.flatMap((row) => row.file_id ?? []));
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
  readonly copyRootId: number;
  /** The run that made it. */
  readonly runId: number;
  /** The original was moved by a later run. */
  readonly isMovedSince: boolean;
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
      'copy.root_id as copyRootId',
      'journal_step.run_id as runId',
    ])
    .where('journal_step.role', '=', 'model')
    .where('journal_step.state', '=', 'done')
    .where('copy.state', '=', 'present')
    .where('original.state', '=', 'present')
    .execute();
  const standing = rows.filter(
    (row) => row.blob_id !== null && row.blob_id === row.copied && row.original !== row.copy,
  );
  const moved = standing.length === 0 ? NEVER : await lastMoves(catalog);
  return standing.map((row) => ({ ...row, isMovedSince: (moved.get(row.original) ?? 0) > row.runId }));
}

const NEVER: ReadonlyMap<number, number> = new Map();

/** The last run that moved each file, by file id. */
async function lastMoves(catalog: Pick<Catalog, 'db'>): Promise<Map<number, number>> {
  const rows = await catalog.db
    .selectFrom('journal_step')
    .select((row) => ['file_id', row.fn.max('run_id').as('runId')])
    .where('op', '=', 'move')
    .where('role', '=', 'model')
    .where('state', '=', 'done')
    .groupBy('file_id')
    .execute();
  return new Map(rows.map((row) => [row.file_id, Number(row.runId)]));
}
