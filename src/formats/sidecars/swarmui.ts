import { sidecarFacts } from './facts.ts';
import type { SidecarFacts } from './facts.ts';
import { hashesIn, idIn, numberIn, textIn, textsIn } from './fields.ts';

/**
 * SwarmUI's `X.swarm.json`, flat keys `modelspec.*`, with Night-Harvest's `civitai.*`; `undefined` when the object is
 * something else. `modelspec.hash_sha256` is left out: it is of the tensors alone and compares with nothing.
 */
export function readSwarmUi(value: Readonly<Record<string, unknown>>): SidecarFacts | undefined {
  if (!Object.keys(value).some((key) => key.startsWith('modelspec.') || key.startsWith('civitai.')))
    return undefined;
  const trigger = textIn(value['modelspec.trigger_phrase']);
  return sidecarFacts({
    format: 'swarmui',
    modelName: textIn(value['modelspec.title']),
    trainedWords: trigger === undefined ? [] : [trigger],
    preferredWeight: numberIn(value['modelspec.lora_default_weight']),
    notes: textIn(value['modelspec.usage_hint']),
    description: textIn(value['modelspec.description']),
    creator: textIn(value['modelspec.author']),
    tags: textsIn(value['modelspec.tags']),
    modelId: idIn(value['civitai.model_id']),
    versionId: idIn(value['civitai.version_id']),
    hashes: hashesIn({ SHA256: value['civitai.sha256'] }),
  });
}
