import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { freshDatabase, stillClock } from '../../test/catalogs.ts';
import type { FreshPlace } from '../../test/catalogs.ts';
import { ensureHost } from './host.ts';
import type { Migration } from './migrate.ts';
import { pendingAfter } from './migrate.ts';
import { MIGRATIONS } from './migrations/known.ts';
import type { EngineName } from './open-engine.ts';
import { openCatalog } from './open.ts';

const second: Migration = {
  name: '9001-second',
  up: async (trx) => void (await sql`create table second (x text)`.execute(trx)),
};
const third: Migration = {
  name: '9002-third',
  up: async (trx) => void (await sql`create table third (x text)`.execute(trx)),
};
const broken: Migration = {
  name: '9002-third',
  up: async (trx) => {
    await sql`create table third (x text)`.execute(trx);
    throw new Error('power cut');
  },
};

async function emptyPlace(engine: EngineName): Promise<FreshPlace> {
  if (engine === 'postgres') return freshDatabase('empty');
  const folder = mkdtempSync(join(tmpdir(), 'civitarium-migrate-'));
  return { location: join(folder, 'catalog.db'), remove: async () => rmSync(folder, { recursive: true }) };
}

describe.each<EngineName>(['sqlite', 'postgres'])('migrations (%s)', (engine) => {
  let place: FreshPlace;
  beforeEach(async () => {
    place = await emptyPlace(engine);
  });
  afterEach(() => place.remove());

  const open = (migrations: readonly Migration[], readOnly = false) =>
    openCatalog(place.location, { clock: stillClock, migrations, readOnly });

  /** Opens and closes; the names applied. */
  async function applied(migrations: readonly Migration[]): Promise<string[]> {
    const catalog = await open(migrations);
    const rows = await catalog.db.selectFrom('migration').selectAll().orderBy('name').execute();
    await catalog.close();
    expect(rows.every((row) => row.applied_at === stillClock.now())).toBe(true);
    return rows.map((row) => row.name);
  }

  const names = (migrations: readonly Migration[]): string[] => migrations.map(({ name }) => name);

  it('are applied in order, once', async () => {
    const all = [...MIGRATIONS, second, third];

    expect(await applied(all)).toEqual(names(all));
    expect(await applied(all)).toEqual(names(all));
  });

  it('go on after the last one that was complete', async () => {
    await expect(open([...MIGRATIONS, second, broken])).rejects.toThrow('power cut');

    expect(await applied([...MIGRATIONS, second])).toEqual(names([...MIGRATIONS, second]));
    expect(await applied([...MIGRATIONS, second, third])).toEqual(names([...MIGRATIONS, second, third]));
  });

  it('keep the steps of a journal while they bring them into order', async () => {
    const before = await open(MIGRATIONS.filter(({ name }) => name < '0004'));
    await ensureHost(before, 'h', 'box', 1);
    await before.write(async (trx) => {
      await sql`insert into run (id, verb, host_id, pid, started_at, options)
        values (1, 'organize', 'h', 2, 1, '{}')`.execute(trx);
      await sql`insert into journal_step (run_id, position, op, role, file_id, source, target, source_root_id,
        target_root_id, size, mtime_ns, inode, state)
        values (1, 2, 'move', 'model', 3, 'a', 'b', 4, 5, 6, '7', '8', 'planned')`.execute(trx);
    });
    await before.close();

    const after = await open(MIGRATIONS);
    expect(await after.db.selectFrom('journal_step').selectAll().execute()).toMatchObject([
      {
        run_id: 1,
        position: 2,
        op: 'move',
        source: 'a',
        target: 'b',
        size: 6,
        state: 'planned',
        problem: null,
      },
    ]);
    await after.close();
  });

  it('leave a new catalog as empty as it was when the first one fails', async () => {
    await expect(open([broken])).rejects.toThrow('power cut');

    expect(await applied(MIGRATIONS)).toEqual(names(MIGRATIONS));
  });

  it('refuse a catalog that a newer program wrote, and leave it alone', async () => {
    await applied([...MIGRATIONS, second]);

    for (const readOnly of [false, true]) {
      await expect(open(MIGRATIONS, readOnly)).rejects.toMatchObject({
        name: 'CatalogError',
        code: 'catalog-too-new',
        exitCode: 1,
        message: expect.stringContaining('9001-second'),
      });
    }
    await expect(open([...MIGRATIONS, third])).rejects.toMatchObject({ code: 'catalog-too-new' });
    expect(await applied([...MIGRATIONS, second])).toEqual(names([...MIGRATIONS, second]));
  });

  it('are not applied when only reading', async () => {
    await applied(MIGRATIONS);

    await expect(open([...MIGRATIONS, second], true)).rejects.toMatchObject({ code: 'catalog-too-old' });
    expect(await applied(MIGRATIONS)).toEqual(names(MIGRATIONS));
  });

  it('are applied once when several open the catalog at the same time', async () => {
    const catalogs = await Promise.all(Array.from({ length: 4 }, () => open([...MIGRATIONS, second, third])));
    for (const catalog of catalogs) await catalog.close();

    expect(await applied([...MIGRATIONS, second, third])).toHaveLength(MIGRATIONS.length + 2);
  });
});

