import { existsSync, mkdirSync, openSync, closeSync, fsyncSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

import { Kysely } from 'kysely';

import { CatalogError, isSystemError, messageOf } from '../base/errors.ts';
import { sqliteDialect } from './dialect-sqlite.ts';
import type { Engine } from './open-engine.ts';
import type { Tables } from './schema.ts';

/** How long a write waits for another process before it gives up. */
const LOCK_PATIENCE_MS = 60_000;
/** SQLite's own wait blocks the whole process: kept short where we can wait without blocking. */
const BLOCKING_WAIT_MS = 50;
/** Elsewhere (a read during recovery, say) SQLite has to do the waiting. */
const READ_WAIT_MS = 10_000;

export const MEMORY = ':memory:';

/** Opens a catalog file, or makes one; `MEMORY` for one that ends with the process. */
export function openSqlite(location: string, readOnly: boolean): Engine {
  const memory = location === MEMORY;
  if (!memory && !readOnly) mkdirSync(dirname(location), { recursive: true });
  return explained(location, () => {
    const writer = connect(location, readOnly && !memory);
    if (memory) return engineOver(location, writer, writer);
    if (!readOnly) useWal(writer);
    return engineOver(location, writer, readOnly ? writer : undefined);
  });
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

function engineOver(location: string, writer: DatabaseSync, only: DatabaseSync | undefined): Engine {
  const begin = (): Promise<void> => beginImmediate(writer, location);
  const writes = new Kysely<Tables>({ dialect: sqliteDialect(writer, begin) });
  // Readers have a connection of their own, so that they see what is committed and never a write half done.
  const reader = only ?? connect(location, true);
  const db = new Kysely<Tables>({ dialect: sqliteDialect(reader, async () => reader.exec('begin')) });
  return {
    name: 'sqlite',
    db,
    transaction: (work) =>
      reader === writer ? unlocked(writer, work, writes) : writes.transaction().execute(work),
    isEmpty: async () => reader.prepare('select 1 from sqlite_schema limit 1').get() === undefined,
    keepCopy: (name) => copyBeside(location, name),
    close: async () => {
      if (reader !== writer) reader.close();
      writer.close();
    },
  };
}

/** With a single connection, reads must not be able to write either. */
async function unlocked<T>(
  database: DatabaseSync,
  work: (trx: Kysely<Tables>) => Promise<T>,
  writes: Kysely<Tables>,
): Promise<T> {
  database.exec('pragma query_only = off');
  try {
    return await writes.transaction().execute(work);
  } finally {
    database.exec('pragma query_only = on');
  }
}

/** Waits for the write lock without holding up the process. */
async function beginImmediate(database: DatabaseSync, location: string): Promise<void> {
  const giveUpAt = performance.now() + LOCK_PATIENCE_MS;
  database.exec(`pragma busy_timeout = ${BLOCKING_WAIT_MS}`);
  try {
    for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
      try {
        database.exec('begin immediate');
        return;
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (performance.now() > giveUpAt) throw lockedError(location, error);
      }
      // Chance keeps two waiting processes from knocking at the same moments.
      await delay(pause * (0.5 + Math.random()));
    }
  } finally {
    database.exec(`pragma busy_timeout = ${READ_WAIT_MS}`);
  }
}

function isBusy(error: unknown): boolean {
  // SQLITE_BUSY and SQLITE_LOCKED, with their extended forms (https://sqlite.org/rescode.html).
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return code === 5 || code === 6;
}

function lockedError(location: string, cause: unknown): CatalogError {
  return new CatalogError(`Another program has held the catalog ${location} for a minute.`, {
    code: 'catalog-locked',
    next: 'Wait for it to end, or close the program that has the file open.',
    cause,
  });
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

function explained<T>(location: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (isSystemError(error) && !('errcode' in error)) throw error;
    throw new CatalogError(`The catalog ${location} can't be opened: ${messageOf(error)}.`, {
      code: 'catalog-unreadable',
      next: 'Check that it is a Civitarium catalog and that you may write there, or name another with --catalog.',
      cause: error,
    });
  }
}
