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

/** Files of one machine with the same tensors under different headers: the same weights, other notes in the file. */
export interface SameTensorsGroup {
  /** SHA-256 of everything behind the header, which Civitai calls AutoV3. */
  readonly tensors: string;
  /** Absolute paths, sorted; of files that are equal byte for byte only the first. */
  readonly paths: readonly string[];
  readonly fileIds: readonly number[];
  /** Bytes of each. */
  readonly sizes: readonly number[];
  /** Bytes to gain by keeping the smallest. */
  readonly freeable: number;
}

/** A present library file that has an equal, as it was when last seen. */
export interface Copy {
  readonly id: number;
  readonly root_id: number;
  readonly blob_id: number | null;
  /** Relative to the root, and its bytes where it is not UTF-8. */
  readonly path: string;
  readonly raw_path: Uint8Array | null;
  readonly root_path: string;
  readonly host_id: string;
  readonly device: string;
  readonly inode: string;
  readonly mtime_ns: string;
  readonly ctime_ns: string;
  readonly hash_origin: string | null;
  readonly sha256: string;
  readonly size: number;
  /** Absolute, for people. */
  readonly place: string;
  /** The hash of the tensors; null where it is not asked about. */
  readonly tensors: string | null;
}

/** Groups of present files with the same bytes, in all roots or some, most to gain first, then by path. */
export async function listDuplicates(
  db: Kysely<Tables>,
  rootIds?: readonly number[],
): Promise<DuplicateGroup[]> {
  const groups = (await equalCopies(db, rootIds)).flatMap(bytesGroup);
  return groups.sort(byGain);
}

/** Groups of present files whose tensors are known to be the same while their bytes are not, most to gain first, then by path. */
export async function listSameTensors(
  db: Kysely<Tables>,
  rootIds?: readonly number[],
): Promise<SameTensorsGroup[]> {
  const groups = (await sameTensorCopies(db, rootIds)).flatMap(tensorsGroup);
  return groups.sort(byGain);
}

/** The present files of each machine with the same bytes, sorted by path; a file with several names has all of them. */
export async function equalCopies(db: Kysely<Tables>, rootIds?: readonly number[]): Promise<Copy[][]> {
  if (rootIds?.length === 0) return [];
  const several = db
    .selectFrom('file')
    .select('blob_id')
    .where('state', '=', 'present')
    .where('blob_id', 'is not', null)
    .$if(rootIds !== undefined, (query) => query.where('root_id', 'in', rootIds ?? []))
    .groupBy('blob_id')
    .having((having) => having.fn.countAll(), '>', 1);
  const rows = await copies(db, rootIds).where('file.blob_id', 'in', several).execute();
  return grouped(
    rows.map((row) => ({ ...row, tensors: null })),
    (copy) => `${copy.blob_id} ${copy.host_id}`,
  );
}

/** The same for files whose tensors alone are the same; those with the same bytes are among them. */
export async function sameTensorCopies(db: Kysely<Tables>, rootIds?: readonly number[]): Promise<Copy[][]> {
  if (rootIds?.length === 0) return [];
  const several = db
    .selectFrom('blob_hash')
    .select('value')
    .where('type', '=', 'AutoV3')
    .groupBy('value')
    .having((having) => having.fn.countAll(), '>', 1);
  const rows = await copies(db, rootIds)
    .innerJoin('blob_hash', 'blob_hash.blob_id', 'file.blob_id')
    .innerJoin('header', 'header.blob_id', 'file.blob_id')
    .select('blob_hash.value as tensors')
    .where('blob_hash.type', '=', 'AutoV3')
    // Of other formats the hash covers more than tensors, or less.
    .where('header.format', '=', 'safetensors')
    .where('blob_hash.value', 'in', several)
    .execute();
  const groups = grouped(rows, (copy) => `${copy.tensors} ${copy.host_id}`);
  return groups.filter((group) => new Set(group.map((copy) => copy.sha256)).size > 1);
}

function copies(db: Kysely<Tables>, rootIds: readonly number[] | undefined) {
  return db
    .selectFrom('file')
    .innerJoin('root', 'root.id', 'file.root_id')
    .innerJoin('blob', 'blob.id', 'file.blob_id')
    .select(['file.id', 'file.root_id', 'file.blob_id', 'file.path', 'file.raw_path'])
    .select(['file.device', 'file.inode', 'file.mtime_ns', 'file.ctime_ns', 'file.hash_origin'])
    .select(['root.path as root_path', 'root.host_id', 'blob.sha256', 'blob.size'])
    .where('file.state', '=', 'present')
    .$if(rootIds !== undefined, (query) => query.where('file.root_id', 'in', rootIds ?? []));
}

function grouped(rows: readonly Omit<Copy, 'place'>[], keyOf: (copy: Copy) => string): Copy[][] {
  const placed = rows.map((row): Copy => ({ ...row, place: absolutePath(row.root_path, row.path) }));
  placed.sort((a, b) => compare(a.place, b.place));
  return [...groupBy(placed, keyOf).values()];
}

/** Roots may overlap, and one file may have several names: neither takes space twice. Of each the first stays. */
function distinct(group: readonly Copy[]): Copy[] {
  const first = new Map(group.toReversed().map((copy) => [`${copy.device} ${copy.inode}`, copy]));
  return group.filter((copy) => first.get(`${copy.device} ${copy.inode}`) === copy);
}

function bytesGroup(group: readonly Copy[]): DuplicateGroup[] {
  const files = distinct(group);
  const [first] = files;
  if (first === undefined || files.length < 2) return [];
  return [
    {
      sha256: first.sha256,
      size: first.size,
      paths: files.map((copy) => copy.place),
      fileIds: files.map((copy) => copy.id),
      freeable: first.size * (files.length - 1),
    },
  ];
}

function tensorsGroup(group: readonly Copy[]): SameTensorsGroup[] {
  const files = [...groupBy(group, (copy) => copy.sha256).values()].flatMap(([first]) => first ?? []);
  const sizes = files.map((copy) => copy.size);
  return [
    {
      tensors: files[0]?.tensors ?? '',
      paths: files.map((copy) => copy.place),
      fileIds: files.map((copy) => copy.id),
      sizes,
      freeable: sizes.reduce((sum, size) => sum + size, 0) - Math.min(...sizes),
    },
  ];
}

function byGain(
  a: { readonly freeable: number; readonly paths: readonly string[] },
  b: { readonly freeable: number; readonly paths: readonly string[] },
): number {
  return b.freeable - a.freeable || compare(a.paths[0] ?? '', b.paths[0] ?? '');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
