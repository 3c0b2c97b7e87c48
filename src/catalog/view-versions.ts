import type { Kysely } from 'kysely';

import type { Tables } from './schema.ts';
import { groupBy, readByKeys } from './upsert.ts';
import { absolutePath } from './view-place.ts';
import type { VersionFileView, VersionView } from './views.ts';

/** When a version was published and where it stands in its model's list. */
export interface VersionAge {
  readonly published_at: number | null;
  /** 0 is the newest. */
  readonly position: number | null;
}

/** True when `other` came out after `ours`: by date, or by place in the list where a date is unknown. */
export function isNewer(other: VersionAge, ours: VersionAge): boolean {
  if (other.published_at !== null && ours.published_at !== null)
    return other.published_at > ours.published_at;
  return other.position !== null && ours.position !== null && other.position < ours.position;
}

type VersionRow = Awaited<ReturnType<typeof readRows>>[number];

/** All versions of some models, as they look from one of them. */
export interface ModelVersions {
  of(modelId: number, ours: VersionAge & { readonly id: number }): VersionView[];
}

/** Reads the versions of models, newest first, with a library file of each where there is one. */
export async function readModelVersions(
  db: Kysely<Tables>,
  modelIds: Iterable<number>,
): Promise<ModelVersions> {
  const rows = await readRows(db, modelIds);
  const held = await readHeld(db, rows.map((row) => row.id)); // prettier-ignore
  const byModel = groupBy(rows.toSorted(newestFirst), (row) => row.model_id);
  return {
    of: (modelId, ours) =>
      (byModel.get(modelId) ?? []).map((row) => ({
        id: row.id,
        name: row.name,
        baseModel: row.base_model ?? undefined,
        publishedAt: row.published_at ?? undefined,
        earlyAccessUntil: row.early_access_until ?? undefined,
        ours: row.id === ours.id,
        newer: isNewer(row, ours),
        heldPath: held.get(row.id),
      })),
  };
}

function newestFirst(a: VersionRow, b: VersionRow): number {
  if (a.position !== null && b.position !== null && a.position !== b.position) return a.position - b.position;
  return (b.published_at ?? 0) - (a.published_at ?? 0) || b.id - a.id;
}

function readRows(db: Kysely<Tables>, modelIds: Iterable<number>) {
  return readByKeys(modelIds, (some) =>
    db
      .selectFrom('version')
      .select(['id', 'model_id', 'name', 'base_model', 'published_at', 'early_access_until', 'position'])
      .where('model_id', 'in', some)
      .execute(),
  );
}

async function readHeld(db: Kysely<Tables>, versionIds: readonly number[]): Promise<Map<number, string>> {
  const rows = await readByKeys(versionIds, (some) =>
    db
      .selectFrom('choice')
      .innerJoin('file', 'file.id', 'choice.file_id')
      .innerJoin('root', 'root.id', 'file.root_id')
      .select(['choice.version_id', 'file.path', 'root.path as root_path'])
      .where('choice.version_id', 'in', some)
      .where('file.state', '=', 'present')
      .orderBy('file.id', 'desc')
      .execute(),
  );
  return new Map(rows.map((row) => [row.version_id, absolutePath(row.root_path, row.path)]));
}

/** Reads the files of versions with their hashes: main file first, then as the site numbers them. */
export async function readVersionFiles(
  db: Kysely<Tables>,
  versionIds: Iterable<number>,
): Promise<Map<number, VersionFileView[]>> {
  const files = await readByKeys(versionIds, (some) =>
    db
      .selectFrom('version_file')
      .selectAll()
      .where('version_id', 'in', some)
      .orderBy('is_primary', 'desc')
      .orderBy('id')
      .execute(),
  );
  const hashes = await readByKeys(files.map((file) => file.id), (some) =>
    db.selectFrom('version_file_hash').selectAll().where('file_id', 'in', some).execute(),
  ); // prettier-ignore
  const held = await readHeldHashes(db, hashes.filter((hash) => hash.type === 'SHA256').map((hash) => hash.value)); // prettier-ignore
  const byFile = groupBy(hashes, (hash) => hash.file_id);
  const views = files.map((file) => {
    const own = byFile.get(file.id) ?? [];
    const view: VersionFileView = {
      id: file.id,
      name: file.name,
      type: file.type,
      sizeBytes: file.size_bytes,
      format: file.format ?? undefined,
      precision: file.precision ?? undefined,
      extent: file.extent ?? undefined,
      hashes: sortedHashes(own.map((hash) => [hash.type, hash.value])),
      pickleScan: file.pickle_scan ?? undefined,
      virusScan: file.virus_scan ?? undefined,
      primary: file.is_primary === 1,
      held: own.some((hash) => hash.type === 'SHA256' && held.has(hash.value)),
    };
    return { versionId: file.version_id, view };
  });
  const groups = groupBy(views, (item) => item.versionId);
  return new Map([...groups].map(([id, group]) => [id, group.map((item) => item.view)]));
}

async function readHeldHashes(db: Kysely<Tables>, values: readonly string[]): Promise<Set<string>> {
  const rows = await readByKeys(values, (some) =>
    db
      .selectFrom('blob')
      .innerJoin('file', 'file.blob_id', 'blob.id')
      .select('blob.sha256')
      .where('blob.sha256', 'in', some)
      .where('file.state', '=', 'present')
      .execute(),
  );
  return new Set(rows.map((row) => row.sha256));
}

const HASH_ORDER = ['SHA256', 'AutoV2', 'AutoV1', 'AutoV3', 'BLAKE3', 'CRC32'];

/** Hashes in the order people ask for them. */
export function sortedHashes(hashes: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return hashes.toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function rank(type: string): number {
  const place = HASH_ORDER.indexOf(type);
  return place === -1 ? HASH_ORDER.length : place;
}
