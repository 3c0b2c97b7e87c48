/**
 * One PostgreSQL for the whole run, started when the first suite asks for it: a run of other suites waits for nothing.
 * Suites run in processes of their own, so they ask over loopback.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import pg from 'pg';
import type { TestProject } from 'vitest/node';

import { systemClock } from '../src/base/clock.ts';
import { openCatalog } from '../src/catalog/open.ts';
import { startPostgres } from './postgres.ts';
import type { RunningPostgres } from './postgres.ts';

/** What a suite is told: a server, and a database on it that holds an empty catalog to be copied. */
export interface PostgresOffer {
  readonly url: string;
  readonly template: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    postgresBroker: string;
  }
}

/** Called by vitest once a run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let started: Promise<RunningPostgres> | undefined;
  let offered: Promise<PostgresOffer> | undefined;
  const broker = createServer((_request, response) => {
    started ??= startPostgres();
    offered ??= started.then(makeTemplate);
    offered.then(
      (offer) => response.end(JSON.stringify(offer)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  project.provide('postgresBroker', `http://127.0.0.1:${(broker.address() as AddressInfo).port}/`);
  return async () => {
    broker.closeAllConnections();
    broker.close();
    const offer = await offered?.catch(() => undefined);
    if (offer !== undefined) await onServer(offer.url, `drop database if exists ${offer.template}`);
    await (await started?.catch(() => undefined))?.stop();
  };
}

async function makeTemplate(server: RunningPostgres): Promise<PostgresOffer> {
  const template = `civitarium_test_${randomBytes(6).toString('hex')}`;
  // A database of a person sorts by a language; ours must sort by bytes there too. Not every build of the server can.
  const byLanguage = `create database ${template} template template0 locale_provider icu icu_locale 'en-US'`;
  await onServer(server.url, byLanguage).catch(() =>
    onServer(server.url, `create database ${template} template template0`),
  );
  const location = new URL(server.url);
  location.pathname = `/${template}`;
  const catalog = await openCatalog(location.href, { clock: systemClock });
  await catalog.close();
  return { url: server.url, template };
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
