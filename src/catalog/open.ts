import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync } from 'node:fs';

import type { Kysely } from 'kysely';

import type { Clock } from '../base/clock.ts';
import { CatalogError } from '../base/errors.ts';
import { silentLog } from '../base/log.ts';
import type { Log } from '../base/log.ts';
import { mutex } from '../base/pool.ts';
import { bringUp } from './migrate.ts';
import type { Migration } from './migrate.ts';
import { MIGRATIONS } from './migrations/known.ts';
import type { Engine, EngineName, WriteOptions } from './open-engine.ts';
import { MEMORY, openSqlite } from './open-sqlite.ts';
import type { Tables } from './schema.ts';

const LOCK_PATIENCE_MS = 60_000;

/** What we know, on either engine. */
export interface Catalog {
  readonly engine: EngineName;
  /** As given to `openCatalog`; may hold a password, so it is not for showing. */
  readonly location: string;
  /** For reading: sees what is committed, refuses to write. */
  readonly db: Kysely<Tables>;
  /**
   * Runs `work` in one transaction, alone among all writers of this catalog in all processes; all or nothing. Keep it
   * short and wait for nothing else inside. Throws when called inside another `write`: pass `trx` on instead.
   */
  write<T>(work: (trx: Kysely<Tables>) => Promise<T>, options?: WriteOptions): Promise<T>;
  close(): Promise<void>;
}

/** Where rows go: the catalog, in a transaction of their own, or a transaction under way. */
export type Writable = Catalog | Kysely<Tables>;

export interface OpenOptions {
  readonly clock: Clock;
  /** Nothing is written, nothing is made; a catalog that does not exist is an empty one in memory. */
  readonly readOnly?: boolean;
  readonly log?: Log;
  /** How long a write waits for another process before it throws `catalog-locked`; a minute when left out. */
  readonly lockPatienceMs?: number;
  /** For tests of upgrades; the program's own otherwise. */
  readonly migrations?: readonly Migration[];
}

/**
 * Opens the catalog at a file path, `:memory:` or `postgres://…`, made or brought up to date when needed. Throws
 * CatalogError: `catalog-too-new`, `catalog-foreign`, `catalog-unreadable`, `catalog-unreachable`, `catalog-locked`.
 */
export async function openCatalog(location: string, options: OpenOptions): Promise<Catalog> {
  const readOnly = options.readOnly ?? false;
  const migrations = options.migrations ?? MIGRATIONS;
  let engine = await openEngine(location, options);
  try {
    if (readOnly && engine.name === 'postgres' && (await engine.isEmpty())) {
      await engine.close();
      engine = openSqlite(MEMORY, engineOptionsOf(options));
    }
    await bringUp(engine, migrations, { clock: options.clock, mayUpgrade: !readOnly });
  } catch (error) {
    await engine.close();
    throw error;
  }
  return {
    engine: engine.name,
    location,
    db: engine.db,
    write: writerOf(engine, readOnly),
    close: closerOf(engine),
  };
}

async function openEngine(location: string, options: OpenOptions): Promise<Engine> {
  const engineOptions = engineOptionsOf(options);
  if (isPostgres(location)) {
    // Loaded on demand: most catalogs are files.
    const { openPostgres } = await import('./open-postgres.ts');
    return openPostgres(location, engineOptions);
  }
  const place = engineOptions.readOnly && !existsSync(location) ? MEMORY : location;
  return openSqlite(place, engineOptions);
}

function engineOptionsOf({
  readOnly = false,
  lockPatienceMs = LOCK_PATIENCE_MS,
  log = silentLog,
}: OpenOptions) {
  return { readOnly, lockPatienceMs, log };
}

/** True when a catalog location is an address of PostgreSQL rather than a path. */
export function isPostgres(location: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(location);
}

function writerOf(engine: Engine, readOnly: boolean): Catalog['write'] {
  const oneAtATime = mutex();
  const within = new AsyncLocalStorage<{ open: boolean }>();
  return async (work, options) => {
    if (readOnly)
      throw new CatalogError('This catalog was opened for reading only.', { code: 'catalog-read-only' });
    // The inner one would wait for the outer one for ever.
    if (within.getStore()?.open === true) throw new Error('A write inside a write: pass the transaction on.');
    return oneAtATime(() => {
      const span = { open: true };
      return within
        .run(span, () => engine.transaction(work, options))
        .finally(() => {
          span.open = false;
        });
    });
  };
}

function closerOf(engine: Engine): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => (closing ??= engine.close());
}

/** Runs `work` in the transaction given, or in one of its own when given the catalog. */
export function writing<T>(target: Writable, work: (trx: Kysely<Tables>) => Promise<T>): Promise<T> {
  return 'write' in target ? target.write(work) : work(target);
}
