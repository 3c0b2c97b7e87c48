import { failure, json } from '../route.ts';
import type { Answer, Ask, Route } from '../route.ts';

/** /model-files/{id}/tensor-metadata: what the header of a safetensors file holds. */
export function tensorRoutes(): Route[] {
  return [
    {
      method: 'GET',
      pattern: '/api/v1/model-files/:id/tensor-metadata',
      endpoint: 'tensor-metadata',
      access: 'public',
      respond: tensorMetadata,
    },
  ];
}

function tensorMetadata(ask: Ask): Answer {
  const file = ask.world.file(Number(ask.params['id']));
  const version = file === undefined ? undefined : ask.world.version(file.versionId);
  if (file === undefined || version?.status !== 'Published') return failure(404, 'File not found');
  if (file.visibility !== 'Public') return failure(403, 'You do not have access to this file');
  if (ask.world.model(file.modelId)?.mode === 'Archived') return failure(410, 'This model has been archived');
  if (file.format !== 'SafeTensor')
    return failure(422, 'Tensor metadata is only available for safetensors files');
  const bytes = ask.world.bytesOf(file);
  const header = JSON.parse(
    bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString('utf8'),
  ) as Record<string, unknown>;
  const { __metadata__: metadata, ...tensors } = header;
  const summary = { fileId: file.id, tensorCount: Object.keys(tensors).length, metadata: metadata ?? {} };
  const value = ask.query.get('summaryOnly') === 'true' ? summary : { ...summary, tensors };
  return json(200, value, { 'cache-control': 'public, max-age=31536000, immutable' });
}
