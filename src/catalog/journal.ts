import type { Insertable, Kysely, Selectable } from 'kysely';
import { sql } from 'kysely';

import { chunks } from '../base/pool.ts';
import { bulkRows, writeOverRows } from './bulk-rows.ts';
import type { EngineName } from './open-engine.ts';
import type { JournalStepTable } from './schema-runs.ts';
import type { Tables } from './schema.ts';

/** A step of a run that moves files, as recorded. */
export type JournalStep = Selectable<JournalStepTable>;
export type StepState = JournalStepTable['state'];

/** What became of a step. */
export interface StepOutcome {
  readonly position: number;
  readonly state: StepState;
  readonly problem?: string | undefined;
  /** Of the target, where it is another file than the source was. */
  readonly leftMtimeNs?: string | undefined;
  readonly leftInode?: string | undefined;
  readonly madeFileId?: number | undefined;
}

/** Rows handed to the database at once: bounds memory. */
const AT_ONCE = 5000;

const STEP = {
  run_id: 'int',
  position: 'int',
  op: 'text',
  role: 'text',
  file_id: 'int',
  source: 'text',
  target: 'text',
  source_root_id: 'int',
  target_root_id: 'int',
  size: 'int',
  mtime_ns: 'text',
  inode: 'text',
  sha256: 'text',
  state: 'text',
} as const satisfies Partial<Record<keyof Insertable<JournalStepTable>, 'int' | 'text'>>;

type StepColumn = keyof typeof STEP;
/** A step about to be taken. */
export type PlannedStep = Pick<JournalStep, Exclude<StepColumn, 'run_id' | 'position' | 'state'>>;

/** Records all steps of a plan, in their order, before the first is taken; gives them as recorded. */
export async function planSteps(
  trx: Kysely<Tables>,
  engine: EngineName,
  runId: number,
  steps: readonly PlannedStep[],
): Promise<JournalStep[]> {
  const recorded = steps.map((step, position): JournalStep => ({
    ...step,
    run_id: runId,
    position,
    left_mtime_ns: null,
    left_inode: null,
    made_file_id: null,
    state: 'planned',
    problem: null,
  }));
  const names = Object.keys(STEP) as StepColumn[];
  const columns = names.join();
  await writeOverRows(
    trx,
    engine,
    STEP,
    recorded,
    (step) => names.map((name) => step[name]),
    (rows) => `insert into journal_step (${columns}) select ${columns} from ${rows} as step`,
  );
  return recorded;
}

/** Records what became of steps. */
export async function settleSteps(
  trx: Kysely<Tables>,
  engine: EngineName,
  runId: number,
  outcomes: readonly StepOutcome[],
): Promise<void> {
  const isPlain = (one: StepOutcome): boolean =>
    one.problem === undefined && one.leftInode === undefined && one.madeFileId === undefined;
  const ranges = rangesOf(outcomes.filter(isPlain));
  if (ranges.length <= MOST_RANGES) {
    for (const { first, last, state } of ranges) {
      await trx
        .updateTable('journal_step')
        .set({ state, problem: null })
        .where('run_id', '=', runId)
        .where('position', '>=', first)
        .where('position', '<=', last)
        .execute();
    }
  }
  const rest = ranges.length <= MOST_RANGES ? outcomes.filter((one) => !isPlain(one)) : outcomes;
  // The run stands in each row: only so does SQLite look up a step for each of them, and not the other way round.
  const columns = { run_id: 'int', position: 'int', state: 'text', problem: 'text', mtime: 'text', inode: 'text', made: 'int' } as const; // prettier-ignore
  for (const some of chunks(rest, AT_ONCE)) {
    const rows = some.map((one) => [
      runId,
      one.position,
      one.state,
      one.problem ?? null,
      one.leftMtimeNs ?? null,
      one.leftInode ?? null,
      one.madeFileId ?? null,
    ]);
    await sql`update journal_step set state = step.state, problem = step.problem,
        left_mtime_ns = coalesce(step.mtime, left_mtime_ns), left_inode = coalesce(step.inode, left_inode),
        made_file_id = coalesce(step.made, made_file_id)
      from ${bulkRows(engine, columns, rows)} as step
      where journal_step.run_id = step.run_id and journal_step.position = step.position`.execute(trx);
  }
}

