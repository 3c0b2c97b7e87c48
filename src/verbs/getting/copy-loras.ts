import { wantsOfLoraCopies } from '../../archive/download/lora-copies.ts';
import type { PlacedFile } from '../../archive/download/lora-copies.ts';
import { planTransfers } from '../../archive/download/plan-transfers.ts';
import type { PlannedWant } from '../../archive/download/plan-transfers.ts';
import type { Ended, QueueOutcome } from '../../archive/download/run-queue.ts';
import type { Catalog } from '../../catalog/open.ts';
import { queueTransfers } from '../../catalog/transfer.ts';
import type { Deps } from '../deps.ts';
import { aloneIn } from '../scanning/alone-in.ts';
import { bringFiles } from './bring-files.ts';
import type { GetRequest } from './get-request.ts';

/** What became of the copies of LoRAs. */
export type CopiedLoras = QueueOutcome;

export const NO_COPIES: CopiedLoras = { ended: [], stopped: undefined };

/** Gives each LoRA that has come, or was held, a second place where a WebUI looks for it. What stands there is left. */
export async function copyLoras(
  deps: Deps,
  catalog: Catalog,
  came: readonly (PlannedWant | Ended)[],
  request: GetRequest,
): Promise<CopiedLoras> {
  const { loraCopies } = request;
  if (loraCopies === undefined) return NO_COPIES;
  const files = came.flatMap((one) => placedFile(one) ?? []);
  const wants = await wantsOfLoraCopies(files, loraCopies, catalog);
  const hostId = await deps.hostId();
  const rows = await aloneIn(deps, [loraCopies], async () => {
    const { signal, clock } = deps;
    const planned = await planTransfers(wants, {
      catalog,
      hostId,
      signal,
      now: clock.now(),
      hasKey: deps.settings.key !== undefined,
      retries: true,
    });
    const open = planned.filter(({ step }) => step !== 'held');
    const inputs = open.map(({ want, path }) => ({ ...want, path }));
    return await queueTransfers(catalog, hostId, inputs, clock.now());
  });
  return await bringFiles(deps, catalog, rows, request);
}

function placedFile(one: PlannedWant | Ended): PlacedFile | undefined {
  if ('step' in one) {
    const { want, row, step, path } = one;
    const sha256 = want.sha256 ?? row?.placed_sha256;
    if (step !== 'held' || want.kind !== 'file' || sha256 === undefined || sha256 === null) return undefined;
    const { subject, source, output, modelId, versionId } = want;
    return modelId === undefined ? undefined : { path, output, subject, source, modelId, versionId, sha256 };
  }
  const { row, end } = one;
  if (row.kind !== 'file' || end.state !== 'done' || row.model_id === null) return undefined;
  const { subject, source, output, model_id: modelId } = row;
  const versionId = row.version_id ?? undefined;
  return { path: end.path, output, subject, source, modelId, versionId, sha256: end.sha256 };
}
