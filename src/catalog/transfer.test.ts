import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { ensureHost } from './host.ts';
import type { Catalog } from './open.ts';
import {
  beginTransfer,
  countTry,
  endTransfer,
  proveTransfer,
  queueTransfers,
  transfersOf,
} from './transfer.ts';
import type { TransferInput } from './transfer.ts';

const SHA = 'ab'.repeat(32);

function wish(subject: string, more: Partial<TransferInput> = {}): TransferInput {
  return {
    kind: 'file',
    subject,
    output: '/out',
    path: `/out/${subject} 名\u0000.pt`,
    source: `https://civitai.com/api/download/models/1?fileId=${subject}`,
    modelId: 1,
    versionId: 2,
    size: 8_000_000_000,
    sha256: SHA,
    ...more,
  };
}

describeCatalogs('the queue of transfers', (open) => {
  async function openWithHost(): Promise<Catalog> {
    const catalog = await open();
    await ensureHost(catalog, 'h', 'host', 0);
    await ensureHost(catalog, 'other', 'other host', 0);
    return catalog;
  }

  it('holds what was asked for in the order it was asked, each thing once for each folder and machine', async () => {
    const catalog = await openWithHost();

    const rows = await queueTransfers(catalog, 'h', [wish('2'), wish('1'), wish('1', { output: '/b' })], 5);
    await queueTransfers(catalog, 'other', [wish('1')], 5);
    const again = await queueTransfers(catalog, 'h', [wish('1'), wish('2')], 6);

    expect(rows.map(({ subject, output, state, size }) => [subject, output, state, size])).toEqual([
      ['2', '/out', 'queued', 8_000_000_000],
      ['1', '/out', 'queued', 8_000_000_000],
      ['1', '/b', 'queued', 8_000_000_000],
    ]);
    expect(again.map(({ id }) => id)).toEqual([rows[1]?.id, rows[0]?.id]);
    expect(await transfersOf(catalog.db, 'h', {})).toHaveLength(3);
    expect(rows[0]?.path).toBe('/out/2 名\uFFFD.pt');
  });

  it('keeps what is known of a part when the same is asked for again', async () => {
    const catalog = await openWithHost();
    const [row] = await queueTransfers(catalog, 'h', [wish('1')], 5);
    const id = row?.id ?? 0;
    await countTry(catalog, id);
    await beginTransfer(catalog, id, { validator: '"e"', total: 9 }, 6);
    await proveTransfer(catalog, id, { bytes: 4, sha256: SHA }, 7);
    await endTransfer(catalog, id, { state: 'failed', reason: 'no-connection', why: 'cut', next: undefined, retryAt: undefined }, 8); // prettier-ignore

    const [failed] = await transfersOf(catalog.db, 'h', { states: ['failed', 'refused'] });
    const [again] = await queueTransfers(catalog, 'h', [wish('1', { size: 7 })], 9);

    expect(failed).toMatchObject({ state: 'failed', reason: 'no-connection', why: 'cut', tries: 1 });
    expect(again).toMatchObject({
      state: 'queued',
      reason: null,
      size: 7,
      tries: 1,
      validator: '"e"',
      total: 9,
      kept_bytes: 4,
      kept_sha256: SHA,
    });
  });

  it('says of what is done where it lies, with which bytes, and whether they are those promised', async () => {
    const catalog = await openWithHost();
    const [row] = await queueTransfers(catalog, 'h', [wish('1')], 5);
    const id = row?.id ?? 0;
    await proveTransfer(catalog, id, { bytes: 4, sha256: SHA }, 7);
    await endTransfer(catalog, id, { state: 'done', how: 'fetched', path: '/out/1.pt', sha256: SHA, size: 9, mtimeNs: '1700000000123456789', verified: true }, 8); // prettier-ignore

    const byPath = await transfersOf(catalog.db, 'h', { paths: ['/out/1.pt', '/no'] });
    const bySha = await transfersOf(catalog.db, 'h', { states: ['done'], sha256s: [SHA] });

    expect(byPath).toEqual(bySha);
    expect(byPath).toMatchObject([
      {
        state: 'done',
        how: 'fetched',
        placed_sha256: SHA,
        placed_size: 9,
        placed_mtime_ns: '1700000000123456789',
        verified: 1,
        kept_bytes: null,
      },
    ]);
    expect(await transfersOf(catalog.db, 'other', { sha256s: [SHA] })).toEqual([]);
  });
});
