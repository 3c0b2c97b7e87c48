import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { blobsBySha, ensureBlobs, hashesOf, saveHashes } from './blob.ts';
import { headersOf, saveHeaders } from './header.ts';

const sha = (n: number): string => n.toString(16).padStart(64, '0');

describeCatalogs('blobs', (open) => {
  it('are made once and keep their first size and time', async () => {
    const catalog = await open();

    const first = await ensureBlobs(catalog, [{ sha256: sha(1), size: 5 }], 10);
    const second = await ensureBlobs(
      catalog,
      [
        { sha256: sha(1), size: 6 },
        { sha256: sha(2), size: 7 },
        { sha256: sha(2), size: 7 },
      ],
      20,
    );

    expect(second.get(sha(1))).toBe(first.get(sha(1)));
    expect(await blobsBySha(catalog.db, [sha(1), sha(2), sha(3)])).toEqual(
      new Map([
        [sha(1), { id: second.get(sha(1)), size: 5 }],
        [sha(2), { id: second.get(sha(2)), size: 7 }],
      ]),
    );
    expect(await ensureBlobs(catalog, [], 30)).toEqual(new Map());
  });

  it('come by the thousand', async () => {
    const catalog = await open();
    const many = Array.from({ length: 5000 }, (_, n) => ({ sha256: sha(n), size: n }));

    const ids = await ensureBlobs(catalog, many, 10);

    expect(new Set(ids.values()).size).toBe(5000);
  });

  it('have other hashes, the last one of a type counting', async () => {
    const catalog = await open();
    const ids = await ensureBlobs(catalog, [{ sha256: sha(1), size: 5 }], 10);
    const blobId = ids.get(sha(1)) as number;

    await saveHashes(catalog, [
      { blobId, type: 'AutoV2', value: 'old' },
      { blobId, type: 'AutoV2', value: '00aa' },
      { blobId, type: 'CRC32', value: 'ffff0000' },
    ]);
    await saveHashes(catalog, [{ blobId, type: 'CRC32', value: 'eeee0000' }]);

    expect(await hashesOf(catalog.db, [blobId, 999])).toEqual(
      new Map([
        [
          blobId,
          new Map([
            ['AutoV2', '00aa'],
            ['CRC32', 'eeee0000'],
          ]),
        ],
      ]),
    );
  });

  it('have a header, the last reading counting, absurd counts left out', async () => {
    const catalog = await open();
    const ids = await ensureBlobs(
      catalog,
      [sha(1), sha(2)].map((sha256) => ({ sha256, size: 5 })),
      10,
    );
    const [one, two] = [ids.get(sha(1)) as number, ids.get(sha(2)) as number];

    await saveHeaders(catalog, [{ blobId: one, format: 'unknown', warning: 'damaged' }]);
    await saveHeaders(catalog, [
      {
        blobId: one,
        format: 'safetensors',
        metadata: '{"a":"n\0l"}',
        tensors: 3,
        parameters: 12_000_000_000,
      },
      { blobId: two, format: 'gguf', parameters: 2 ** 70, tensors: Number.POSITIVE_INFINITY },
    ]);

    const headers = await headersOf(catalog.db, [one, two, 999]);
    expect(headers.get(one)).toEqual({
      blob_id: one,
      format: 'safetensors',
      hints: '{"words":[]}',
      warning: null,
      metadata: '{"a":"n\uFFFDl"}',
      tensors: 3,
      parameters: 12_000_000_000,
    });
    expect(headers.get(two)).toMatchObject({ format: 'gguf', tensors: null, parameters: null });
    expect(headers.size).toBe(2);
  });
});
