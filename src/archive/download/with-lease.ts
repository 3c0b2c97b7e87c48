import { InterruptedError } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import { LEASE_MS, releaseLease, renewLease, takeLease } from '../../catalog/lease.ts';
import type { Lease } from '../../catalog/lease.ts';
import type { Catalog } from '../../catalog/open.ts';
import { isAlive } from '../../library/process-alive.ts';

export interface LeaseOptions {
  readonly catalog: Catalog;
  readonly hostId: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told once when another process has it. */
  readonly onWait: () => void;
}

const PAUSE_MS = 300;

/**
 * Does work under a lease of this host, waiting for it as long as another process has it. The signal that the work gets
 * also fires when the lease was lost, as after a long sleep of the machine. Throws InterruptedError.
 */
export async function withLease<T>(
  name: string,
  options: LeaseOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lease = await awaitLease(`${name}@${options.hostId}`, options);
  const { catalog, clock, signal } = options;
  const lost = new AbortController();
  const timer = setInterval(() => {
    // A catalog that can't be written to shows in the work itself.
    renewLease(catalog, lease, clock.now()).then(
      (isOurs) => (isOurs ? undefined : lost.abort()),
      () => undefined,
    );
  }, LEASE_MS / 4);
  timer.unref();
  try {
    return await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    clearInterval(timer);
    await releaseLease(catalog, lease);
  }
}

async function awaitLease(name: string, options: LeaseOptions): Promise<Lease> {
  const { catalog, hostId, clock, signal } = options;
  for (let tries = 0; ; tries += 1) {
    if (signal.aborted) throw new InterruptedError();
    const lease = await takeLease(catalog, name, { hostId, pid: process.pid, isAlive }, clock.now());
    if (!('pid' in lease)) return lease;
    if (tries === 0) options.onWait();
    await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
  }
}
