import type { Kysely } from 'kysely';
import { sql } from 'kysely';

import type { Clock } from '../base/clock.ts';
import { CatalogError } from '../base/errors.ts';
import { faultPoint } from '../base/fault-point.ts';
import type { Engine, EngineName } from './open-engine.ts';
import type { Tables } from './schema.ts';

/** One step of the schema's history. Shipped ones are never edited, and their names keep their order. */
export interface Migration {
  readonly name: string;
  up(trx: Kysely<Tables>, engine: EngineName): Promise<void>;
}

interface BringUpOptions {
  readonly clock: Clock;
  /** False when the catalog is opened for reading only. */
  readonly mayUpgrade: boolean;
}

/**
 * Applies what is missing, each migration in one transaction with its record. Costs one query when nothing is. Before
 * an existing catalog changes, a copy is kept beside it.
 */
export async function bringUp(
  engine: Engine,
  known: readonly Migration[],
  options: BringUpOptions,
): Promise<void> {
  const isNew = await engine.isEmpty();
  const applied = isNew ? [] : await appliedNames(engine.db, engine.name);
  // A database on a server may well be shared with other programs, a file is not.
  if (applied === undefined && engine.name === 'sqlite') throw foreign();
  const pending = pendingAfter(applied ?? [], known);
  if (pending.length === 0) return;
  if (!options.mayUpgrade && !isNew) throw tooOld();
  const copyName = pending[0]?.name ?? '';
  for (const migration of pending) {
    await engine.transaction(async (trx) => {
      // Another process may have been quicker: what counts is what holds inside the transaction.
      const now = (await appliedNames(trx, engine.name)) ?? [];
      if (pendingAfter(now, known)[0] !== migration) return;
      if (now.length > 0 && migration.name === copyName) engine.keepCopy(copyName);
      await apply(trx, engine.name, migration, options.clock.now());
    });
  }
}

async function apply(
  trx: Kysely<Tables>,
  engine: EngineName,
  migration: Migration,
  at: number,
): Promise<void> {
  faultPoint('migrate-begun');
  await sql`create table if not exists migration (name text primary key, applied_at bigint not null)`.execute(
    trx,
  );
  await migration.up(trx, engine);
  faultPoint('migrate-applied');
  await trx.insertInto('migration').values({ name: migration.name, applied_at: at }).execute();
  faultPoint('migrate-recorded');
}

/** The names applied so far, in order; `undefined` when there is no record of any. */
async function appliedNames(db: Kysely<Tables>, engine: EngineName): Promise<string[] | undefined> {
  const table =
    engine === 'sqlite'
      ? sql`select 1 from sqlite_schema where type = 'table' and name = 'migration'`
      : sql`select 1 where to_regclass('migration') is not null`;
  if ((await table.execute(db)).rows.length === 0) return undefined;
  const rows = await db.selectFrom('migration').select('name').execute();
  return rows.map((row) => row.name).sort();
}

/** What is still to be applied. Throws when the catalog knows a migration that we don't. */
export function pendingAfter(applied: readonly string[], known: readonly Migration[]): readonly Migration[] {
  for (const [index, name] of applied.entries()) {
    if (known[index]?.name !== name) throw tooNew(name);
  }
  return known.slice(applied.length);
}

function tooNew(name: string): CatalogError {
  return new CatalogError(`This catalog was written by a newer Civitarium: it has ${name}, unknown here.`, {
    code: 'catalog-too-new',
    next: 'Update Civitarium, or go back to the copy that the upgrade kept beside the catalog.',
  });
}

function tooOld(): CatalogError {
  return new CatalogError(
    'This catalog was written by an older Civitarium and has to be brought up to date first.',
    {
      code: 'catalog-too-old',
      next: 'Run a command that may write, without --dry-run.',
    },
  );
}

function foreign(): CatalogError {
  return new CatalogError('This database belongs to another program: it has tables, but none of ours.', {
    code: 'catalog-foreign',
    next: 'Name another file with --catalog.',
  });
}
