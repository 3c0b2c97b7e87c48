import type { Kysely } from 'kysely';
import { sql } from 'kysely';

import { isRecord, parseJson } from '../base/json.ts';
import { chunks } from '../base/pool.ts';
import { bulkRows } from './bulk-rows.ts';
import { planSteps } from './journal.ts';
import type { JournalStep, PlannedStep, StepState } from './journal.ts';
import type { EngineName } from './open-engine.ts';
import type { OutputRow } from './output.ts';
import type { TrashTable } from './schema-runs.ts';
import type { Tables } from './schema.ts';

/** Why something goes into the trash. */
export type TrashReason = TrashTable['reason'];

/** The copy that stays when another one goes, as it was found when that was decided. */
export interface KeptCopy {
  readonly fileId: number;
  /** `PathText`. */
  readonly path: string;
  readonly size: number;
  readonly mtimeNs: string;
  readonly inode: string;
}

/** A step of `clean` with all that the trash knows of it. */
export interface TrashStep {
  readonly step: JournalStep;
  readonly reason: TrashReason;
  /** The run's own folder in the trash, absolute. */
  readonly folder: string;
  /** What was recorded of the file, when we had written it. */
  readonly output: OutputRow | undefined;
  readonly kept: KeptCopy | undefined;
}

/** A step about to be taken. */
export interface PlannedTrash extends Omit<TrashStep, 'step'> {
  readonly step: PlannedStep;
}

/** Rows handed to the database at once: bounds memory. */
const AT_ONCE = 5000;

const COLUMNS = { run_id: 'int', position: 'int', reason: 'text', folder: 'text', output: 'text', kept: 'text' } as const; // prettier-ignore

/** Records all that a run will move into the trash, in its order, before the first is moved. */
export async function planTrash(
  trx: Kysely<Tables>,
  engine: EngineName,
  runId: number,
  planned: readonly PlannedTrash[],
): Promise<TrashStep[]> {
  const steps = await planSteps(
    trx,
    engine,
    runId,
    planned.map(({ step }) => step),
  );
  const recorded = planned.flatMap((one, index): TrashStep[] => {
    const step = steps[index];
    return step === undefined ? [] : [{ ...one, step }];
  });
  const names = sql.raw(Object.keys(COLUMNS).join(', '));
  for (const some of chunks(recorded, AT_ONCE)) {
    const rows = some.map(({ step, reason, folder, output, kept }) => [
      runId,
      step.position,
      reason,
      folder,
      output === undefined ? null : JSON.stringify(output),
      kept === undefined ? null : JSON.stringify(kept),
    ]);
    await sql`insert into trash (${names}) select ${names} from ${bulkRows(engine, COLUMNS, rows)} as item`.execute(trx); // prettier-ignore
  }
  return recorded;
}

/** What runs of `clean` on this host moved or are moving into the trash, in these states, oldest run first. */
export async function trashSteps(
  db: Kysely<Tables>,
  hostId: string,
  wanted: { readonly states: readonly StepState[]; readonly runId?: number; readonly before?: number },
): Promise<(TrashStep & { readonly at: number })[]> {
  const { states, runId, before } = wanted;
  const rows = await db
    .selectFrom('trash')
    .innerJoin('journal_step as step', (join) =>
      join.onRef('step.run_id', '=', 'trash.run_id').onRef('step.position', '=', 'trash.position'),
    )
    .innerJoin('run', 'run.id', 'trash.run_id')
    .selectAll('step')
    .select(['trash.reason', 'trash.folder', 'trash.output', 'trash.kept', 'run.started_at'])
    .where('run.host_id', '=', hostId)
    .where('step.state', 'in', states)
    .$if(runId !== undefined, (query) => query.where('trash.run_id', '=', runId ?? 0))
    .$if(before !== undefined, (query) => query.where('run.started_at', '<=', before ?? 0))
    .orderBy('trash.run_id')
    .orderBy('trash.position')
    .execute();
  return rows.map(({ reason, folder, output, kept, started_at: at, ...step }) => ({
    step,
    reason,
    folder,
    at,
    output: readOutput(output),
    kept: readKept(kept),
  }));
}

/** The last run of this host with something in the trash that was not left there by an earlier look; else the last of those. */
export async function lastTrashRun(db: Kysely<Tables>, hostId: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('trash')
    .innerJoin('journal_step as step', (join) =>
      join.onRef('step.run_id', '=', 'trash.run_id').onRef('step.position', '=', 'trash.position'),
    )
    .innerJoin('run', 'run.id', 'trash.run_id')
    .select('trash.run_id')
    .where('run.host_id', '=', hostId)
    .where('step.state', 'in', ['done', 'left'])
    // `done` is before `left`.
    .orderBy('step.state')
    .orderBy('trash.run_id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.run_id;
}

/** Both were written by `planTrash`; what does not look like it is as good as none. */
function readOutput(text: string | null): OutputRow | undefined {
  const value = text === null ? undefined : parseJson(text);
  return isRecord(value) && typeof value['path'] === 'string' ? (value as unknown as OutputRow) : undefined;
}

function readKept(text: string | null): KeptCopy | undefined {
  const value = text === null ? undefined : parseJson(text);
  return isRecord(value) && typeof value['path'] === 'string' ? (value as unknown as KeptCopy) : undefined;
}
