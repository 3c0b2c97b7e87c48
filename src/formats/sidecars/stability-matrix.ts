import { sidecarFacts } from './facts.ts';
import type { SidecarFacts } from './facts.ts';
import { hashesIn, idIn, textIn, textsIn } from './fields.ts';

/** Stability Matrix's `X.cm-info.json`, its keys in Pascal case; `undefined` when the object is something else. */
export function readStabilityMatrix(value: Readonly<Record<string, unknown>>): SidecarFacts | undefined {
  if (
    !Object.hasOwn(value, 'ModelName') &&
    !Object.hasOwn(value, 'Hashes') &&
    !Object.hasOwn(value, 'UserTitle')
  ) {
    return undefined;
  }
  return sidecarFacts({
    format: 'stability-matrix',
    modelName: textIn(value['UserTitle']) ?? textIn(value['ModelName']),
    ownTitle: textIn(value['UserTitle']),
    versionName: textIn(value['VersionName']),
    trainedWords: textsIn(Array.isArray(value['TrainedWords']) ? value['TrainedWords'] : undefined),
    notes: textIn(value['Notes']),
    description: textIn(value['ModelDescription']) ?? textIn(value['VersionDescription']),
    baseModel: textIn(value['BaseModel']),
    modelType: textIn(value['ModelType']),
    creator: textIn(value['AuthorUsername']),
    tags: textsIn(value['Tags']),
    modelId: idIn(value['ModelId']),
    versionId: idIn(value['VersionId']),
    hashes: hashesIn(value['Hashes']),
  });
}
