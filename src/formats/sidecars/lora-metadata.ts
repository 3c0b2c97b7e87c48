import { isRecord } from '../../base/json.ts';
import { parseLooseJson } from '../generation-json.ts';
import { sidecarFacts } from './facts.ts';
import type { SidecarFacts } from './facts.ts';
import { hashesIn, idIn, numberIn, textIn, textsIn } from './fields.ts';

type Fields = Readonly<Record<string, unknown>>;

/** ComfyUI-Lora-Manager's `X.metadata.json`; `undefined` when the object is something else. */
export function readLoraManager(value: Fields): SidecarFacts | undefined {
  if (!Object.hasOwn(value, 'file_name') && !Object.hasOwn(value, 'from_civitai')) return undefined;
  const civitai = recordIn(value['civitai']);
  const model = recordIn(civitai?.['model']);
  const modified = numberIn(value['modified']);
  return sidecarFacts({
    format: 'lora-manager',
    modelName: textIn(value['model_name']) ?? textIn(model?.['name']),
    versionName: textIn(civitai?.['name']),
    trainedWords: textsIn(Array.isArray(civitai?.['trainedWords']) ? civitai['trainedWords'] : undefined),
    preferredWeight: weightIn(value['usage_tips']),
    notes: textIn(value['notes']),
    description: textIn(value['modelDescription']) ?? textIn(model?.['description']),
    baseModel: baseModelIn(value['base_model']) ?? textIn(civitai?.['baseModel']),
    modelType: textIn(model?.['type']) ?? textIn(value['sub_type']) ?? textIn(value['model_type']),
    creator: creatorIn(civitai?.['creator']),
    tags: textsIn(value['tags'] ?? model?.['tags']),
    modelId: idIn(civitai?.['modelId']),
    versionId: idIn(civitai?.['id']),
    hashes: hashesIn({ SHA256: value['sha256'], AutoV3: value['autov3'] }),
    size: numberIn(value['size']),
    // Seconds with a fraction, as Python gives them.
    modifiedAt: modified === undefined ? undefined : Math.round(modified * 1000),
    unknownToSite: value['from_civitai'] === false && civitai === undefined,
  });
}

/** `usage_tips` is JSON inside a text. */
function weightIn(tips: unknown): number | undefined {
  const value = typeof tips === 'string' ? parseLooseJson(tips) : tips;
  return isRecord(value) ? numberIn(value['strength']) : undefined;
}

function baseModelIn(value: unknown): string | undefined {
  const text = textIn(value);
  return text === 'Unknown' ? undefined : text;
}

function creatorIn(value: unknown): string | undefined {
  const creator = recordIn(value);
  return textIn(creator?.['username']) ?? textIn(creator?.['name']);
}

function recordIn(value: unknown): Fields | undefined {
  return isRecord(value) && Object.keys(value).length > 0 ? value : undefined;
}
