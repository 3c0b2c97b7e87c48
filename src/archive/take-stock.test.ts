import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeCatalogs } from '../../test/catalogs.ts';
import { ensureBlobs } from '../catalog/blob.ts';
import { filesOfRoot, setBlob } from '../catalog/file.ts';
import { ensureHost } from '../catalog/host.ts';
import type { Catalog } from '../catalog/open.ts';
import { rootsOf, settleRoot } from '../catalog/root.ts';
import { recordLooks } from '../catalog/state.ts';
import { countPreviews, countStates, nextDue } from './count-states.ts';
import { narrowed, stockAsKnown, takeStock, walkRoot, walkTarget } from './take-stock.ts';
import type { Stock, WalkedRoot } from './take-stock.ts';
import type { Target } from './targets.ts';

const HOST = '0b8a3f5e-6a1f-4c8e-9d57-1f2e3d4c5b6a';
const signal = new AbortController().signal;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'civitarium-stock-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path);
  }
}

async function look(
  catalog: Catalog,
  target: Target = { root: folder, only: undefined },
  patterns?: string[],
): Promise<WalkedRoot> {
  await ensureHost(catalog, HOST, 'test', 1);
  const walk = await walkTarget(target, { signal, ...(patterns === undefined ? {} : { patterns }) });
  return await walkRoot(catalog, HOST, target, walk, 1000);
}

/** Takes stock and hashes: as a scan that comes to its end does. */
async function scan(catalog: Catalog, ...rest: [Target?, string[]?]): Promise<Stock> {
  const walked = await look(catalog, ...rest);
  const stock = await takeStock(catalog, walked, 1000);
  for (const { fileId, walked: file } of stock.toHash) {
    const sha256 = Buffer.from(file.name).toString('hex').padEnd(64, '0').slice(0, 64);
    const blobs = await ensureBlobs(catalog, [{ sha256, size: file.size }], 1000);
    await setBlob(catalog, [{ fileId, blobId: blobs.get(sha256) ?? 0, origin: 'read', at: 1000 }]);
  }
  await settleRoot(catalog, walked.root.id, { digest: walked.walk.digest, settings: '{}', dueAt: undefined });
  return stock;
}

function paths(files: Stock['files']): string[] {
  return files.map((file) => file.walked.path).sort();
}

describeCatalogs('takeStock', (open) => {
  it('hashes what is new, and nothing twice', async () => {
    const catalog = await open();
    put('a.pt', 'lora/b.pt');

    const first = await scan(catalog);
    const second = await scan(catalog);

    expect([paths(first.toHash), first.dirty.size]).toEqual([['a.pt', 'lora/b.pt'], 2]);
    expect([paths(second.files), paths(second.toHash), second.dirty.size]).toEqual([
      ['a.pt', 'lora/b.pt'],
      [],
      0,
    ]);
  });

  it('keeps what is known of a file that moved, and reads one that changed', async () => {
    const catalog = await open();
    put('a.pt', 'b.pt');
    const before = await scan(catalog);
    mkdirSync(join(folder, 'lora'));
    renameSync(join(folder, 'a.pt'), join(folder, 'lora', 'a.pt'));
    writeFileSync(join(folder, 'b.pt'), 'something longer');

    const after = await scan(catalog);

    expect(paths(after.toHash)).toEqual(['b.pt']);
    expect(after.dirty.size).toBe(2);
    expect(after.files.map((file) => file.fileId).sort()).toEqual(
      before.files.map((file) => file.fileId).sort(),
    );
  });

  it('forgets no file that a run is not about', async () => {
    const catalog = await open();
    put('a.pt', 'b.pt', 'lora/c.pt');
    await scan(catalog);
    rmSync(join(folder, 'b.pt'));

    const single = await scan(catalog, { root: folder, only: new Set(['a.pt']), deep: true });
    const pattern = await scan(catalog, undefined, ['lora/**']);

    expect([paths(single.files), paths(single.others), single.gone]).toEqual([['a.pt'], ['lora/c.pt'], 0]);
    expect([paths(pattern.files), paths(pattern.others), pattern.gone]).toEqual([['lora/c.pt'], ['a.pt'], 0]);
    const [root] = await rootsOf(catalog.db, HOST);
    expect((await filesOfRoot(catalog.db, root?.id ?? 0)).map((row) => row.state)).toEqual([
      'present',
      'present',
      'present',
    ]);
  });

  it('takes a root that is empty now for absent, and a folder that never held a model for nothing', async () => {
    const catalog = await open();
    await expect(look(catalog)).rejects.toMatchObject({ code: 'no-models', exitCode: 1 });
    expect(await rootsOf(catalog.db, HOST)).toEqual([]);
    put('a.pt');
    await scan(catalog);
    rmSync(join(folder, 'a.pt'));

    await expect(look(catalog)).rejects.toMatchObject({ code: 'root-absent', exitCode: 1 });

    const [root] = await rootsOf(catalog.db, HOST);
    expect(root?.absent_at).toBe(1000);
    expect((await filesOfRoot(catalog.db, root?.id ?? 0)).map((row) => row.state)).toEqual(['present']);
  });

  it('knows of a root without comparing what is there and what is lost', async () => {
    const catalog = await open();
    put('a.pt', 'b.pt', 'lora/c.pt');
    await scan(catalog);
    rmSync(join(folder, 'a.pt'));
    put('new.pt');
    const walked = await look(catalog);

    const whole = stockAsKnown(await filesOfRoot(catalog.db, walked.root.id), walked);
    const part = stockAsKnown(await filesOfRoot(catalog.db, walked.root.id), {
      ...walked,
      walk: narrowed(walked.walk, (path) => path.startsWith('lora/')),
    });

    expect([paths(whole.files), whole.lost]).toEqual([['b.pt', 'lora/c.pt'], ['a.pt']]);
    expect([paths(part.files), paths(part.others), part.lost]).toEqual([['lora/c.pt'], ['b.pt'], []]);
  });
});

