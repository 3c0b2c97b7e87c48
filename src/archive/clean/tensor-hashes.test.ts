import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeCatalogs } from '../../../test/catalogs.ts';
import { listSameTensors } from '../../catalog/duplicates.ts';
import { addLibrary } from '../../catalog/facts-samples.ts';
import { saveHeaders } from '../../catalog/header.ts';
import type { Catalog } from '../../catalog/open.ts';
import { openHasher } from '../../library/hash.ts';
import type { Hasher } from '../../library/hash.ts';
import { learnTensorHashes } from './tensor-hashes.ts';

describeCatalogs('the hash of the tensors', (open) => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'civitarium-tensors-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A file with a header of this title and this data. */
  function write(name: string, title: string, data: Buffer): string {
    const tensor = { w: { dtype: 'U8', shape: [data.length], data_offsets: [0, data.length] } };
    const header = Buffer.from(JSON.stringify({ __metadata__: { title }, ...tensor }));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const bytes = Buffer.concat([length, header, data]);
    writeFileSync(join(folder, name), bytes);
    return createHash('sha256').update(bytes).digest('hex');
  }

  async function learn(catalog: Catalog): Promise<string[]> {
    const read: string[] = [];
    const inner = openHasher({ threads: 1, kinds: ['AutoV3'] });
    const hasher: Hasher = {
      hash(path, options) {
        read.push(basename(path.toString()));
        return inner.hash(path, options);
      },
      close: () => inner.close(),
    };
    const signal = new AbortController().signal;
    await learnTensorHashes({ catalog, hasher: () => Promise.resolve(hasher), rootIds: undefined, signal });
    return read.sort();
  }

  it('is learned of files that may share it, once, and of no others', async () => {
    const catalog = await open();
    const data = Buffer.alloc(200_000, 1);
    const end = Buffer.concat([Buffer.alloc(100_000, 2), data.subarray(100_000)]);
    const shas = {
      'a.safetensors': write('a.safetensors', 'one', data),
      'b.safetensors': write('b.safetensors', 'another', data),
      // The same end, other data before it: only a whole reading tells.
      'c.safetensors': write('c.safetensors', 'third', end),
      'other end.safetensors': write('other end.safetensors', 'x', Buffer.alloc(200_000, 3)),
      'shorter.safetensors': write('shorter.safetensors', 'x', data.subarray(10)),
      'two tensors.safetensors': write('two tensors.safetensors', 'y', data),
    };
    const added = await addLibrary(
      catalog,
      Object.entries(shas).map(([path, sha256]) => ({
        path,
        sha256,
        root: folder,
        size: readFileSync(join(folder, path)).length,
      })),
    );
    await saveHeaders(
      catalog,
      added.map(({ blobId }, index) => ({
        blobId,
        format: 'safetensors',
        tensors: index === 5 ? 2 : 1,
        parameters: 200_000,
      })),
    );

    const read = await learn(catalog);
    const groups = await listSameTensors(catalog.db);

    expect(read).toEqual(['a.safetensors', 'b.safetensors', 'c.safetensors']);
    expect(groups).toMatchObject([
      {
        tensors: createHash('sha256').update(data).digest('hex'),
        paths: [join(folder, 'a.safetensors'), join(folder, 'b.safetensors')],
      },
    ]);
    expect(await learn(catalog)).toEqual([]);
  });

  it('is not learned of a file that is no longer the one on record', async () => {
    const catalog = await open();
    const data = Buffer.alloc(1000, 1);
    const shas = [write('a.safetensors', 'one', data), 'b'.repeat(64)];
    write('b.safetensors', 'two', data);
    const added = await addLibrary(
      catalog,
      ['a.safetensors', 'b.safetensors'].map((path, index) => ({
        path,
        sha256: shas[index] ?? '',
        root: folder,
        size: readFileSync(join(folder, path)).length,
      })),
    );
    await saveHeaders(
      catalog,
      added.map(({ blobId }) => ({ blobId, format: 'safetensors', tensors: 1, parameters: 1000 })),
    );

    expect(await learn(catalog)).toEqual(['a.safetensors', 'b.safetensors']);
    expect(await listSameTensors(catalog.db)).toEqual([]);
  });
});
