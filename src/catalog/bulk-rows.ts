import { CompiledQuery, sql } from 'kysely';
import type { Kysely, RawBuilder } from 'kysely';

import { scrubText } from '../base/json.ts';
import { chunks } from '../base/pool.ts';
import type { EngineName } from './open-engine.ts';
import type { Tables } from './schema.ts';
import { evenRuns } from './statement-sizes.ts';

type Value = string | number | null;
type Columns = Readonly<Record<string, 'int' | 'text'>>;

/** Parameters a statement; more make it no quicker. */
const PARAMETERS = 1500;
/** Rows in one JSON text: bounds memory. */
const JSON_ROWS = 5000;

/**
 * Runs a statement over rows, many at once; `statement` is given the text of what to select them from. Gives how many rows
 * of the catalog it wrote. On SQLite this is twice as quick as one JSON text, which is what PostgreSQL likes.
 */
export async function writeOverRows<Item>(
  trx: Kysely<Tables>,
  engine: EngineName,
  columns: Columns,
  items: readonly Item[],
  valuesOf: (item: Item) => readonly Value[],
  statement: (rows: string) => string,
): Promise<number> {
  let written = 0n;
  const run = async (rows: string, parameters: readonly Value[]): Promise<void> => {
    const result = await trx.executeQuery(CompiledQuery.raw(statement(rows), parameters as Value[]));
    written += result.numAffectedRows ?? 0n;
  };
  if (engine === 'postgres') {
    const rows = `(select ${picksOf(columns)} from jsonb_array_elements(cast($1 as jsonb)) as given(value))`;
    for (const some of chunks(items, JSON_ROWS)) await run(rows, [jsonOf(some.map(valuesOf))]);
    return Number(written);
  }
  const width = Object.keys(columns).length;
  for (const some of evenRuns(items, Math.floor(PARAMETERS / width))) {
    const parameters: Value[] = [];
    for (const item of some) for (const value of valuesOf(item)) parameters.push(storable(value));
    await run(valuesText(columns, some.length), parameters);
  }
  return Number(written);
}

/** So many rows of parameters, with names. */
function valuesText(columns: Columns, count: number): string {
  const picks = Object.entries(columns).map(([name, type], index) =>
    type === 'int' ? `cast(column${index + 1} as bigint) as "${name}"` : `column${index + 1} as "${name}"`,
  );
  const row = `(${picks.map(() => '?').join()})`;
  return `(select ${picks.join()} from (values ${Array.from({ length: count }, () => row).join()}))`;
}

function storable(value: Value): Value {
  return typeof value === 'string' ? scrubText(value) : value;
}

/**
 * Rows as something to select from, handed over as one JSON text: thousands of rows in one parameter are several times
 * quicker than a parameter a value. Each row has its values in the order of `columns`.
 */
export function bulkRows(
  engine: EngineName,
  columns: Columns,
  rows: readonly (readonly Value[])[],
): RawBuilder<unknown> {
  const json = jsonOf(rows);
  const source =
    engine === 'sqlite'
      ? sql`json_each(${json})`
      : sql`jsonb_array_elements(cast(${json} as jsonb)) as given(value)`;
  return sql`(select ${sql.raw(picksOf(columns))} from ${source})`;
}

function picksOf(columns: Columns): string {
  return Object.entries(columns)
    .map(
      ([name, type], index) =>
        `cast(value ->> ${index} as ${type === 'int' ? 'bigint' : 'text'}) as "${name}"`,
    )
    .join();
}

function jsonOf(rows: readonly (readonly Value[])[]): string {
  const json = JSON.stringify(rows);
  // What no store can hold is escaped so, which hardly any text needs: the walk through all values is spared.
  if (!json.includes('\\u')) return json;
  return JSON.stringify(rows, (_key, value: unknown) =>
    typeof value === 'string' ? scrubText(value) : value,
  );
}
