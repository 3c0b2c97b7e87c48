import type { Kysely } from 'kysely';

import type { Tables } from './schema.ts';
import { groupBy } from './upsert.ts';
import { absolutePath } from './view-place.ts';

/** Files of one machine with the same bytes. */
export interface DuplicateGroup {
  readonly sha256: string;
  /** Bytes of one copy. */
  readonly size: number;
  /** Absolute paths of the copies, sorted; of hard links to one file only the first. */
  readonly paths: readonly string[];
  readonly fileIds: readonly number[];
  /** Bytes to gain by keeping one copy. */
  readonly freeable: number;
}

interface Copy {
  readonly id: number;
  readonly blob_id: number | null;
  readonly path: string;
  readonly root_path: string;
  readonly host_id: string;
  readonly device: string;
  readonly inode: string;
  readonly sha256: string;
  readonly size: number;
}

/** Groups of present files with the same bytes, in all roots or some, most to gain first, then by path. */
export async function listDuplicates(
  db: Kysely<Tables>,
  rootIds?: readonly number[],
): Promise<DuplicateGroup[]> {
  if (rootIds?.length === 0) return [];
  const copies = await readCopies(db, rootIds);
  const groups = [...groupBy(copies, (copy) => `${copy.blob_id} ${copy.host_id}`).values()].flatMap(groupOf);
  return groups.sort((a, b) => b.freeable - a.freeable || compare(a.paths[0] ?? '', b.paths[0] ?? ''));
}

function readCopies(db: Kysely<Tables>, rootIds: readonly number[] | undefined): Promise<Copy[]> {
  const several = db
    .selectFrom('file')
    .select('blob_id')
    .where('state', '=', 'present')
    .where('blob_id', 'is not', null)
    .$if(rootIds !== undefined, (query) => query.where('root_id', 'in', rootIds ?? []))
    .groupBy('blob_id')
    .having((having) => having.fn.countAll(), '>', 1);
  return db
    .selectFrom('file')
    .innerJoin('root', 'root.id', 'file.root_id')
    .innerJoin('blob', 'blob.id', 'file.blob_id')
    .select(['file.id', 'file.blob_id', 'file.path', 'file.device', 'file.inode'])
    .select(['root.path as root_path', 'root.host_id', 'blob.sha256', 'blob.size'])
    .where('file.state', '=', 'present')
    .where('file.blob_id', 'in', several)
    .$if(rootIds !== undefined, (query) => query.where('file.root_id', 'in', rootIds ?? []))
    .execute();
}

function groupOf(copies: readonly Copy[]): DuplicateGroup[] {
  const placed = copies.map((copy) => ({ ...copy, place: absolutePath(copy.root_path, copy.path) }));
  placed.sort((a, b) => compare(a.place, b.place));
  // Roots may overlap, and one file may have several names: neither takes space twice.
  const kept = new Map(placed.toReversed().map((copy) => [`${copy.device} ${copy.inode}`, copy]));
  const distinct = placed.filter((copy) => kept.get(`${copy.device} ${copy.inode}`) === copy);
  const [first] = distinct;
  if (first === undefined || distinct.length < 2) return [];
  return [
    {
      sha256: first.sha256,
      size: first.size,
      paths: distinct.map((copy) => copy.place),
      fileIds: distinct.map((copy) => copy.id),
      freeable: first.size * (distinct.length - 1),
    },
  ];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
