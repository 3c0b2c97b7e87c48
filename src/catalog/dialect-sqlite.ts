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
  const prepared = new Map<string, StatementSync>();
  return {
    executeQuery: async <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
      const statement = prepare(database, prepared, query.sql);
      const parameters = query.parameters as readonly SQLInputValue[];
      if (statement.columns().length > 0) return { rows: statement.all(...parameters) as R[] };
      const { changes } = statement.run(...parameters);
      return { rows: [], numAffectedRows: BigInt(changes) };
    },
    async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
      // Not from the cache: a cached statement that runs again meanwhile would end this walk.
      const statement = database.prepare(query.sql);
      for (const row of statement.iterate(...(query.parameters as readonly SQLInputValue[]))) {
        yield { rows: [row as R] };
      }
    },
  };
}

function prepare(database: DatabaseSync, prepared: Map<string, StatementSync>, text: string): StatementSync {
  const known = prepared.get(text);
  const statement = known ?? database.prepare(text);
  // Last used goes last, so that the first one is the one to drop.
  if (known !== undefined) prepared.delete(text);
  prepared.set(text, statement);
  if (prepared.size > CACHED_STATEMENTS) prepared.delete(prepared.keys().next().value as string);
  return statement;
}
