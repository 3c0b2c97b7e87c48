import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeCatalogs } from '../../../test/catalogs.ts';
import type { ModelId, VersionId } from '../../base/ids.ts';
import { ensureHost } from '../../catalog/host.ts';
import { endTransfer, queueTransfers } from '../../catalog/transfer.ts';
import type { Catalog } from '../../catalog/open.ts';
import { planTransfers } from './plan-transfers.ts';
import type { PlannedWant, PlanOptions } from './plan-transfers.ts';
import type { Want } from './want.ts';

const DAY = 86_400_000;

let output = '';
beforeEach(() => {
  output = mkdtempSync(join(tmpdir(), 'civitarium-plan-'));
});
afterEach(() => {
  rmSync(output, { recursive: true, force: true });
});

function want(subject: number, name = 'ink.pt', versionId = subject): Want {
  return {
    kind: 'file',
    subject: String(subject),
    title: name,
    source: `https://civitai.com/api/download/models/${versionId}?fileId=${subject}`,
    output,
    folder: output,
    name,
    tellApart: [`v${versionId}`, `f${subject}`],
    modelId: 1 as ModelId,
    versionId: versionId as VersionId,
    size: 10,
    sha256: undefined,
  };
}

describeCatalogs('the plan of get', (open) => {
  async function openWithHost(): Promise<Catalog> {
    const catalog = await open();
    await ensureHost(catalog, 'h', 'host', 0);
    return catalog;
  }

  async function plan(
    catalog: Catalog,
    wants: readonly Want[],
    more: Partial<PlanOptions> = {},
  ): Promise<PlannedWant[]> {
    const { signal } = new AbortController();
    return await planTransfers(wants, {
      catalog,
      hostId: 'h',
      now: 0,
      hasKey: false,
      retries: false,
      signal,
      ...more,
    });
  }

  async function queue(catalog: Catalog, planned: readonly PlannedWant[]): Promise<number[]> {
    const inputs = planned.map(({ want: one, path }) => ({ ...one, path }));
    return (await queueTransfers(catalog, 'h', inputs, 0)).map(({ id }) => id);
  }

  const names = (planned: readonly PlannedWant[]): string[] =>
    planned.map(({ path }) => path.slice(output.length + 1));

  it('gives files of one name places of their own, the same ones in the next run whatever came meanwhile', async () => {
    const catalog = await openWithHost();
    const wants = [want(1), want(2), want(3, 'INK.pt', 2)];

    const first = await plan(catalog, wants);
    await queue(catalog, first);
    const second = await plan(catalog, [want(9), ...wants.toReversed()]);

    expect(names(first)).toEqual(['ink.pt', 'ink-v2.pt', 'INK-f3.pt']);
    expect(names(second)).toEqual(['ink-v9.pt', 'INK-f3.pt', 'ink-v2.pt', 'ink.pt']);
  });

  it('leaves names to what lies there, be it a file or a folder', async () => {
    const catalog = await openWithHost();
    writeFileSync(join(output, 'INK.PT'), 'mine');
    mkdirSync(join(output, 'a.pt'));

    expect(names(await plan(catalog, [want(1), want(2, 'a.pt')]))).toEqual(['ink-v1.pt', 'a-v2.pt']);
  });

  it.each([
    ['is believed for a day', 'archived', null, { now: DAY - 1 }, 'leave'],
    ['is believed no longer', 'archived', null, { now: DAY + 1 }, 'fetch'],
    ['is not believed when all is to be tried again', 'archived', null, { now: 1, retries: true }, 'fetch'],
    ['until a day is believed until then', 'early-access', 9 * DAY, { now: 8 * DAY }, 'leave'],
    ['until a day is not believed after it', 'early-access', 9 * DAY, { now: 9 * DAY }, 'fetch'],
    ['for want of a key is believed without one', 'key-needed', null, { now: 1 }, 'leave'],
    ['for want of a key is not believed with one', 'key-needed', null, { now: 1, hasKey: true }, 'fetch'],
  ] as const)('a refusal that %s', async (_what, reason, retryAt, options, step) => {
    const catalog = await openWithHost();
    const [id = 0] = await queue(catalog, await plan(catalog, [want(1)]));
    await endTransfer(catalog, id, { state: 'refused', reason, why: 'no', next: undefined, retryAt: retryAt ?? undefined }, 0); // prettier-ignore

    const [planned] = await plan(catalog, [want(1)], options);

    expect(planned?.step).toBe(step);
  });

  it('takes a file for held only while it lies there as it was placed', async () => {
    const catalog = await openWithHost();
    const [id = 0] = await queue(catalog, await plan(catalog, [want(1)]));
    const path = join(output, 'ink.pt');
    await endTransfer(catalog, id, { state: 'done', how: 'fetched', path, sha256: 'ab'.repeat(32), size: 4, mtimeNs: '1', verified: false }, 0); // prettier-ignore
    writeFileSync(path, 'more than was placed');

    const [planned] = await plan(catalog, [want(1)]);

    expect(planned).toMatchObject({ step: 'fetch', path });
  });
});
