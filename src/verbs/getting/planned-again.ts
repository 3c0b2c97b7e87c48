import { basename, dirname } from 'node:path';
import type { ModelId, Sha256, VersionId } from '../../base/ids.ts';
import type { PlannedWant } from '../../archive/download/plan-transfers.ts';
import type { Catalog } from '../../catalog/open.ts';
import { transfersOf } from '../../catalog/transfer.ts';
import type { Deps } from '../deps.ts';
import type { GetRequest } from './get-request.ts';

/** Everything on record that did not come, in all outputs of this machine or in the one that was named. */
export async function plannedAgain(
  deps: Deps,
  catalog: Catalog,
  { output, isUsualOutput }: GetRequest,
): Promise<PlannedWant[]> {
  const rows = await transfersOf(catalog.db, await deps.hostId(), {
    states: ['failed', 'refused', 'queued'],
    ...(isUsualOutput ? {} : { output }),
  });
  return rows.map((row): PlannedWant => {
    const want = {
      kind: row.kind,
      subject: row.subject,
      title: basename(row.path),
      source: row.source,
      output: row.output,
      folder: dirname(row.path),
      name: basename(row.path),
      tellApart: [],
      modelId: (row.model_id ?? undefined) as ModelId | undefined,
      versionId: (row.version_id ?? undefined) as VersionId | undefined,
      size: row.size ?? undefined,
      sha256: (row.sha256 ?? undefined) as Sha256 | undefined,
    };
    return { want, step: 'fetch', path: row.path, row, kept: 0 };
  });
}
