import { isRecord } from '../base/json.ts';
import { numberOf } from './generation-json.ts';

/** A model file that took part in making an image, as far as the image tells. */
export interface GeneratedResource {
  readonly kind: 'checkpoint' | 'lora' | 'embedding' | 'vae' | 'upscaler' | 'controlnet' | 'other';
  /** As the tool wrote it: often the file's stem, sometimes with folders (`/` between them) or an extension. */
  readonly name: string | undefined;
  /** Lower-case hex; 8, 10 or 12 digits mostly, see the hash table of the site. */
  readonly hash: string | undefined;
  readonly weight: number | undefined;
  readonly modelId: number | undefined;
  readonly versionId: number | undefined;
}

/** SHA-256 of nothing, shortened: tools write it when they hashed no data. */
const EMPTY_HASH = 'e3b0c44298fc';
const MAX_RESOURCES = 200;
const LORA_TAG = /<(lora|lyco|hypernet):([^:<>]{1,300})(?::\s*(-?\d{0,6}\.?\d{1,6}))?[^<>]{0,300}>/gi;

/** A resource of which only some facts are known. */
export function resource(
  facts: Partial<GeneratedResource> & Pick<GeneratedResource, 'kind'>,
): GeneratedResource {
  return {
    name: undefined,
    hash: undefined,
    weight: undefined,
    modelId: undefined,
    versionId: undefined,
    ...facts,
  };
}

/** A hash as written by a tool, brought to lower-case hex; `undefined` for anything else and for the hash of nothing. */
export function hashOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const hex = /^(?:0x|blake3:|sha256:)?([0-9a-f]{8,64})$/i.exec(value.trim())?.[1]?.toLowerCase();
  return hex === undefined || hex.startsWith(EMPTY_HASH) ? undefined : hex;
}

/** `<lora:name:0.8>` tags of a prompt. */
export function resourcesInPrompt(prompt: string): GeneratedResource[] {
  const found: GeneratedResource[] = [];
  for (const match of prompt.matchAll(LORA_TAG)) {
    if (found.length >= MAX_RESOURCES) break;
    const kind = match[1]?.toLowerCase() === 'hypernet' ? 'other' : 'lora';
    found.push(resource({ kind, name: slashed(match[2]), weight: numberOf(match[3] ?? '1') }));
  }
  return found;
}

/** Settings of an infotext that name resources: model, VAE, hash lists, the site's own list, numbered LoRAs. */
export function resourcesInSettings(settings: Readonly<Record<string, unknown>>): GeneratedResource[] {
  const found: GeneratedResource[] = [];
  const model = textOf(settings['Model']);
  const modelHash = hashOf(settings['Model hash']);
  if (model !== undefined || modelHash !== undefined) {
    found.push(resource({ kind: 'checkpoint', name: slashed(model), hash: modelHash }));
  }
  const vae = textOf(settings['VAE']);
  if (vae !== undefined)
    found.push(resource({ kind: 'vae', name: slashed(vae), hash: hashOf(settings['VAE hash']) }));
  found.push(...pairs(settings['Lora hashes'], 'lora'), ...pairs(settings['TI hashes'], 'embedding'));
  found.push(
    ...hashMap(settings['Hashes']),
    ...siteResources(settings['Civitai resources']),
    ...numbered(settings),
  );
  return found.slice(0, MAX_RESOURCES);
}

/** Joins what several places say of one resource; the first word on each fact stays. */
export function mergeResources(lists: readonly GeneratedResource[]): GeneratedResource[] {
  const merged = new Map<string, GeneratedResource>();
  for (const [index, item] of lists.entries()) {
    const name = item.name?.toLowerCase().replace(/\.(?:safetensors|ckpt|pt|gguf)$/, '');
    const key =
      name === undefined ? (item.hash ?? `#${item.versionId ?? `-${index}`}`) : `${item.kind}:${name}`;
    const before = merged.get(key);
    merged.set(key, before === undefined ? item : filled(before, item));
  }
  return [...merged.values()].slice(0, MAX_RESOURCES);
}

