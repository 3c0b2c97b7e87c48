import type { Kysely } from 'kysely';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { Tables } from './schema.ts';
import { upsert, writeByKeys } from './upsert.ts';

/** Notes that a run moves files, or is taken back: until its pages are written whoever comes next has to write them. */
export async function notePagesDue(trx: Kysely<Tables>, runId: number): Promise<void> {
  await upsert(trx, 'pages_due', [{ run_id: runId }], { key: ['run_id'] });
}

/** The runs of a host whose pages are not written yet, oldest first. */
export async function pagesDueOf(db: Kysely<Tables>, hostId: string): Promise<number[]> {
  const rows = await db
    .selectFrom('pages_due')
    .innerJoin('run', 'run.id', 'pages_due.run_id')
    .select('run_id')
    .where('run.host_id', '=', hostId)
    .orderBy('run_id')
    .execute();
  return rows.map((row) => row.run_id);
}

/** The pages of these runs are written. */
export async function pagesWritten(target: Writable, runIds: readonly number[]): Promise<void> {
  if (runIds.length === 0) return;
  await writing(target, (trx) =>
    writeByKeys(runIds, (some) => trx.deleteFrom('pages_due').where('run_id', 'in', some).execute()),
  );
}