describeCatalogs('countStates', (open) => {
  it('divides files into parts that add up, and says when to ask again', async () => {
    const catalog = await open();
    put('a.pt', 'b.pt', 'c.pt');
    await scan(catalog);
    const [root] = await rootsOf(catalog.db, HOST);
    const id = root?.id ?? 0;
    const rows = await catalog.db
      .selectFrom('file')
      .innerJoin('blob', 'blob.id', 'file.blob_id')
      .select(['file.id', 'blob.sha256'])
      .orderBy('file.path')
      .execute();
    const [a, b] = rows;
    await recordLooks(
      catalog,
      'hash',
      [
        { subject: a?.sha256 ?? '', answer: 'found' },
        { subject: b?.sha256 ?? '', answer: 'absent' },
      ],
      5000,
    );

    expect(await countStates(catalog, [id])).toEqual({
      files: 3,
      identified: 1,
      missing: 1,
      removed: 0,
      unchecked: 1,
      failed: 0,
    });
    expect(await countStates(catalog, [id], new Set([b?.id ?? 0]))).toMatchObject({ files: 1, missing: 1 });
    // One was never asked about: that is due at once.
    expect(await nextDue(catalog, id)).toBe(0);

    await recordLooks(catalog, 'hash', [{ subject: rows[2]?.sha256 ?? '', answer: 'absent' }], 6000);
    expect(await nextDue(catalog, id)).toBe(5000 + 7 * 86_400_000);
    expect(await countPreviews(catalog, [id])).toBe(0);
  });
});

describe('walkTarget', () => {
  it('sees the whole root, whatever is meant', async () => {
    put('a.pt', 'lora/b.pt', 'lora/c.ckpt');
    const found = async (only: string[] | undefined, patterns?: string[]): Promise<string[][]> => {
      const target = { root: folder, only: only === undefined ? undefined : new Set(only), deep: true };
      const walked = await walkTarget(target, { signal, ...(patterns === undefined ? {} : { patterns }) });
      return [walked.meant.map((file) => file.path).sort(), walked.files.map((file) => file.path).sort()];
    };
    const all = ['a.pt', 'lora/b.pt', 'lora/c.ckpt'];

    expect(await found(undefined)).toEqual([all, all]);
    expect(await found(['lora/b.pt'])).toEqual([['lora/b.pt'], all]);
    expect(await found(undefined, ['*.ckpt'])).toEqual([['lora/c.ckpt'], all]);
    expect(await found(['a.pt'], ['*.ckpt'])).toEqual([[], all]);
  });
});
