import type { Catalog } from '../../catalog/open.ts';
import { endTransfer, queueTransfers, transfersOf } from '../../catalog/transfer.ts';
import { reachedAt } from '../../library/file-identity.ts';
import type { PlannedWant } from './plan-transfers.ts';

/**
 * Puts on record what lies in its place without ever having been brought there by us, so that logs name it too. Says nothing of
 * what is on record already.
 */
export async function recordHeld(
  catalog: Catalog,
  hostId: string,
  planned: readonly PlannedWant[],
  at: number,
): Promise<void> {
  const held = planned.filter(({ step, row }) => step === 'held' && row === undefined);
  if (held.length === 0) return;
  const paths = held.map(({ path }) => path);
  const known = new Map(
    (await transfersOf(catalog.db, hostId, { states: ['done'], paths })).map((row) => [row.path, row]),
  );
  for (const { want, path } of held) {
    const sha256 = want.sha256 ?? known.get(path)?.placed_sha256;
    const now = reachedAt(path);
    if (sha256 === undefined || sha256 === null || now === undefined) continue;
    await catalog.write(async (trx) => {
      const input = { ...want, path, creator: want.belongs?.creator };
      const [row] = await queueTransfers(trx, hostId, [input], at);
      if (row === undefined) return;
      const { size, mtimeNs } = now;
      const verified = want.sha256 !== undefined;
      await endTransfer(
        trx,
        row.id,
        { state: 'done', how: 'held', path, sha256, size, mtimeNs, verified },
        at,
      );
    });
  }
}
