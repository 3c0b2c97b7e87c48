import { isRecord } from '../base/json.ts';
import { isSafeKey, numberOf, seedText } from './generation-json.ts';
import { hashOf, resourceKind, mergeResources, resource, resourcesInPrompt } from './generation-resource.ts';
import type { GeneratedResource } from './generation-resource.ts';

/** What one source tells of how an image was made. */
export interface GenerationFacts {
  readonly tool: string;
  readonly prompt: string | undefined;
  readonly negativePrompt: string | undefined;
  readonly seed: string | undefined;
  readonly steps: number | undefined;
  readonly cfgScale: number | undefined;
  readonly sampler: string | undefined;
  readonly model: string | undefined;
  readonly resources: readonly GeneratedResource[];
  /** All settings under the tool's own names. */
  readonly settings: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Characters of the largest setting that is kept. */
const MAX_SETTING = 100_000;

/** One concept, the names it has in the objects of the tools, in order of trust. */
const NAMES = {
  prompt: ['prompt', 'Prompt', 'positive_prompt', 'PositivePrompt', 'positive', 'c'],
  negative: [
    'negative_prompt',
    'negativePrompt',
    'negativeprompt',
    'NegativePrompt',
    'Negative',
    'negative',
    'uc',
  ],
  seed: ['seed', 'Seed'],
  steps: ['steps', 'Steps', 'num_inference_steps'],
  cfg: ['cfg_scale', 'cfgScale', 'CfgScale', 'cfgscale', 'cfg', 'CFG', 'guidance_scale', 'scale'],
  sampler: ['sampler', 'Sampler', 'sampler_name', 'ksamplerName', 'scheduler'],
  model: [
    'model',
    'Model',
    'base_model_name',
    'base_model',
    'ModelName',
    'baseModel',
    'model_weights',
    'use_stable_diffusion_model',
  ],
} as const;

/**
 * Recognises the JSON object of a tool (SwarmUI, Fooocus, RuinedFooocus, InvokeAI, NovelAI, Stability Matrix,
 * Tensor.Art, the site's own, or one that only looks alike) and reads it. `undefined` when it holds no prompt, no
 * negative prompt and no seed.
 */
export function readToolObject(value: unknown): GenerationFacts | undefined {
  if (!isRecord(value)) return undefined;
  if (isRecord(value['sui_image_params'])) return readSwarm(value, value['sui_image_params']);
  const facts = readFields(value, toolOf(value));
  if (isRecord(value['v4_prompt'])) return withNovelCharacters(facts, value);
  const empty = facts.prompt === undefined && facts.negativePrompt === undefined && facts.seed === undefined;
  return empty ? undefined : facts;
}

function toolOf(value: Fields): string {
  if (value['software'] === 'RuinedFooocus') return 'RuinedFooocus';
  if (/^Fooocus/i.test(String(value['version'] ?? '')) || 'prompt_expansion' in value) return 'Fooocus';
  if ('positive_prompt' in value && 'generation_mode' in value) return 'InvokeAI';
  if ('PositivePrompt' in value) return 'Stability Matrix';
  if ('ksamplerName' in value) return 'Tensor.Art';
  if ('uc' in value || 'v4_prompt' in value || 'noise_schedule' in value) return 'NovelAI';
  if ('civitaiResources' in value) return 'Civitai';
  return 'unknown';
}

function readFields(value: Fields, tool: string): GenerationFacts {
  const prompt = firstText(value, NAMES.prompt);
  return {
    tool,
    prompt,
    negativePrompt: firstText(value, NAMES.negative),
    seed: firstOf(value, NAMES.seed, seedText),
    steps: firstOf(value, NAMES.steps, numberOf),
    cfgScale: firstOf(value, NAMES.cfg, numberOf),
    sampler: firstText(value, NAMES.sampler),
    model: firstOf(value, NAMES.model, nameOf),
    resources: mergeResources([
      ...checkpointIn(value),
      ...lorasIn(value['loras']),
      ...resourcesInPrompt(prompt ?? ''),
    ]),
    settings: safeSettings(value),
  };
}

function readSwarm(whole: Fields, params: Fields): GenerationFacts {
  const facts = readFields(params, 'SwarmUI');
  const models: GeneratedResource[] = [];
  for (const item of listOf(whole['sui_models'])) {
    if (!isRecord(item)) continue;
    models.push(
      resource({ kind: resourceKind(String(item['param'])), name: nameOf(item), hash: hashOf(item['hash']) }),
    );
  }
  const loras = listOf(params['loras']);
  const weights = listOf(params['loraweights']);
  const named = loras.map((name, index) =>
    resource({ kind: 'lora', name: nameOf(name), weight: numberOf(weights[index]) }),
  );
  return { ...facts, resources: mergeResources([...named, ...models]), settings: safeSettings(params) };
}

/** Version 4 of NovelAI keeps a caption for each character beside the prompt; they become the setting `characters`. */
function withNovelCharacters(facts: GenerationFacts, value: Fields): GenerationFacts {
  const positive = novelCaption(value['v4_prompt']);
  const negative = novelCaption(value['v4_negative_prompt']);
  const characters = positive.characters.length === 0 ? {} : { characters: positive.characters };
  return {
    ...facts,
    tool: 'NovelAI',
    prompt: facts.prompt ?? positive.base,
    negativePrompt: facts.negativePrompt ?? negative.base,
    settings: { ...facts.settings, ...characters },
  };
}

function novelCaption(value: unknown): { base: string | undefined; characters: string[] } {
  const caption = isRecord(value) ? value['caption'] : undefined;
  if (!isRecord(caption)) return { base: undefined, characters: [] };
  const base = caption['base_caption'];
  const texts = listOf(caption['char_captions']).map((item) =>
    isRecord(item) ? item['char_caption'] : undefined,
  );
  return {
    base: typeof base === 'string' ? base : undefined,
    characters: texts.filter((text): text is string => typeof text === 'string' && text !== ''),
  };
}

function checkpointIn(value: Fields): GeneratedResource[] {
  const name = firstOf(value, NAMES.model, nameOf);
  if (name === undefined) return [];
  const model = firstOf(value, NAMES.model, (item) => (isRecord(item) ? item : undefined));
  const hash = hashOf(
    model?.['hash'] ?? value['base_model_hash'] ?? value['ModelHash'] ?? value['model_hash'],
  );
  return [resource({ kind: 'checkpoint', name, hash })];
}

/** InvokeAI `{model|lora, weight}`, Fooocus `[name, weight]` or `{name, weight, hash}`. */
function lorasIn(value: unknown): GeneratedResource[] {
  const found: GeneratedResource[] = [];
  for (const item of listOf(value)) {
    if (Array.isArray(item))
      found.push(resource({ kind: 'lora', name: nameOf(item[0]), weight: numberOf(item[1]) }));
    if (!isRecord(item)) continue;
    const model = item['model'] ?? item['lora'] ?? item;
    const hash = hashOf(isRecord(model) ? model['hash'] : item['hash']);
    found.push(
      resource({
        kind: 'lora',
        name: nameOf(model),
        hash,
        weight: numberOf(item['weight'] ?? item['strength']),
      }),
    );
  }
  return found.filter((item) => item.name !== undefined);
}

/** The name of a model given as text or as an object of one of the tools. */
function nameOf(value: unknown): string | undefined {
  const name = isRecord(value)
    ? (value['name'] ?? value['model_name'] ?? value['modelFileName'] ?? value['lora_name'] ?? value['label'])
    : value;
  return typeof name === 'string' && name !== '' ? name.replaceAll('\\', '/') : undefined;
}

function firstText(value: Fields, names: readonly string[]): string | undefined {
  return firstOf(value, names, (item) => (typeof item === 'string' ? item : undefined));
}

function firstOf<T>(
  value: Fields,
  names: readonly string[],
  read: (item: unknown) => T | undefined,
): T | undefined {
  for (const name of names) {
    const found = Object.hasOwn(value, name) ? read(value[name]) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, 200) : [];
}

/** A copy without keys that reach into prototypes and without the bulk of graphs and pictures. */
function safeSettings(value: Fields): Record<string, unknown> {
  const entries = Object.entries(value).filter(([key, item]) => isSafeKey(key) && !isBulk(key, item));
  return Object.fromEntries(entries.slice(0, 500));
}

function isBulk(key: string, item: unknown): boolean {
  if (key === 'workflow' || key === 'canvas_v2_metadata' || key === 'smproj') return true;
  const text = typeof item === 'object' ? JSON.stringify(item) : item;
  return typeof text === 'string' && text.length > MAX_SETTING;
}
