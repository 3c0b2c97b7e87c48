import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeCatalogs } from '../../../test/catalogs.ts';
import { ensureHost } from '../../catalog/host.ts';
import type { Catalog } from '../../catalog/open.ts';
import { queueTransfers } from '../../catalog/transfer.ts';
import type { Transfer } from '../../catalog/transfer.ts';
import { openDownloadLogs } from './write-download-log.ts';
import type { DownloadLogs } from './write-download-log.ts';

describeCatalogs('openDownloadLogs', (open) => {
  let output: string;
  let now: number;

  beforeEach(() => {
    output = mkdtempSync(join(tmpdir(), 'civitarium-logs-'));
    now = 0;
  });

  afterEach(() => rmSync(output, { recursive: true }));

  async function queued(catalog: Catalog, ...subjects: readonly string[]): Promise<Transfer[]> {
    await ensureHost(catalog, 'h', 'box', 0);
    const common = { kind: 'image', output, modelId: undefined, versionId: undefined, sha256: undefined };
    const inputs = subjects.map((subject) => ({
      ...common,
      subject,
      path: join(output, `${subject}.png`),
      source: 'https://image.civitai.com/x',
      size: undefined,
      creator: 'Ann',
    }));
    return await queueTransfers(catalog, 'h', inputs, 0);
  }

  async function openFor(catalog: Catalog): Promise<DownloadLogs> {
    const clock = { now: () => now, sleep: async () => {} };
    return await openDownloadLogs({
      catalog,
      hostId: 'h',
      clock,
      output,
      outputs: [output],
      creators: ['Ann'],
      unwanted: [],
    });
  }

  const folder = (): string => join(output, 'download_logs', 'Ann');
  const logged = (): { success: { id: number }[]; failed: { id: number }[] } =>
    JSON.parse(readFileSync(join(folder(), 'Ann_download_log.json'), 'utf8')) as never;

  function done(row: Transfer) {
    const end = { state: 'done', how: 'fetched', path: row.path, sha256: 'a'.repeat(64), size: 3 } as const;
    return { ...end, mtimeNs: '1', verified: false };
  }

  it('says at once what is known, and soon what has come, while the rest is still coming', async () => {
    const catalog = await open();
    const [one, other] = await queued(catalog, '5', '6');
    if (one === undefined || other === undefined) throw new Error('Nothing was queued.');

    const logs = await openFor(catalog);
    const atFirst = logged();
    now = 5000;
    logs.ended(one, done(one));
    for (let waited = 0; waited < 500 && logged().success.length === 0; waited += 1) await delay(10);

    expect(atFirst).toEqual({ success: [], failed: [] });
    expect(logged()).toMatchObject({ success: [{ id: 5, type: 'image', size: 3 }], failed: [] });
    const gone = {
      state: 'refused',
      reason: 'not-found',
      why: 'Gone.',
      next: undefined,
      retryAt: undefined,
    } as const;
    logs.ended(other, gone);
    await logs.finish();
    expect(logged()).toMatchObject({ success: [{ id: 5 }], failed: [{ id: 6, reason: 'missing' }] });
  });

  it('sets aside what somebody wrote into it, and loses nothing of it', async () => {
    const catalog = await open();
    await queued(catalog, '5');
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), 'Ann_download_log.json'), '{"success": [{"id"');

    const told = await (await openFor(catalog)).finish();

    expect(readdirSync(folder()).toSorted()).toEqual([
      'Ann_download_log.before-civitarium.json',
      'Ann_download_log.json',
      'Ann_download_log.txt',
    ]);
    expect(readFileSync(join(folder(), 'Ann_download_log.before-civitarium.json'), 'utf8')).toBe(
      '{"success": [{"id"',
    );
    expect(told.warnings.join()).toContain('before-civitarium');
  });
});
