import type { Kysely, Selectable } from 'kysely';
import { sql } from 'kysely';

import { cleanText } from './clean-text.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { RootTable, Tables } from './schema.ts';

/** A folder the user gave us, on one host. */
export type Root = Selectable<RootTable>;

/** What the last complete scan of a root ended with. */
export interface Settled {
  /** Digest of the tree as that scan left it. */
  readonly digest: string;
  /** The settings it ran with. */
  readonly settings: string;
  /** When the first answer falls due again, epoch ms; undefined for never. */
  readonly dueAt: number | undefined;
}

/** The root at this absolute path of this host, made when it is new. The host must be known. */
export async function ensureRoot(target: Writable, hostId: string, path: string, at: number): Promise<Root> {
  const row = cleanText({ host_id: hostId, path, added_at: at });
  return writing(target, async (trx) => {
    await trx
      .insertInto('root')
      .values(row)
      .onConflict((conflict) => conflict.columns(['host_id', 'path']).doNothing())
      .execute();
    return trx
      .selectFrom('root')
      .selectAll()
      .where('host_id', '=', row.host_id)
      .where('path', '=', row.path)
      .executeTakeFirstOrThrow();
  });
}

/** The root at this path, if we know it. */
export async function findRoot(db: Kysely<Tables>, hostId: string, path: string): Promise<Root | undefined> {
  const wanted = cleanText({ hostId, path });
  return db
    .selectFrom('root')
    .selectAll()
    .where('host_id', '=', wanted.hostId)
    .where('path', '=', wanted.path)
    .executeTakeFirst();
}

/** The roots of a host, by path. */
export async function rootsOf(db: Kysely<Tables>, hostId: string): Promise<Root[]> {
  return db.selectFrom('root').selectAll().where('host_id', '=', hostId).orderBy('path').execute();
}

/** The root was seen with its files, on this device. */
export async function markRootPresent(
  target: Writable,
  rootId: number,
  device: string,
  at: number,
): Promise<void> {
  await change(target, rootId, { device, seen_at: at, absent_at: null });
}

/** The root is gone, empty or another device; what we know of its files stays as it is. */
export async function markRootAbsent(target: Writable, rootId: number, at: number): Promise<void> {
  await writing(target, (trx) =>
    trx
      .updateTable('root')
      .set({ absent_at: sql<number>`coalesce(absent_at, ${at})` })
      .where('id', '=', rootId)
      .execute(),
  );
}

/** Records that a scan ran to its end: an equal digest under equal settings before `dueAt` has nothing to do. */
export async function settleRoot(target: Writable, rootId: number, settled: Settled): Promise<void> {
  const { digest, settings, dueAt } = settled;
  await change(target, rootId, cleanText({ digest, settings, due_at: dueAt ?? null }));
}

/** Makes the next scan look at everything again. Done before a scan changes anything. */
export async function unsettleRoot(target: Writable, rootId: number): Promise<void> {
  await change(target, rootId, { digest: null, settings: null, due_at: null });
}

async function change(target: Writable, rootId: number, columns: Partial<Omit<Root, 'id'>>): Promise<void> {
  await writing(target, (trx) => trx.updateTable('root').set(columns).where('id', '=', rootId).execute());
}
