import type { Kysely } from 'kysely';

import type { BlobId } from '../base/ids.ts';
import { cleanText } from './clean-text.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { Tables } from './schema.ts';
import { readByKeys, upsert } from './upsert.ts';

/** Bytes by what they hash to. */
export interface BlobInput {
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  readonly size: number;
}

/** One more hash of a blob: `AutoV1`, `AutoV2`, `AutoV3`, `CRC32`, `BLAKE3`, lower-case hex. */
export interface HashInput {
  readonly blobId: number;
  readonly type: string;
  readonly value: string;
}

/** A blob we know. */
export interface KnownBlob {
  readonly id: BlobId;
  readonly size: number;
}

/** The keys of these blobs by SHA-256, made where they are new. */
export async function ensureBlobs(
  target: Writable,
  blobs: readonly BlobInput[],
  at: number,
): Promise<Map<string, BlobId>> {
  const rows = new Map(blobs.map(({ sha256, size }) => [sha256, { sha256, size, first_seen_at: at }]));
  return writing(target, async (trx) => {
    await upsert(trx, 'blob', [...rows.values()], { key: ['sha256'], first: ['size', 'first_seen_at'] });
    const known = await blobsBySha(trx, rows.keys());
    return new Map([...known].map(([sha256, { id }]) => [sha256, id]));
  });
}

/** The blobs of these SHA-256 that we know. */
export async function blobsBySha(
  db: Kysely<Tables>,
  shas: Iterable<string>,
): Promise<Map<string, KnownBlob>> {
  const rows = await readByKeys(shas, (some) =>
    db.selectFrom('blob').select(['id', 'sha256', 'size']).where('sha256', 'in', some).execute(),
  );
  return new Map(rows.map(({ id, sha256, size }) => [sha256, { id: id as BlobId, size }]));
}

/** Keeps the other hashes of blobs. */
export async function saveHashes(target: Writable, hashes: readonly HashInput[]): Promise<void> {
  const rows = new Map(
    hashes.map(({ blobId, type, value }) => [
      `${blobId} ${type}`,
      cleanText({ blob_id: blobId, type, value }),
    ]),
  );
  await writing(target, (trx) => upsert(trx, 'blob_hash', [...rows.values()], { key: ['blob_id', 'type'] }));
}

/** The other hashes of blobs, by blob and type. */
export async function hashesOf(
  db: Kysely<Tables>,
  blobIds: Iterable<number>,
): Promise<Map<number, Map<string, string>>> {
  const rows = await readByKeys(blobIds, (some) =>
    db.selectFrom('blob_hash').selectAll().where('blob_id', 'in', some).orderBy('type').execute(),
  );
  const hashes = new Map<number, Map<string, string>>();
  for (const { blob_id, type, value } of rows) {
    const ofBlob = hashes.get(blob_id) ?? new Map<string, string>();
    hashes.set(blob_id, ofBlob.set(type, value));
  }
  return hashes;
}