function filled(first: GeneratedResource, second: GeneratedResource): GeneratedResource {
  return {
    kind: first.kind,
    name: first.name ?? second.name,
    hash: first.hash ?? second.hash,
    weight: first.weight ?? second.weight,
    modelId: first.modelId ?? second.modelId,
    versionId: first.versionId ?? second.versionId,
  };
}

/** `a: 0123456789ab, b: …` */
function pairs(value: unknown, kind: GeneratedResource['kind']): GeneratedResource[] {
  if (typeof value !== 'string') return [];
  const found: GeneratedResource[] = [];
  for (const part of value.split(',').slice(0, MAX_RESOURCES)) {
    const colon = part.lastIndexOf(':');
    const name = part.slice(0, Math.max(colon, 0)).trim();
    if (name !== '') found.push(resource({ kind, name: slashed(name), hash: hashOf(part.slice(colon + 1)) }));
  }
  return found;
}

/** `{"model": …, "lora:name": …, "embed:name": …}` */
function hashMap(value: unknown): GeneratedResource[] {
  if (!isRecord(value)) return [];
  const found: GeneratedResource[] = [];
  for (const [key, hash] of Object.entries(value).slice(0, MAX_RESOURCES)) {
    const colon = key.indexOf(':');
    const name = colon < 0 ? undefined : key.slice(colon + 1);
    // The checkpoint and the VAE stand here without a name; "Model hash" and "VAE hash" have said it already.
    if (name !== undefined)
      found.push(resource({ kind: resourceKind(key.slice(0, colon)), name, hash: hashOf(hash) }));
  }
  return found;
}

function siteResources(value: unknown): GeneratedResource[] {
  if (!Array.isArray(value)) return [];
  const found: GeneratedResource[] = [];
  for (const item of value.slice(0, MAX_RESOURCES)) {
    if (!isRecord(item)) continue;
    const air = /:(\w+):civitai:(\d{1,10})@(\d{1,10})/.exec(String(item['air'] ?? ''));
    found.push(
      resource({
        kind: resourceKind(String(item['type'] ?? air?.[1] ?? '')),
        name: textOf(item['modelName']),
        weight: numberOf(item['weight']),
        modelId: numberOf(air?.[2]),
        versionId: numberOf(item['modelVersionId']) ?? numberOf(air?.[3]),
      }),
    );
  }
  return found;
}

/** `Lora_0 Model name: …, Lora_0 Strength model: …` and `AddNet Model 1: name(hash)`. */
function numbered(settings: Readonly<Record<string, unknown>>): GeneratedResource[] {
  const found: GeneratedResource[] = [];
  for (let index = 0; index < 20; index += 1) {
    const name = textOf(settings[`Lora_${index} Model name`]);
    const hash = hashOf(settings[`Lora_${index} Model hash`]);
    const weight = numberOf(settings[`Lora_${index} Strength model`]);
    if (name !== undefined) found.push(resource({ kind: 'lora', name: slashed(name), hash, weight }));
    const extra = /^([^()]{1,200})(?:\(([0-9a-f]+)\))?$/i.exec(
      textOf(settings[`AddNet Model ${index}`]) ?? '',
    );
    if (extra?.[1] === undefined || extra[1] === 'None') continue;
    const extraWeight = numberOf(settings[`AddNet Weight A ${index}`]);
    found.push(
      resource({ kind: 'lora', name: slashed(extra[1].trim()), hash: hashOf(extra[2]), weight: extraWeight }),
    );
  }
  return found;
}

/** The site's and the tools' names of kinds, in any form: `lora`, `LORA`, `embed`, `ImageJobNetworkParams { … Type = lora }`. */
export function resourceKind(text: string): GeneratedResource['kind'] {
  const word = (/Type = (\w{1,40})/.exec(text)?.[1] ?? text).toLowerCase();
  if (/^(?:model|checkpoint|diffusionmodel|unet|base_model)$/.test(word)) return 'checkpoint';
  if (/^(?:lora|locon|lycoris|lyco|dora|loras|doras)$/.test(word)) return 'lora';
  if (/^(?:embed|embedding|textualinversion|ti|embeddings)$/.test(word)) return 'embedding';
  if (word === 'vae' || word === 'upscaler' || word === 'controlnet') return word;
  return 'other';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function slashed(name: string | undefined): string | undefined {
  return name?.replaceAll('\\', '/');
}
