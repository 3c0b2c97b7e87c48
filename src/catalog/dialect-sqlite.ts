import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';

/** Statements kept prepared; a run uses a few dozen, each in a few sizes (see `statement-sizes.ts`). */
const CACHED_STATEMENTS = 400;

/** Kysely would lend the connection to one at a time, and a query inside a walk over rows would wait for ever. */
class SharingAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/**
 * Kysely over one connection of node:sqlite. `begin` opens a transaction and may wait for other processes; transactions
 * queue behind each other. The connection is closed by whoever opened it.
 */
export function sqliteDialect(database: DatabaseSync, begin: () => Promise<void>): Dialect {
  return {
    createAdapter: () => new SharingAdapter(),
    createDriver: () => sqliteDriver(database, begin),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

function sqliteDriver(database: DatabaseSync, begin: () => Promise<void>): Driver {
  const connection = sqliteConnection(database);
  const queue = turns();
  const nothing = async (): Promise<void> => {};
  return {
    init: nothing,
    acquireConnection: async () => connection,
    beginTransaction: async () => {
      await queue.enter();
      await begin().catch((error: unknown) => {
        queue.leave();
        throw error;
      });
    },
    commitTransaction: async () => {
      database.exec('commit');
      queue.leave();
    },
    rollbackTransaction: async () => {
      // SQLite rolls back by itself after some errors (disk full); a second rollback would hide the first error.
      try {
        if (database.isTransaction) database.exec('rollback');
      } finally {
        queue.leave();
      }
    },
    releaseConnection: nothing,
    destroy: nothing,
  };
}

/** Lets one in at a time, in the order of asking. */
function turns(): { enter(): Promise<void>; leave(): void } {
  const waiting: (() => void)[] = [];
  let taken = false;
  return {
    async enter() {
      if (taken) await new Promise<void>((resolve) => waiting.push(resolve));
      taken = true;
    },
    leave() {
      const next = waiting.shift();
      if (next === undefined) taken = false;
      else next();
    },
  };
}

function sqliteConnection(database: DatabaseSync): DatabaseConnection {
  const prepared = new Map<string, Prepared>();
  return {
    executeQuery: async <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
      const { statement, toRow } = prepare(database, prepared, query.sql);
      const parameters = query.parameters as readonly SQLInputValue[];
      if (toRow !== undefined)
        return { rows: statement.all(...parameters).map((values) => toRow(values) as R) };
      const { changes } = statement.run(...parameters);
      return { rows: [], numAffectedRows: BigInt(changes) };
    },
    async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
      // Not from the cache: a cached statement that runs again meanwhile would end this walk.
      const { statement, toRow } = readyStatement(database, query.sql);
      for (const values of statement.iterate(...(query.parameters as readonly SQLInputValue[]))) {
        yield { rows: toRow === undefined ? [] : [toRow(values) as R] };
      }
    },
  };
}

interface Prepared {
  readonly statement: StatementSync;
  /** Makes a row of its values; `undefined` when the statement gives none. */
  readonly toRow: ((values: unknown) => object) | undefined;
}

function prepare(database: DatabaseSync, prepared: Map<string, Prepared>, text: string): Prepared {
  const known = prepared.get(text);
  const ready = known ?? readyStatement(database, text);
  // Last used goes last, so that the first one is the one to drop.
  if (known !== undefined) prepared.delete(text);
  prepared.set(text, ready);
  if (prepared.size > CACHED_STATEMENTS) prepared.delete(prepared.keys().next().value as string);
  return ready;
}

function readyStatement(database: DatabaseSync, text: string): Prepared {
  const statement = database.prepare(text);
  const names = statement.columns().map((column) => column.name);
  if (names.length === 0) return { statement, toRow: undefined };
  statement.setReturnArrays(true);
  return { statement, toRow: rowMaker(names) };
}

/**
 * Rows that share one shape. Those of node:sqlite are dictionaries: three times the size, and many times slower to read.
 */
function rowMaker(names: readonly string[]): (values: unknown) => object {
  // A parsed object is of just the size of its fields, and so is each copy of it.
  const template = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:null`).join()}}`) as Record<
    string,
    unknown
  >;
  return (given) => {
    const values = given as readonly unknown[];
    const row = { ...template };
    for (let index = 0; index < names.length; index += 1) row[names[index] as string] = values[index];
    return row;
  };
}
