import type { Kysely, Selectable } from 'kysely';

import { cleanText } from './clean-text.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { Tables } from './schema.ts';
import type { TransferTable } from './schema-transfers.ts';
import { readByKeys, upsert } from './upsert.ts';

/** A file that was asked for, and what became of it. */
export type Transfer = Selectable<TransferTable>;

/** A file that is asked for. */
export interface TransferInput {
  readonly kind: string;
  readonly subject: string;
  readonly output: string;
  readonly path: string;
  readonly source: string;
  readonly modelId: number | undefined;
  readonly versionId: number | undefined;
  readonly size: number | undefined;
  readonly sha256: string | undefined;
  /** Whose work it is. */
  readonly creator?: string | undefined;
}

/** How a transfer ended: placed, or why not. */
export type TransferEnd =
  | {
      readonly state: 'done';
      readonly how: 'fetched' | 'held';
      /** Where it lies, absolute: where it was meant to, or where these bytes were already. */
      readonly path: string;
      readonly sha256: string;
      readonly size: number;
      readonly mtimeNs: string;
      readonly verified: boolean;
    }
  | {
      readonly state: 'failed' | 'refused';
      readonly reason: string;
      readonly why: string;
      readonly next: string | undefined;
      readonly retryAt: number | undefined;
    };

/**
 * Puts files into the queue, all or none. One that is asked for into the same folder again keeps what is known of it; what
 * the site says of it now is taken over. The rows come in the order of the wishes.
 */
export async function queueTransfers(
  target: Writable,
  hostId: string,
  wanted: readonly TransferInput[],
  at: number,
): Promise<Transfer[]> {
  const rows = wanted.map((one) => cleanText({ ...EMPTY, ...columnsOf(one), host_id: hostId, created_at: at, updated_at: at })); // prettier-ignore
  return await writing(target, async (trx) => {
    await upsert(trx, 'transfer', rows, {
      key: ['host_id', 'kind', 'subject', 'output'],
      fill: ['creator'],
      first: ['tries', 'validator', 'total', 'kept_bytes', 'kept_sha256', 'placed_sha256', 'placed_size', 'placed_mtime_ns', 'verified', 'created_at'], // prettier-ignore
    });
    const subjects = rows.map((row) => row.subject);
    const known = await readByKeys(subjects, (some) =>
      trx
        .selectFrom('transfer')
        .selectAll()
        .where('host_id', '=', hostId)
        .where('subject', 'in', some)
        .execute(),
    );
    const byKey = new Map(known.map((row) => [keyOf(row), row]));
    return rows.flatMap((row) => byKey.get(keyOf(row)) ?? []);
  });
}

function keyOf({ kind, subject, output }: Pick<Transfer, 'kind' | 'subject' | 'output'>): string {
  return JSON.stringify([kind, subject, output]);
}

const EMPTY = {
  state: 'queued' as const,
  how: null,
  reason: null,
  why: null,
  next: null,
  retry_at: null,
  tries: 0,
  validator: null,
  total: null,
  kept_bytes: null,
  kept_sha256: null,
  placed_sha256: null,
  placed_size: null,
  placed_mtime_ns: null,
  verified: 0,
};

function columnsOf(one: TransferInput) {
  return {
    kind: one.kind,
    subject: one.subject,
    output: one.output,
    path: one.path,
    source: one.source,
    model_id: one.modelId ?? null,
    version_id: one.versionId ?? null,
    size: one.size ?? null,
    sha256: one.sha256 ?? null,
    creator: one.creator ?? null,
  };
}

/** Which transfers to read; all conditions given must hold. */
export interface TransfersWanted {
  readonly states?: readonly Transfer['state'][];
  readonly output?: string;
  readonly ids?: Iterable<number>;
  readonly paths?: Iterable<string>;
  /** Of the bytes that were placed. */
  readonly sha256s?: Iterable<string>;
  readonly subjects?: Iterable<string>;
}

/** Transfers of a host, in the order they were first asked for. */
export async function transfersOf(
  db: Kysely<Tables>,
  hostId: string,
  wanted: TransfersWanted,
): Promise<Transfer[]> {
  const { states, output, ids, paths, sha256s, subjects } = wanted;
  let query = db.selectFrom('transfer').selectAll().where('host_id', '=', hostId).orderBy('id');
  if (states !== undefined) query = query.where('state', 'in', states);
  if (output !== undefined) query = query.where('output', '=', output);
  if (ids !== undefined) return await readByKeys(ids, (some) => query.where('id', 'in', some).execute());
  if (paths !== undefined)
    return await readByKeys(paths, (some) => query.where('path', 'in', some).execute());
  if (sha256s !== undefined)
    return await readByKeys(sha256s, (some) => query.where('placed_sha256', 'in', some).execute());
  if (subjects !== undefined)
    return await readByKeys(subjects, (some) => query.where('subject', 'in', some).execute());
  return await query.execute();
}

/** Records that a transfer begins once more, and of which body it is. */
export async function beginTransfer(
  target: Writable,
  id: number,
  origin: { readonly validator: string | undefined; readonly total: number | undefined },
  at: number,
): Promise<void> {
  const { validator = null, total = null } = origin;
  await set(target, id, { validator, total, updated_at: at });
}

/** Counts a try. */
export async function countTry(target: Writable, id: number): Promise<void> {
  await writing(target, (trx) =>
    trx
      .updateTable('transfer')
      .set((eb) => ({ tries: eb('tries', '+', 1) }))
      .where('id', '=', id)
      .execute(),
  );
}

/** Records how much of the part that is kept is proven. */
export async function proveTransfer(
  target: Writable,
  id: number,
  proven: { readonly bytes: number; readonly sha256: string },
  at: number,
): Promise<void> {
  await set(target, id, { kept_bytes: proven.bytes, kept_sha256: proven.sha256, updated_at: at });
}

/** Records how a transfer ended. */
export async function endTransfer(target: Writable, id: number, end: TransferEnd, at: number): Promise<void> {
  if (end.state === 'done') {
    const { how, path, sha256, size, mtimeNs, verified } = end;
    await set(target, id, {
      state: 'done',
      how,
      path,
      reason: null,
      why: null,
      next: null,
      retry_at: null,
      validator: null,
      total: null,
      kept_bytes: null,
      kept_sha256: null,
      placed_sha256: sha256,
      placed_size: size,
      placed_mtime_ns: mtimeNs,
      verified: verified ? 1 : 0,
      updated_at: at,
    });
    return;
  }
  const { state, reason, why, next = null, retryAt = null } = end;
  await set(target, id, cleanText({ state, reason, why, next, retry_at: retryAt, updated_at: at }));
}

async function set(target: Writable, id: number, columns: Partial<Omit<Transfer, 'id'>>): Promise<void> {
  await writing(target, (trx) => trx.updateTable('transfer').set(columns).where('id', '=', id).execute());
}
