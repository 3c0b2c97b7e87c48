import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { freshDatabase, stillClock } from '../../test/catalogs.ts';
import type { FreshPlace } from '../../test/catalogs.ts';
import type { EngineName } from './open-engine.ts';
import { openCatalog } from './open.ts';

/** A program that opens the catalog and adds `count` hosts, each named after how many there were. */
const WRITER = `
  const { openCatalog } = await import(${JSON.stringify(import.meta.resolve('./open.ts'))});
  const [location, count] = process.argv.slice(1);
  const catalog = await openCatalog(location, { clock: { now: () => 0, sleep: async () => {} } });
  for (let left = Number(count); left > 0; left -= 1) {
    await catalog.write(async (trx) => {
      const { length } = await trx.selectFrom('host').select('id').execute();
      await new Promise((resolve) => setImmediate(resolve));
      await trx.insertInto('host').values({ id: String(length), name: String(process.pid), first_seen_at: 0 }).execute();
    });
  }
  await catalog.close();
`;

interface Ended {
  readonly how: number | NodeJS.Signals | null;
  readonly said: string;
}

function runWriter(location: string, count: number, fault = ''): Promise<Ended> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, location, String(count)], {
    env: { ...process.env, CIVITARIUM_FAULT: fault },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ how: signal ?? code, said }));
  });
}

describe.each<EngineName>(['sqlite', 'postgres'])('processes that share a catalog (%s)', (engine) => {
  let place: FreshPlace;
  beforeEach(async () => {
    if (engine === 'postgres') {
      place = await freshDatabase('empty');
      return;
    }
    const folder = mkdtempSync(join(tmpdir(), 'civitarium-processes-'));
    place = { location: join(folder, 'catalog.db'), remove: async () => rmSync(folder, { recursive: true }) };
  });
  afterEach(() => place.remove());

  async function hosts(): Promise<{ id: string; name: string }[]> {
    const catalog = await openCatalog(place.location, { clock: stillClock });
    const rows = await catalog.db.selectFrom('host').select(['id', 'name']).execute();
    await catalog.close();
    return rows;
  }

  it('make it together and write it one at a time', async () => {
    const ended = await Promise.all([1, 2, 3].map(() => runWriter(place.location, 40)));

    expect(ended).toEqual(Array.from({ length: 3 }, () => ({ how: 0, said: '' })));
    const rows = await hosts();
    expect(rows.map((row) => Number(row.id)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 120 }, (_, n) => n),
    );
    expect(new Set(rows.map((row) => row.name)).size).toBe(3);
  });

  it.each(['migrate-begun', 'migrate-applied', 'migrate-recorded'])(
    'may be killed at %s: the next one begins anew',
    async (point) => {
      const killed = await runWriter(place.location, 1, `kill@${point}`);
      const next = await runWriter(place.location, 1);

      expect(killed.how).toBe('SIGKILL');
      expect(next).toEqual({ how: 0, said: '' });
      expect(await hosts()).toHaveLength(1);
    },
  );
});
