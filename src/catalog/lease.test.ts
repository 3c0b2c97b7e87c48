import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { LEASE_MS, releaseLease, renewLease, takeLease } from './lease.ts';
import type { Lease, LeaseTaker } from './lease.ts';

function taker(pid: number, alive = true, hostId = 'h1'): LeaseTaker {
  return { hostId, pid, isAlive: () => alive };
}

describeCatalogs('a lease', (open) => {
  it('is held by one at a time, and free again when it is given back', async () => {
    const catalog = await open();

    const mine = (await takeLease(catalog, 'files', taker(1), 1000)) as Lease;
    const theirs = await takeLease(catalog, 'files', taker(2), 1001);
    const other = await takeLease(catalog, 'other', taker(2), 1001);
    await releaseLease(catalog, mine);
    const then = await takeLease(catalog, 'files', taker(2), 1002);

    expect(mine).not.toHaveProperty('pid');
    expect(theirs).toMatchObject({ pid: 1, holder: mine.holder, taken_at: 1000 });
    expect(other).not.toHaveProperty('pid');
    expect(then).not.toHaveProperty('pid');
  });

  it('is taken by one of two who ask at the same moment', async () => {
    const catalog = await open();

    const answers = await Promise.all([1, 2, 3].map((pid) => takeLease(catalog, 'files', taker(pid), 1000)));

    expect(answers.filter((answer) => !('pid' in answer))).toHaveLength(1);
  });

  it('is free when its process is dead, or has our own number and is not us', async () => {
    const catalog = await open();

    await takeLease(catalog, 'files', taker(1), 1000);
    const dead = await takeLease(catalog, 'files', taker(2, false), 1001);
    const same = await takeLease(catalog, 'files', taker(2), 1002);

    expect(dead).not.toHaveProperty('pid');
    expect(same).not.toHaveProperty('pid');
  });

  it('is believed of another machine until it runs out', async () => {
    const catalog = await open();

    await takeLease(catalog, 'files', taker(1, false, 'h2'), 1000);
    const early = await takeLease(catalog, 'files', taker(2, false), 1000 + LEASE_MS - 1);
    const late = await takeLease(catalog, 'files', taker(2, false), 1000 + LEASE_MS);

    expect(early).toHaveProperty('pid', 1);
    expect(late).not.toHaveProperty('pid');
  });

  it('lasts longer when it is renewed, but not for who lost it', async () => {
    const catalog = await open();

    const mine = (await takeLease(catalog, 'files', taker(1), 1000)) as Lease;
    const kept = await renewLease(catalog, mine, 50_000);
    const held = await takeLease(catalog, 'files', taker(2), 50_000 + LEASE_MS - 1);
    await takeLease(catalog, 'files', taker(2), 50_000 + LEASE_MS);
    const lost = await renewLease(catalog, mine, 50_000 + LEASE_MS + 1);
    await releaseLease(catalog, mine);

    expect([kept, lost]).toEqual([true, false]);
    expect(held).toHaveProperty('pid', 1);
    expect(await catalog.db.selectFrom('lease').selectAll().execute()).toHaveLength(1);
  });
});
