import { isRecord } from '../base/json.ts';
import { sliceItems, sliceMember } from '../civitai/slice.ts';

/** The JSON text of one version inside a model's answer, with its model's id added; `undefined` when it is not in it. */
export function versionInModel(modelRaw: string, versionId: number): string | undefined {
  const model: unknown = JSON.parse(modelRaw);
  if (!isRecord(model) || !Array.isArray(model['modelVersions'])) return undefined;
  const index = model['modelVersions'].findIndex(
    (version: unknown) => isRecord(version) && version['id'] === versionId,
  );
  if (index === -1) return undefined;
  const versions = sliceMember(modelRaw, 'modelVersions');
  const text = versions === undefined ? undefined : sliceItems(versions)[index];
  return text?.replace(/^\s*\{/, `{"modelId":${String(model['id'])},`);
}
