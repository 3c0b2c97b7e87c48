import { randomBytes } from 'node:crypto';

import type { Selectable } from 'kysely';

import type { Catalog } from './open.ts';
import type { LeaseTable } from './schema-runs.ts';

/** Who holds a lease. */
export type LeaseRow = Selectable<LeaseTable>;

/** A lease that was taken; ends by itself when it is not renewed. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
}

export interface LeaseTaker {
  readonly hostId: string;
  readonly pid: number;
  /** Tells whether a process of this host still runs. */
  readonly isAlive: (pid: number) => boolean;
}

/** How long a holder that says nothing is believed to be at work. */
export const LEASE_MS = 60_000;

/**
 * Takes a lease, or tells who holds it. One that ran out, or whose process on this host is dead, counts as free: in a
 * container every start may get the same pid, so our own pid under another holder is a dead one too.
 */
export async function takeLease(
  catalog: Catalog,
  name: string,
  taker: LeaseTaker,
  now: number,
): Promise<Lease | LeaseRow> {
  const holder = randomBytes(12).toString('hex');
  return catalog.write(async (trx) => {
    const held = await trx.selectFrom('lease').selectAll().where('name', '=', name).executeTakeFirst();
    if (held !== undefined && isLive(held, taker, now)) return held;
    await trx.deleteFrom('lease').where('name', '=', name).execute();
    const row = { name, holder, host_id: taker.hostId, pid: taker.pid };
    await trx.insertInto('lease').values({ ...row, taken_at: now, expires_at: now + LEASE_MS }).execute(); // prettier-ignore
    return { name, holder };
  });
}

function isLive(held: LeaseRow, { hostId, pid, isAlive }: LeaseTaker, now: number): boolean {
  if (held.expires_at <= now) return false;
  return held.host_id !== hostId || (held.pid !== pid && isAlive(held.pid));
}

/** Holds a lease for longer; false when somebody else has it by now. */
export async function renewLease(catalog: Catalog, lease: Lease, now: number): Promise<boolean> {
  const rows = await catalog.write((trx) =>
    trx
      .updateTable('lease')
      .set({ expires_at: now + LEASE_MS })
      .where('name', '=', lease.name)
      .where('holder', '=', lease.holder)
      .returning('name')
      .execute(),
  );
  return rows.length > 0;
}

/** Gives a lease back; does nothing when somebody else has it by now. */
export async function releaseLease(catalog: Catalog, { name, holder }: Lease): Promise<void> {
  await catalog.write((trx) =>
    trx.deleteFrom('lease').where('name', '=', name).where('holder', '=', holder).execute(),
  );
}
