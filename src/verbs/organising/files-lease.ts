import { CatalogError, UserError } from '../../base/errors.ts';
import { LEASE_MS, releaseLease, renewLease, takeLease } from '../../catalog/lease.ts';
import type { Lease, LeaseRow } from '../../catalog/lease.ts';
import type { Catalog } from '../../catalog/open.ts';
import { isAlive } from '../../library/process-alive.ts';
import type { Deps } from '../deps.ts';

/**
 * Does work that moves files while no other process of this host does. The signal also fires when the lease was lost, as
 * after a long sleep of the machine. Throws UserError `files-busy` when another run is at it.
 */
export async function withFilesLease<T>(
  deps: Deps,
  catalog: Catalog,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lease = await tryLease(deps, catalog);
  if ('pid' in lease) throw busy(lease);
  return await holding(deps, catalog, lease, work);
}

/** The same, but does nothing and gives `undefined` when another run is at it. */
export async function ifFilesFree<T>(
  deps: Deps,
  catalog: Catalog,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const lease = await tryLease(deps, catalog);
  return 'pid' in lease ? undefined : await holding(deps, catalog, lease, work);
}

async function tryLease(deps: Deps, catalog: Catalog): Promise<Lease | LeaseRow> {
  const hostId = await deps.hostId();
  return await takeLease(catalog, `files@${hostId}`, { hostId, pid: process.pid, isAlive }, deps.clock.now());
}

async function holding<T>(
  deps: Deps,
  catalog: Catalog,
  lease: Lease,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const renew = async (): Promise<void> => {
    if (await renewLease(catalog, lease, deps.clock.now())) return;
    lost.abort(
      new CatalogError('Another run has taken over the moving of files.', {
        code: 'lease-lost',
        next: 'Run the same command again.',
      }),
    );
  };
  const timer = setInterval(() => {
    // A catalog that can't be written to shows in the work itself.
    renew().catch(() => undefined);
  }, LEASE_MS / 4);
  timer.unref();
  try {
    return await work(AbortSignal.any([deps.signal, lost.signal]));
  } finally {
    clearInterval(timer);
    await releaseLease(catalog, lease);
  }
}

function busy({ pid, taken_at: at }: LeaseRow): UserError {
  return new UserError(
    `Another run is moving files (process ${pid}, since ${new Date(at).toISOString().slice(11, 16)} UTC).`,
    {
      code: 'files-busy',
      next: 'Wait for its end, then run the same command again.',
    },
  );
}
