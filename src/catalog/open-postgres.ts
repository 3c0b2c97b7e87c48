import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';

import { CatalogError, messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { lockedError } from './open-engine.ts';
import type { Engine } from './open-engine.ts';
import type { Tables } from './schema.ts';

/** PostgreSQL's type ids of int8 and numeric, which `pg` gives as text by default. */
const AS_NUMBER = new Set([20, 1700]);
/** One writer at a time on one database, as on SQLite: read-then-write needs no further care. */
const WRITE_LOCK = 0x63697669;
const READERS = 4;
/** SQLSTATE of a lock that was not had in time. */
const LOCK_NOT_AVAILABLE = '55P03';

export interface PostgresOptions {
  readonly readOnly: boolean;
  /** How long a write waits for another process before it throws `catalog-locked`. */
  readonly lockPatienceMs: number;
  readonly log: Log;
}

/** Connects to a catalog on PostgreSQL. Throws CatalogError when it can't be reached. */
export async function openPostgres(url: string, options: PostgresOptions): Promise<Engine> {
  const { readOnly, lockPatienceMs, log } = options;
  const readers = poolOf(url, READERS, true, log);
  const writers = readOnly ? undefined : poolOf(url, 1, false, log);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: readers }) });
  const writes = writers && new Kysely<Tables>({ dialect: new PostgresDialect({ pool: writers }) });
  const close = async (): Promise<void> => {
    await Promise.all([db.destroy(), writes?.destroy()]);
  };
  try {
    await sql`select 1`.execute(db);
  } catch (error) {
    await close();
    throw unreachable(url, error);
  }
  return {
    name: 'postgres',
    db,
    transaction: async (work) => {
      if (writes === undefined) throw new Error('A read-only engine has no transactions.');
      return writes.transaction().execute(async (trx) => {
        await takeWriteLock(trx, url, lockPatienceMs);
        return work(trx);
      });
    },
    isEmpty: async () => {
      const found = await sql`select 1 from pg_tables where schemaname = current_schema() limit 1`.execute(
        db,
      );
      return found.rows.length === 0;
    },
    keepCopy: () => log.info('A catalog on PostgreSQL is not copied before an upgrade; use pg_dump.'),
    close,
  };
}

async function takeWriteLock(trx: Kysely<Tables>, url: string, patienceMs: number): Promise<void> {
  try {
    await sql`set local lock_timeout = ${sql.lit(patienceMs)}`.execute(trx);
    await sql`select pg_advisory_xact_lock(${sql.lit(WRITE_LOCK)})`.execute(trx);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw code === LOCK_NOT_AVAILABLE ? lockedError(withoutSecret(url), patienceMs, error) : error;
  }
}

function poolOf(url: string, max: number, forReading: boolean, log: Log): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    allowExitOnIdle: true,
    application_name: 'civitarium',
    types: { getTypeParser: typeParser },
  });
  // A connection that breaks while idle is replaced at the next use; without a listener it would end the process.
  pool.on('error', (error) => log.warn('A connection to the catalog broke.', { reason: messageOf(error) }));
  if (forReading) {
    pool.on('connect', (client) => {
      client.query('set default_transaction_read_only = on').catch(() => undefined);
    });
  }
  return pool;
}

function typeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (AS_NUMBER.has(oid)) return Number;
  return pg.types.getTypeParser(oid, format ?? 'text') as (value: string) => unknown;
}

function unreachable(url: string, cause: unknown): CatalogError {
  return new CatalogError(`The catalog at ${withoutSecret(url)} can't be reached: ${messageOf(cause)}.`, {
    code: 'catalog-unreachable',
    next: 'Check the address, the name, the password and that the server runs.',
    cause,
  });
}

/** The address of a catalog as it may be shown: no name, no password, no parameters. */
export function withoutSecret(url: string): string {
  if (!URL.canParse(url)) return 'the given address';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
