import { existsSync, mkdirSync, openSync, closeSync, fsyncSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

import { Kysely } from 'kysely';

import { sqliteDialect } from './dialect-sqlite.ts';
import { lockedError } from './open-engine.ts';
import type { Engine } from './open-engine.ts';
import { explainOpen, explainWrite, isBusy } from './open-sqlite-error.ts';
import type { Tables } from './schema.ts';

/** SQLite's own wait blocks the whole process: kept short where we can wait without blocking. */
const BLOCKING_WAIT_MS = 50;
const CACHE_KIB = 4 * 1024;
/** A plan of ten thousand steps would go to the disk and back while it is written. */
const PLAN_CACHE_KIB = 16 * 1024;
/** Pages (of 4 KiB) in the log before they are written to the file itself: a page that many steps touch is written once. */
const CHECKPOINT_PAGES = 4000;
/** Elsewhere (a read during recovery, say) SQLite has to do the waiting. */
const READ_WAIT_MS = 10_000;

export const MEMORY = ':memory:';

export interface SqliteOptions {
  readonly readOnly: boolean;
  /** How long a write waits for another process before it throws `catalog-locked`. */
  readonly lockPatienceMs: number;
}

/** Opens a catalog file, or makes one; `MEMORY` for one that ends with the process. Throws CatalogError. */
export function openSqlite(location: string, options: SqliteOptions): Engine {
  const memory = location === MEMORY;
  const readOnly = options.readOnly && !memory;
  let writer: DatabaseSync | undefined;
  try {
    if (!memory && !readOnly) mkdirSync(dirname(location), { recursive: true });
    writer = connect(location, readOnly);
    if (!memory && !readOnly) useWal(writer);
    writer.exec(`pragma cache_size = -${CACHE_KIB}; pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    // Readers have a connection of their own, so that they see what is committed and never a write half done.
    const reader = memory || readOnly ? writer : connect(location, true);
    if (memory) writer.exec('pragma query_only = on');
    return engineOver(location, writer, reader, options.lockPatienceMs);
  } catch (error) {
    writer?.close();
    throw explainOpen(location, error);
  }
}

function connect(location: string, readOnly: boolean): DatabaseSync {
  // Opening a WAL file read-only leaves a -wal and a -shm beside it, a writer takes them away again: so read-only is
  // for the file that has them already.
  const strictly = readOnly && existsSync(`${location}-wal`);
  const database = new DatabaseSync(location, { readOnly: strictly, timeout: READ_WAIT_MS });
  database.exec('pragma foreign_keys = on; pragma synchronous = normal; pragma temp_store = memory');
  if (readOnly) database.exec('pragma query_only = on');
  return database;
}

/** Write-ahead logging is a property of the file: switched on once, by whoever comes first. */
function useWal(database: DatabaseSync): void {
  const giveUpAt = performance.now() + READ_WAIT_MS;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (database.prepare('pragma journal_mode').get()?.['journal_mode'] !== 'wal') {
    try {
      database.exec('pragma journal_mode = wal');
      return;
    } catch (error) {
      // The switch does not wait for another process that does the same.
      if (!isBusy(error) || performance.now() > giveUpAt) throw error;
      Atomics.wait(pause, 0, 0, 10);
    }
  }
}

function engineOver(
  location: string,
  writer: DatabaseSync,
  reader: DatabaseSync,
  lockPatienceMs: number,
): Engine {
  const begin = (): Promise<void> => beginImmediate(writer, location, lockPatienceMs);
  const writes = new Kysely<Tables>({ dialect: sqliteDialect(writer, begin) });
  const db = new Kysely<Tables>({ dialect: sqliteDialect(reader, async () => reader.exec('begin')) });
  const transaction: Engine['transaction'] = async (work, { durable = false } = {}) => {
    if (durable) writer.exec(`pragma synchronous = full; pragma cache_size = -${PLAN_CACHE_KIB}`);
    try {
      return await writes.transaction().execute(work);
    } catch (error) {
      throw explainWrite(location, error);
    } finally {
      if (durable) writer.exec(`pragma synchronous = normal; pragma cache_size = -${CACHE_KIB}`);
    }
  };
  return {
    name: 'sqlite',
    db,
    transaction:
      reader === writer ? (work, options) => unlocked(writer, () => transaction(work, options)) : transaction,
    isEmpty: async () => reader.prepare('select 1 from sqlite_schema limit 1').get() === undefined,
    keepCopy: (name) => copyBeside(location, name),
    close: async () => {
      if (reader !== writer) reader.close();
      writer.close();
    },
  };
}

/** With a single connection, reads must not be able to write either. */
async function unlocked<T>(database: DatabaseSync, work: () => Promise<T>): Promise<T> {
  database.exec('pragma query_only = off');
  try {
    return await work();
  } finally {
    database.exec('pragma query_only = on');
  }
}

/** Waits for the write lock without holding up the process. */
async function beginImmediate(database: DatabaseSync, location: string, patienceMs: number): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  database.exec(`pragma busy_timeout = ${BLOCKING_WAIT_MS}`);
  try {
    for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
      try {
        database.exec('begin immediate');
        return;
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (performance.now() > giveUpAt) throw lockedError(location, patienceMs, error);
      }
      // Chance keeps two waiting processes from knocking at the same moments.
      await delay(pause * (0.5 + Math.random()));
    }
  } finally {
    database.exec(`pragma busy_timeout = ${READ_WAIT_MS}`);
  }
}

/** A copy named `<file>.before-<name>`, whole or not at all. */
function copyBeside(location: string, name: string): void {
  if (location === MEMORY) return;
  const target = `${location}.before-${name}`;
  const part = `${target}.part`;
  rmSync(part, { force: true });
  const source = new DatabaseSync(location, { timeout: READ_WAIT_MS });
  try {
    source.prepare('vacuum into ?').run(part);
  } finally {
    source.close();
  }
  const handle = openSync(part, 'r');
  fsyncSync(handle);
  closeSync(handle);
  renameSync(part, target);
}
