/** The same suite on both engines, each test on fresh, empty catalogs. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import { afterEach, describe, inject } from 'vitest';

import type { Clock } from '../src/base/clock.ts';
import type { EngineName } from '../src/catalog/open-engine.ts';
import { openCatalog } from '../src/catalog/open.ts';
import type { Catalog } from '../src/catalog/open.ts';
import type { PostgresOffer } from './global-setup.ts';

/** A clock that stands still until told otherwise. */
export const stillClock: Clock = { now: () => 1_700_000_000_000, sleep: async () => {} };

/** A place for a catalog, and what takes it away again. */
export interface FreshPlace {
  readonly location: string;
  remove(): Promise<void>;
}

const ENGINES: readonly EngineName[] = ['sqlite', 'postgres'];

/**
 * Declares the suite once for each engine. `open` gives a fresh catalog, closed and removed after the test; open its
 * `location` again for a second connection.
 */
export function describeCatalogs(
  title: string,
  suite: (open: () => Promise<Catalog>, engine: EngineName) => void,
): void {
  describe.each(ENGINES)(`${title} (%s)`, (engine) => {
    const opened: { catalog: Catalog; place: FreshPlace }[] = [];
    afterEach(async () => {
      for (const { catalog, place } of opened.splice(0)) {
        await catalog.close();
        await place.remove();
      }
    });
    suite(async () => {
      const place = await freshPlace(engine);
      const catalog = await openCatalog(place.location, { clock: stillClock });
      opened.push({ catalog, place });
      return catalog;
    }, engine);
  });
}

/** A place that holds an empty catalog on PostgreSQL, or none yet on SQLite. */
export function freshPlace(engine: EngineName): Promise<FreshPlace> {
  return engine === 'sqlite' ? freshFile() : freshDatabase();
}

async function freshFile(): Promise<FreshPlace> {
  const folder = mkdtempSync(join(tmpdir(), 'civitarium-catalog-'));
  const remove = async (): Promise<void> => rmSync(folder, { recursive: true, force: true });
  return { location: join(folder, 'catalog.db'), remove };
}

/** A database of its own on the PostgreSQL of this run; a copy of the empty catalog, or `empty` of everything. */
export async function freshDatabase(content: 'catalog' | 'empty' = 'catalog'): Promise<FreshPlace> {
  const offer = await postgresOffer();
  const name = `civitarium_test_${randomBytes(6).toString('hex')}`;
  const template = content === 'catalog' ? offer.template : 'template0';
  await onServer(offer.url, `create database ${name} template ${template}`);
  const location = new URL(offer.url);
  location.pathname = `/${name}`;
  const remove = (): Promise<void> => onServer(offer.url, `drop database if exists ${name} with (force)`);
  return { location: location.href, remove };
}

async function postgresOffer(): Promise<PostgresOffer> {
  const answer = await fetch(inject('postgresBroker'));
  const text = await answer.text();
  if (!answer.ok) throw new Error(`No PostgreSQL to test with: ${text}`);
  return JSON.parse(text) as PostgresOffer;
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
