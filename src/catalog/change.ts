import type { Insertable, Kysely, Selectable } from 'kysely';

import type { ChangeTable, Tables } from './schema.ts';
import { upsert } from './upsert.ts';

/** What saving answers did, in subjects. */
export interface ChangeCount {
  /** Never seen before. */
  readonly added: number;
  /** Something besides statistics is not as it was; recorded in `change`. */
  readonly changed: number;
  readonly same: number;
  readonly changedIds: readonly number[];
}

/** One difference, on its way into the history. */
export type Change = Insertable<ChangeTable>;

type Value = string | number | null;

/**
 * The fields in which a subject is not as it was. What was unknown before is no change: it was only learned now. Dates
 * (`…_at`, `…_until`) are kept as ISO texts, for people.
 */
export function changesBetween<Row extends object>(
  subject: { readonly kind: 'model' | 'version'; readonly id: number; readonly at: number },
  before: Row,
  after: Row,
  fields: readonly (keyof Row & string)[],
): Change[] {
  const changes: Change[] = [];
  for (const field of fields) {
    const [was, is] = [before[field] as Value, after[field] as Value];
    if (was === null || was === is) continue;
    changes.push(changeOf(subject, field, written(field, was), written(field, is)));
  }
  return changes;
}

/** A change of one field, as the history keeps it. */
export function changeOf(
  subject: { readonly kind: 'model' | 'version'; readonly id: number; readonly at: number },
  field: string,
  before: string | null,
  after: string | null,
): Change {
  return { kind: subject.kind, subject: String(subject.id), at: subject.at, field, before, after };
}

function written(field: string, value: Value): string | null {
  if (value === null) return null;
  return /_(?:at|until)$/.test(field) ? new Date(Number(value)).toISOString() : String(value);
}

/** Adds to the history; nothing in it is ever rewritten. */
export async function saveChanges(trx: Kysely<Tables>, changes: readonly Change[]): Promise<void> {
  await upsert(trx, 'change', changes, { key: ['id'] });
}

/** Where the history ends now: what is added from here on is behind this mark. */
export async function historyMark(db: Kysely<Tables>): Promise<number> {
  const row = await db
    .selectFrom('change')
    .select((select) => select.fn.max('id').as('id'))
    .executeTakeFirst();
  return Number(row?.id ?? 0);
}

/** As many rows of the history at once: descriptions are in it whole, twice. */
const AT_ONCE = 500;

/** What was added to the history behind a mark, in its order, some rows at a time. */
export async function* changesSince(
  db: Kysely<Tables>,
  mark: number,
): AsyncGenerator<Selectable<ChangeTable>[]> {
  for (let last = mark; ;) {
    const rows = await db
      .selectFrom('change')
      .selectAll()
      .where('id', '>', last)
      .orderBy('id')
      .limit(AT_ONCE)
      .execute();
    if (rows.length > 0) yield rows;
    if (rows.length < AT_ONCE) return;
    last = rows.at(-1)?.id ?? last;
  }
}

/** The versions of which something is in the history behind a mark. */
export async function versionsChangedSince(db: Kysely<Tables>, mark: number): Promise<number[]> {
  const rows = await db
    .selectFrom('change')
    .select('subject')
    .distinct()
    .where('id', '>', mark)
    .where('kind', '=', 'version')
    .execute();
  return rows.map((row) => Number(row.subject));
}

/** Counts subjects from what was there before and what changed. */
export function countChanges(
  all: ReadonlySet<number>,
  added: ReadonlySet<number>,
  changes: readonly Change[],
): ChangeCount {
  const changedIds = [...new Set(changes.map((change) => Number(change.subject)))].filter(
    (id) => !added.has(id),
  );
  return {
    added: added.size,
    changed: changedIds.length,
    same: all.size - added.size - changedIds.length,
    changedIds,
  };
}

/** Rows to write whole, and ids of rows that were only seen again. */
export function splitByDifference<Row extends { id: number; seen_at: number }>(
  before: ReadonlyMap<number, Row>,
  after: ReadonlyMap<number, Row>,
): { touched: number[]; written: Row[] } {
  const touched: number[] = [];
  const written: Row[] = [];
  for (const [id, row] of after) {
    const known = before.get(id);
    if (known !== undefined && isSame(known, row)) touched.push(id);
    else written.push(row);
  }
  return { touched, written };
}

function isSame<Row extends { seen_at: number }>(before: Row, after: Row): boolean {
  return (Object.keys(after) as (keyof Row)[]).every(
    (column) => column === 'seen_at' || before[column] === after[column],
  );
}