describe('an upgrade of a catalog in a file', () => {
  let location: string;
  beforeEach(async () => {
    location = (await emptyPlace('sqlite')).location;
  });
  afterEach(() => rmSync(dirname(location), { recursive: true, force: true }));

  const open = (path: string, migrations: readonly Migration[]) =>
    openCatalog(path, { clock: stillClock, migrations });

  it('keeps a copy of what was before, which an older program can open', async () => {
    const before = await open(location, MIGRATIONS);
    await ensureHost(before, 'a', 'a', 0);
    await before.close();

    const after = await open(location, [...MIGRATIONS, second, third]);
    await ensureHost(after, 'b', 'b', 0);
    await after.close();

    const copy = await open(`${location}.before-9001-second`, MIGRATIONS);
    const hosts = await copy.db.selectFrom('host').select('id').execute();
    await copy.close();
    expect(hosts).toEqual([{ id: 'a' }]);
    expect(readdirSync(dirname(location))).toEqual(['catalog.db', 'catalog.db.before-9001-second']);
  });

  it('copies nothing when the catalog is new or current', async () => {
    for (let turn = 0; turn < 2; turn += 1) await (await open(location, [...MIGRATIONS, second])).close();

    expect(readdirSync(dirname(location))).toEqual(['catalog.db']);
  });

  it('goes no further when the copy can not be made', async () => {
    await (await open(location, MIGRATIONS)).close();
    const blocked = { ...second, name: 'no/such/folder' };

    await expect(open(location, [...MIGRATIONS, blocked])).rejects.toThrow();

    const catalog = await open(location, MIGRATIONS);
    const rows = await catalog.db.selectFrom('migration').select('name').execute();
    await catalog.close();
    expect(rows).toHaveLength(MIGRATIONS.length);
    expect(existsSync(`${location}.before-no`)).toBe(false);
  });
});

describe('the list of known migrations', () => {
  it('is in the order of its names, each there once', () => {
    const names = MIGRATIONS.map(({ name }) => name);

    expect(names).toEqual([...new Set(names)].sort());
  });

  it('says what is left to apply only after a list that it begins with', () => {
    expect(pendingAfter([], [second, third])).toEqual([second, third]);
    expect(pendingAfter(['9001-second'], [second, third])).toEqual([third]);
    expect(pendingAfter(['9001-second', '9002-third'], [second, third])).toEqual([]);
    expect(() => pendingAfter(['9002-third'], [second, third])).toThrow('newer');
    expect(() => pendingAfter(['9001-second', '9002-third', '9003'], [second, third])).toThrow('9003');
  });
});