/** More than this many statements are slower than one with all rows. */
const MOST_RANGES = 200;

/** Runs of positions without a gap that have one state. */
function rangesOf(outcomes: readonly StepOutcome[]): { first: number; last: number; state: StepState }[] {
  const ranges: { first: number; last: number; state: StepState }[] = [];
  for (const { position, state } of [...outcomes].sort((a, b) => a.position - b.position)) {
    const open = ranges.at(-1);
    if (open !== undefined && open.last === position - 1 && open.state === state) open.last = position;
    else ranges.push({ first: position, last: position, state });
  }
  return ranges;
}

/** The steps of a run in these states (all when left out), in their order. */
export async function stepsOf(
  db: Kysely<Tables>,
  runId: number,
  states?: readonly StepState[],
): Promise<JournalStep[]> {
  let query = db.selectFrom('journal_step').selectAll().where('run_id', '=', runId).orderBy('position');
  if (states !== undefined) query = query.where('state', 'in', states);
  return query.execute();
}

/** A run with steps under way: `planned` ones are to be finished, `undoing` ones to be taken back. */
export interface OpenRun {
  readonly runId: number;
  readonly state: 'planned' | 'undoing';
  /** `clean` moves into the trash, all others within the library. */
  readonly verb: string;
}

/** The runs of this host with steps under way, oldest first. */
export async function openRuns(db: Kysely<Tables>, hostId: string): Promise<OpenRun[]> {
  const rows = await db
    .selectFrom('journal_step as step')
    .innerJoin('run', 'run.id', 'step.run_id')
    .select(['step.run_id', 'step.state', 'run.verb'])
    .distinct()
    .where('step.state', 'in', ['planned', 'undoing'])
    .where('run.host_id', '=', hostId)
    .orderBy('step.run_id')
    .execute();
  return rows.map((row) => ({
    runId: row.run_id,
    state: row.state === 'undoing' ? 'undoing' : 'planned',
    verb: row.verb,
  }));
}

/** What runs are called whose steps are journalled. */
const MOVING = ['organize', 'scan-paths'];

/** The last run of this host that did something which can still be taken back. */
export async function lastJournalled(db: Kysely<Tables>, hostId: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('run')
    .select('id')
    .where('verb', 'in', MOVING)
    .where('host_id', '=', hostId)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('journal_step')
          .select('position')
          .whereRef('run_id', '=', 'run.id')
          .where('state', '=', 'done')
          .where('role', '<>', 'folder'),
      ),
    )
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

/** Marks what was done in a run, or left by an earlier undo, as about to be taken back. */
export async function beginUndo(trx: Kysely<Tables>, runId: number): Promise<void> {
  await trx
    .updateTable('journal_step')
    .set({ state: 'undoing', problem: null })
    .where('run_id', '=', runId)
    .where('state', 'in', ['done', 'left'])
    .execute();
}

/** The library files that runs of `organize` on this host put where they were wanted. */
export async function organisedFiles(db: Kysely<Tables>, hostId: string): Promise<Set<number>> {
  const rows = await db
    .selectFrom('journal_step as step')
    .innerJoin('run', 'run.id', 'step.run_id')
    .select(['step.file_id', 'step.made_file_id'])
    .where('run.verb', '=', 'organize')
    .where('run.host_id', '=', hostId)
    .where('step.role', '=', 'model')
    .where('step.state', '=', 'done')
    .execute();
  return new Set(rows.map((row) => row.made_file_id ?? row.file_id));
}
