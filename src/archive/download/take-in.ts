import type { Catalog } from '../../catalog/open.ts';
import { ensureBlobs } from '../../catalog/blob.ts';
import { saveCandidates } from '../../catalog/candidate.ts';
import { recordLooks } from '../../catalog/state.ts';
import { endTransfer } from '../../catalog/transfer.ts';
import type { Transfer } from '../../catalog/transfer.ts';
import type { Placed } from './true-name.ts';

/**
 * Records that a file is there, and of which version its bytes are, so that nobody has to ask the site what was just
 * fetched from it. Bytes that the site promised no hash for are looked up like those of any other file.
 */
export async function takeIn(catalog: Catalog, row: Transfer, end: Placed, at: number): Promise<void> {
  await catalog.write(async (trx) => {
    await endTransfer(trx, row.id, end, at);
    const { model_id: modelId, version_id: versionId } = row;
    if (!end.verified || row.kind !== 'file' || modelId === null || versionId === null) return;
    const blobs = await ensureBlobs(trx, [{ sha256: end.sha256, size: end.size }], at);
    const blobId = blobs.get(end.sha256);
    if (blobId === undefined) return;
    await saveCandidates(trx, [{ blobId, versionId, modelId, civitaiFileId: Number(row.subject) }]);
    await recordLooks(trx, 'hash', [{ subject: end.sha256, answer: 'found' }], at);
  });
}
