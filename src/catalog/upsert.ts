import type { Insertable, Kysely } from 'kysely';
import { sql } from 'kysely';

import { chunks } from '../base/pool.ts';
import type { Tables } from './schema.ts';
import { evenKeys, evenRuns } from './statement-sizes.ts';

/** Parameters a statement: where both engines are quickest, far below their limits (32,766 and 65,535). */
const PARAMETERS = 1500;
/** Keys a `where … in (…)`. */
const KEYS = 1024;

type Column<Table extends keyof Tables> = keyof Tables[Table] & string;

/** What becomes of a row that is there already. Columns named nowhere take the new value. */
interface OnConflict<Table extends keyof Tables> {
  readonly key: readonly Column<Table>[];
  /** The new value, unless it is null: silence keeps what is known. */
  readonly fill?: readonly Column<Table>[];
  /** The new value, unless it is 0. */
  readonly fillZero?: readonly Column<Table>[];
  /** The old value stays. */
  readonly first?: readonly Column<Table>[];
  /** Nothing is written where these columns are the same. */
  readonly unlessSame?: readonly Column<Table>[];
}

/** Inserts rows, all with the same columns, many a statement, or brings them up to date. No two rows may share a key. */
export async function upsert<Table extends keyof Tables>(
  trx: Kysely<Tables>,
  table: Table,
  rows: readonly Insertable<Tables[Table]>[],
  conflict: OnConflict<Table>,
): Promise<void> {
  if (rows.length === 0) return;
  // Kysely can't type a table that is a parameter; this signature does it for the callers.
  const loose = trx as unknown as Kysely<Record<string, Record<string, unknown>>>;
  const columns = Object.keys(rows[0] as object);
  const updates = updatesOf(table, columns, conflict);
  for (const some of evenRuns(
    rows as readonly Record<string, unknown>[],
    Math.floor(PARAMETERS / columns.length),
  )) {
    await loose
      .insertInto(table as string)
      .values(some)
      .onConflict((on) => {
        const target = on.columns([...conflict.key]);
        if (Object.keys(updates).length === 0) return target.doNothing();
        const update = target.doUpdateSet(updates);
        return conflict.unlessSame === undefined
          ? update
          : update.where(differs(table, updates, conflict.unlessSame));
      })
      .execute();
  }
}

function updatesOf<Table extends keyof Tables>(
  table: Table,
  columns: readonly string[],
  conflict: OnConflict<Table>,
) {
  const never: ReadonlySet<string> = new Set([...conflict.key, ...(conflict.first ?? [])]);
  const fill: ReadonlySet<string> = new Set(conflict.fill);
  const fillZero: ReadonlySet<string> = new Set(conflict.fillZero);
  const updates: Record<string, ReturnType<typeof sql>> = {};
  for (const column of columns) {
    if (never.has(column)) continue;
    const [next, before] = [sql.ref(`excluded.${column}`), sql.ref(`${table}.${column}`)];
    if (fill.has(column)) updates[column] = sql`coalesce(${next}, ${before})`;
    else if (fillZero.has(column)) updates[column] = sql`coalesce(nullif(${next}, 0), ${before})`;
    else updates[column] = sql`${next}`;
  }
  return updates;
}

/** True where an update would change one of the columns. */
function differs(
  table: string,
  updates: Readonly<Record<string, ReturnType<typeof sql>>>,
  columns: readonly string[],
) {
  const pairs = columns.map(
    (column) => sql`${sql.ref(`${table}.${column}`)} is distinct from ${updates[column]}`,
  );
  return sql<boolean>`(${sql.join(pairs, sql` or `)})`;
}

/** Reads rows by keys, a thousand keys a query. A key given twice is asked for once; `read` may get the last one again. */
export async function readByKeys<Key, Row>(
  keys: Iterable<Key>,
  read: (some: Key[]) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const some of chunks([...new Set(keys)], KEYS)) {
    for (const row of await read(evenKeys(some))) rows.push(row);
  }
  return rows;
}

/** Runs a write over keys, a thousand at a time. */
export async function writeByKeys<Key>(
  keys: Iterable<Key>,
  write: (some: Key[]) => Promise<unknown>,
): Promise<void> {
  for (const some of chunks([...new Set(keys)], KEYS)) await write(evenKeys(some));
}

/** Gathers rows under the key each one gives, in their order. */
export function groupBy<Key, Row>(rows: Iterable<Row>, keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
