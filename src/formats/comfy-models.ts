import { isRecord } from '../base/json.ts';
import { sourceOf, valueOf } from './comfy-graph.ts';
import type { ComfyGraph, ComfyNode } from './comfy-graph.ts';
import { traceValue } from './comfy-trace.ts';
import { numberOf } from './generation-json.ts';
import { hashOf, resource, resourcesInPrompt } from './generation-resource.ts';
import type { GeneratedResource } from './generation-resource.ts';

/** Inputs that lead from a sampler to the weights it uses. */
const TO_WEIGHTS =
  /^(?:model\d?|model_\w{1,20}|unet|base_model|guider|lora_stack|optional_lora_stack|lora|loras|pipe|basic_pipe|context|base_ctx)$/;
const MODEL_INPUTS = [
  'ckpt_name',
  'unet_name',
  'base_ckpt_name',
  'model_name',
  'gguf_name',
  'model',
  'diffusion_model',
];
const MAX_VISITS = 2000;

/** The weights on the way into a sampler: nearest first, the base model and its LoRAs. */
export function traceWeights(graph: ComfyGraph, sampler: ComfyNode): GeneratedResource[] {
  const found: GeneratedResource[] = [];
  const seen = new Set<string>([sampler.id]);
  const queue: ComfyNode[] = [sampler];
  for (let node = queue.shift(); node !== undefined && seen.size < MAX_VISITS; node = queue.shift()) {
    found.push(...lorasOf(graph, node), ...checkpointOf(graph, node));
    for (const name of node.inputs.keys()) {
      const source = TO_WEIGHTS.test(name) ? sourceOf(graph, node, name) : undefined;
      if (source === undefined || seen.has(source.id)) continue;
      seen.add(source.id);
      queue.push(source);
    }
  }
  return found;
}

function checkpointOf(graph: ComfyGraph, node: ComfyNode): GeneratedResource[] {
  const inputs = /lora|sampler/i.test(node.type) ? MODEL_INPUTS.slice(0, 2) : MODEL_INPUTS;
  for (const input of inputs) {
    const value = node.inputs.has(input) ? traceValue(graph, node, input) : undefined;
    if (typeof value !== 'string' || value === '' || value === 'None') continue;
    return [named('checkpoint', value, undefined)];
  }
  const hash = hashOf(valueOf(node, 'model_hash'));
  return hash === undefined ? [] : [resource({ kind: 'checkpoint', hash })];
}

function lorasOf(graph: ComfyGraph, node: ComfyNode): GeneratedResource[] {
  if (!/lora/i.test(node.type) && !node.inputs.has('lora_name')) return [];
  const found = [...plainLora(graph, node), ...stackedLoras(node), ...lorasInObjects(node)];
  const text = valueOf(node, 'text');
  return typeof text === 'string' ? [...found, ...resourcesInPrompt(text)] : found;
}

function plainLora(graph: ComfyGraph, node: ComfyNode): GeneratedResource[] {
  const name = traceValue(graph, node, 'lora_name');
  if (typeof name !== 'string' || name === '' || name === 'None') return [];
  const weight = traceValue(graph, node, 'strength_model') ?? traceValue(graph, node, 'lora_weight');
  return [named('lora', name, numberOf(weight))];
}

/** `lora_name_1, switch_1, model_weight_1` and the like. */
function stackedLoras(node: ComfyNode): GeneratedResource[] {
  const found: GeneratedResource[] = [];
  for (let index = 1; index <= 50; index += 1) {
    const name = valueOf(node, `lora_name_${index}`) ?? valueOf(node, `lora_${index}_name`);
    if (typeof name !== 'string' || name === '' || name === 'None') continue;
    if (/^off$/i.test(String(valueOf(node, `switch_${index}`)))) continue;
    const weights = [
      `model_weight_${index}`,
      `lora_wt_${index}`,
      `model_str_${index}`,
      `strength_${index}`,
      `lora_${index}_strength`,
    ];
    const weight = weights
      .map((input) => numberOf(valueOf(node, input)))
      .find((value) => value !== undefined);
    found.push(named('lora', name, weight));
  }
  return found;
}

/** rgthree's `{on, lora, strength}` in inputs of any name, and lists of `{name, strength, active}`. */
function lorasInObjects(node: ComfyNode): GeneratedResource[] {
  const found: GeneratedResource[] = [];
  for (const input of node.inputs.values()) {
    const value = 'value' in input ? input.value : undefined;
    const wrapped = isRecord(value) && Array.isArray(value['__value__']) ? value['__value__'] : value;
    for (const item of Array.isArray(wrapped) ? wrapped.slice(0, 100) : [wrapped]) {
      if (!isRecord(item) || item['on'] === false || item['active'] === false) continue;
      const name = item['lora'] ?? (item['active'] === true ? item['name'] : undefined);
      if (typeof name === 'string' && name !== '' && name !== 'None')
        found.push(named('lora', name, numberOf(item['strength'])));
    }
  }
  return found;
}

/** A file name, or an address of the site's own generator (`urn:air:…@version`, `@civitai/version`). */
function named(kind: 'checkpoint' | 'lora', name: string, weight: number | undefined): GeneratedResource {
  const air = /^urn:air:\w{1,40}:\w{1,40}:civitai:(\d{1,10})@(\d{1,10})/.exec(name);
  const short = /^@civitai\/(\d{1,10})$/.exec(name);
  const versionId = numberOf(air?.[2] ?? short?.[1]);
  return resource({ kind, name: name.replaceAll('\\', '/'), weight, modelId: numberOf(air?.[1]), versionId });
}
