import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { describeCatalogs, freshDatabase, stillClock } from '../../test/catalogs.ts';
import { ensureHost } from './host.ts';
import { MIGRATIONS } from './migrations/known.ts';
import { openCatalog } from './open.ts';
import type { Tables } from './schema.ts';

function addHost(trx: Kysely<Tables>, id: string): Promise<unknown> {
  return trx.insertInto('host').values({ id, name: id, first_seen_at: 0 }).execute();
}

async function hostIds(db: Kysely<Tables>): Promise<string[]> {
  const rows = await db.selectFrom('host').select('id').orderBy('id').execute();
  return rows.map((row) => row.id);
}

describeCatalogs('a catalog', (open, engine) => {
  it('takes all of a write or nothing', async () => {
    const catalog = await open();

    const failed = catalog.write(async (trx) => {
      await addHost(trx, 'a');
      throw new Error('stopped');
    });

    await expect(failed).rejects.toThrow('stopped');
    expect(await hostIds(catalog.db)).toEqual([]);
    await catalog.write((trx) => addHost(trx, 'b'));
    expect(await hostIds(catalog.db)).toEqual(['b']);
  });

  it('shows readers nothing of a write before it is committed', async () => {
    const catalog = await open();

    await catalog.write(async (trx) => {
      await addHost(trx, 'a');

      expect(await hostIds(catalog.db)).toEqual([]);
      expect(await hostIds(trx)).toEqual(['a']);
    });
    expect(await hostIds(catalog.db)).toEqual(['a']);
  });

  it('refuses to write outside of a write', async () => {
    const catalog = await open();

    await expect(addHost(catalog.db, 'a')).rejects.toThrow(/read-?only/);
    await expect(catalog.db.transaction().execute((trx) => addHost(trx, 'a'))).rejects.toThrow(/read-?only/);
  });

  it('refuses a write inside a write instead of waiting for ever', async () => {
    const catalog = await open();

    const nested = catalog.write(() => ensureHost(catalog, 'a', 'a', 0));

    await expect(nested).rejects.toThrow('inside a write');
    await ensureHost(catalog, 'b', 'b', 0);
    expect(await hostIds(catalog.db)).toEqual(['b']);
  });

  it('takes a write that was begun in a finished one', async () => {
    const catalog = await open();
    let later: Promise<void> = Promise.resolve();
    const gate = Promise.withResolvers<void>();

    await catalog.write(async (trx) => {
      await addHost(trx, 'a');
      later = gate.promise.then(() => ensureHost(catalog, 'b', 'b', 0));
    });
    gate.resolve();
    await later;

    expect(await hostIds(catalog.db)).toEqual(['a', 'b']);
  });

  it('runs writes one after another', async () => {
    const catalog = await open();

    const counts = await Promise.all(
      Array.from({ length: 20 }, () =>
        catalog.write(async (trx) => {
          const { length } = await hostIds(trx);
          await addHost(trx, String(length));
          return length;
        }),
      ),
    );

    expect(counts).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it('lets a second connection to the same place see and wait for the first', async () => {
    const first = await open();
    const second = await openCatalog(first.location, { clock: stillClock });

    const entered = Promise.withResolvers<void>();
    const slow = first.write(async (trx) => {
      entered.resolve();
      await addHost(trx, 'a');
      await new Promise((resolve) => setTimeout(resolve, 150));
    });
    await entered.promise;
    const seen = await second.write(hostIds);
    await slow;
    await second.close();

    expect(seen).toEqual(['a']);
  });

  it('gives up with a sentence when another program holds it too long', async () => {
    const first = await open();
    const second = await openCatalog(first.location, { clock: stillClock, lockPatienceMs: 100 });
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();

    const holding = first.write(async () => {
      entered.resolve();
      await release.promise;
    });
    await entered.promise;
    const waiting = second.write((trx) => addHost(trx, 'a'));

    await expect(waiting).rejects.toMatchObject({
      name: 'CatalogError',
      code: 'catalog-locked',
      exitCode: 1,
    });
    release.resolve();
    await holding;
    await second.write((trx) => addHost(trx, 'b'));
    expect(await hostIds(first.db)).toEqual(['b']);
    await second.close();
  });

  it('can be read only: sees what is there and refuses to write', async () => {
    const catalog = await open();
    await ensureHost(catalog, 'a', 'a', 0);

    const reader = await openCatalog(catalog.location, { clock: stillClock, readOnly: true });
    const ids = await hostIds(reader.db);
    const write = reader.write((trx) => addHost(trx, 'b'));

    await expect(write).rejects.toMatchObject({ code: 'catalog-read-only' });
    await reader.close();
    expect(reader.engine).toBe(engine);
    expect(ids).toEqual(['a']);
  });

  it('gives whole numbers, fractions and bytes back as they were', async () => {
    const catalog = await open();
    const body = new Uint8Array([0, 1, 254, 255]);
    const { maxSafe, rating } = { maxSafe: Number.MAX_SAFE_INTEGER, rating: 4.73 };

    const row = await catalog.write(async (trx) => {
      const payload = {
        kind: 'model',
        subject: '1',
        source: 's',
        digest: 'd',
        body,
        bytes: maxSafe,
      } as const;
      await trx
        .insertInto('payload')
        .values({ ...payload, first_seen_at: -5 })
        .execute();
      await sql`insert into version_file (id, version_id, name, type, size_bytes, is_primary)
        values (1, 1, 'n', 't', ${rating}, 1)`.execute(trx);
      return trx.selectFrom('payload').selectAll().executeTakeFirstOrThrow();
    });
    const sizes = await catalog.db
      .selectFrom('version_file')
      .select((by) => ['size_bytes', by.fn.countAll<number>().as('files'), by.fn.sum<number>('id').as('ids')])
      .groupBy('size_bytes')
      .execute();

    expect(new Uint8Array(row.body)).toEqual(body);
    expect([row.bytes, row.first_seen_at]).toEqual([maxSafe, -5]);
    expect(sizes).toEqual([{ size_bytes: rating, files: 1, ids: 1 }]);
  });

  it('orders texts by their bytes', async () => {
    const catalog = await open();
    for (const id of ['b', 'B', 'a', '_', 'é', '漫', 'Z', '-', '😀']) await ensureHost(catalog, id, id, 0);

    expect(await hostIds(catalog.db)).toEqual(['-', 'B', 'Z', '_', 'a', 'b', 'é', '漫', '😀']);
  });

  it('takes several transactions of readers at once', async () => {
    const catalog = await open();
    await ensureHost(catalog, 'a', 'a', 0);

    const all = await Promise.all([1, 2, 3].map(() => catalog.db.transaction().execute(hostIds)));

    expect(all).toEqual([['a'], ['a'], ['a']]);
  });

  it('refuses rows that point at nothing', async () => {
    const catalog = await open();

    const orphan = catalog.write((trx) =>
      trx.insertInto('root').values({ host_id: 'nobody', path: '/m', added_at: 0 }).execute(),
    );

    await expect(orphan).rejects.toThrow(/foreign key/i);
  });
});

describe('a catalog in a file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'civitarium-open-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is made with the folders it needs and leaves a single file when closed', async () => {
    const location = join(folder, 'deep', 'down', 'catalog.db');

    const catalog = await openCatalog(location, { clock: stillClock });
    await ensureHost(catalog, 'a', 'a', 0);
    await catalog.close();

    expect(readdirSync(join(folder, 'deep', 'down'))).toEqual(['catalog.db']);
  });

  it('waits for the disk at the commits that ask for it, and at no other', async () => {
    const catalog = await openCatalog(join(folder, 'catalog.db'), { clock: stillClock });
    const level = (durable: boolean): Promise<unknown> =>
      catalog.write(async (trx) => (await sql`pragma synchronous`.execute(trx)).rows[0], { durable });

    expect(await level(true)).toEqual({ synchronous: 2 });
    await expect(catalog.write(() => Promise.reject(new Error('no')), { durable: true })).rejects.toThrow();
    expect(await level(false)).toEqual({ synchronous: 1 });
    await catalog.close();
  });

  it('is an empty one in memory when it is not there and must not be written', async () => {
    const catalog = await openCatalog(join(folder, 'none', 'catalog.db'), {
      clock: stillClock,
      readOnly: true,
    });

    expect(await hostIds(catalog.db)).toEqual([]);
    await expect(catalog.write((trx) => addHost(trx, 'a'))).rejects.toMatchObject({
      code: 'catalog-read-only',
    });
    await catalog.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is left as it was by reading only, also when another process has it open', async () => {
    const location = join(folder, 'catalog.db');
    const writer = await openCatalog(location, { clock: stillClock });
    await ensureHost(writer, 'a', 'a', 0);
    const busy = readdirSync(folder);

    const first = await openCatalog(location, { clock: stillClock, readOnly: true });
    const whileOpen = await hostIds(first.db);
    await first.close();
    const afterFirst = readdirSync(folder);
    await writer.close();
    const second = await openCatalog(location, { clock: stillClock, readOnly: true });
    const afterwards = await hostIds(second.db);
    await second.close();

    expect([whileOpen, afterwards]).toEqual([['a'], ['a']]);
    expect(afterFirst).toEqual(busy);
    expect(readdirSync(folder)).toEqual(['catalog.db']);
  });

  it('is refused with a sentence when it is no database, or that of another program', async () => {
    const junk = join(folder, 'junk.db');
    writeFileSync(junk, 'not a database at all, but long enough to look at '.repeat(20));
    const other = join(folder, 'other.db');
    const theirs = new DatabaseSync(other);
    theirs.exec('create table theirs (x)');
    theirs.close();
    mkdirSync(join(folder, 'folder.db'));

    const open = (name: string) => openCatalog(join(folder, name), { clock: stillClock });

    await expect(open('junk.db')).rejects.toMatchObject({ name: 'CatalogError', code: 'catalog-unreadable' });
    await expect(open('folder.db')).rejects.toMatchObject({
      name: 'CatalogError',
      code: 'catalog-unreadable',
    });
    await expect(open('other.db')).rejects.toMatchObject({ name: 'CatalogError', code: 'catalog-foreign' });
    const untouched = new DatabaseSync(other);
    expect(untouched.prepare('select name from sqlite_schema').all()).toEqual([{ name: 'theirs' }]);
    untouched.close();
  });

  it('streams rows while other statements run', async () => {
    const catalog = await openCatalog(join(folder, 'catalog.db'), { clock: stillClock });
    for (const id of ['a', 'b', 'c']) await ensureHost(catalog, id, id, 0);

    const seen: string[] = [];
    for await (const row of catalog.db.selectFrom('host').select('id').orderBy('id').stream()) {
      seen.push(row.id, String((await hostIds(catalog.db)).length));
    }
    await catalog.close();

    expect(seen).toEqual(['a', '3', 'b', '3', 'c', '3']);
  });

  it('says so when its disk is full, keeps what it had, and goes on when there is room', async () => {
    const catalog = await openCatalog(join(folder, 'catalog.db'), { clock: stillClock });
    await ensureHost(catalog, 'a', 'a', 0);
    const limit = (pages: string) =>
      catalog.write((trx) => sql.raw(`pragma max_page_count = ${pages}`).execute(trx));
    // A limit below the present size means: not one page more.
    await limit('1');

    const full = catalog.write(async (trx) => {
      for (let n = 0; n < 200; n += 1) await addHost(trx, `${n} ${'x'.repeat(4000)}`);
    });

    await expect(full).rejects.toMatchObject({ name: 'CatalogError', code: 'disk-full', exitCode: 4 });
    expect(await hostIds(catalog.db)).toEqual(['a']);
    await limit('100000');
    await ensureHost(catalog, 'b', 'b', 0);
    expect(await hostIds(catalog.db)).toEqual(['a', 'b']);
    await catalog.close();
  });

  it('keeps nothing when it is in memory', async () => {
    const first = await openCatalog(':memory:', { clock: stillClock });
    await ensureHost(first, 'a', 'a', 0);
    await expect(addHost(first.db, 'b')).rejects.toThrow(/readonly/);
    const ids = await hostIds(first.db);
    await first.close();
    const second = await openCatalog(':memory:', { clock: stillClock });

    expect(ids).toEqual(['a']);
    expect(await hostIds(second.db)).toEqual([]);
    await second.close();
    expect(existsSync(':memory:')).toBe(false);
  });
});

describe('a catalog on PostgreSQL', () => {
  it('that can not be reached is named without its password', async () => {
    const opening = openCatalog('postgres://me:hidden@127.0.0.1:9/catalog', { clock: stillClock });

    await expect(opening).rejects.toMatchObject({ code: 'catalog-unreachable' });
    await expect(opening).rejects.not.toThrow('hidden');
  });

  it('that is empty is an empty one in memory when it must not be written', async () => {
    const place = await freshDatabase('empty');

    const catalog = await openCatalog(place.location, { clock: stillClock, readOnly: true });
    const ids = await hostIds(catalog.db);
    await catalog.close();
    const later = await openCatalog(place.location, { clock: stillClock });
    const tables = await sql`select 1 from migration`.execute(later.db);
    await later.close();
    await place.remove();

    expect(catalog.engine).toBe('sqlite');
    expect(ids).toEqual([]);
    expect(tables.rows).toHaveLength(MIGRATIONS.length);
  });
});
