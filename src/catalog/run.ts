import type { Kysely, Selectable } from 'kysely';

import type { RunId } from '../base/ids.ts';
import { cleanText } from './clean-text.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { RunTable } from './schema-runs.ts';
import type { Tables } from './schema.ts';
import { writeByKeys } from './upsert.ts';

/** One execution of a verb, as recorded; `ended_at` is null while it runs, and when it was killed until that is noticed. */
export type RunRow = Selectable<RunTable>;

/** Records that a verb begins. The host must be known. */
export async function startRun(
  target: Writable,
  run: { readonly verb: string; readonly hostId: string; readonly pid: number; readonly options: unknown },
  at: number,
): Promise<RunId> {
  const { verb, hostId, pid, options } = run;
  const row = cleanText({
    verb,
    host_id: hostId,
    pid,
    started_at: at,
    options: JSON.stringify(options ?? {}),
  });
  const { id } = await writing(target, (trx) =>
    trx.insertInto('run').values(row).returning('id').executeTakeFirstOrThrow(),
  );
  return id as RunId;
}

/** Records how it ended: its result as JSON, and the exit code. */
export async function endRun(
  target: Writable,
  id: number,
  result: unknown,
  exitCode: number,
  at: number,
): Promise<void> {
  const row = cleanText({ ended_at: at, result: JSON.stringify(result ?? null), exit_code: exitCode });
  await writing(target, (trx) => trx.updateTable('run').set(row).where('id', '=', id).execute());
}

/** The run of a verb that began last. */
export async function lastRun(db: Kysely<Tables>, verb: string): Promise<RunRow | undefined> {
  return db
    .selectFrom('run')
    .selectAll()
    .where('verb', '=', verb)
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst();
}

/** A process of a host that may have been killed in the midst of a run. */
export interface RunProcess {
  readonly pid: number;
  /** Epoch ms. */
  readonly startedAt: number;
}

/** Runs of a host that never ended and whose process is gone: somebody killed them. */
export async function cutRuns(
  db: Kysely<Tables>,
  hostId: string,
  isAlive: (process: RunProcess) => boolean,
): Promise<number[]> {
  const rows = await db
    .selectFrom('run')
    .select(['id', 'pid', 'started_at'])
    .where('host_id', '=', hostId)
    .where('ended_at', 'is', null)
    .execute();
  return rows.filter((row) => !isAlive({ pid: row.pid, startedAt: row.started_at })).map((row) => row.id);
}

/** Records that runs were cut short; when, nobody knows, so it is the time at which it was noticed. No result, no exit code. */
export async function closeRuns(target: Writable, ids: readonly number[], at: number): Promise<void> {
  await writing(target, (trx) =>
    writeByKeys(ids, (some) =>
      trx
        .updateTable('run')
        .set({ ended_at: at })
        .where('id', 'in', some)
        .where('ended_at', 'is', null)
        .execute(),
    ),
  );
}
