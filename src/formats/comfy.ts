import { isRecord } from '../base/json.ts';
import { graphOfPrompt, sourceOf, valueOf } from './comfy-graph.ts';
import type { ComfyGraph, ComfyNode } from './comfy-graph.ts';
import { traceWeights } from './comfy-models.ts';
import { traceSeed, traceText, traceValue } from './comfy-trace.ts';
import { graphOfWorkflow } from './comfy-workflow.ts';
import { numberOf, parseLooseJson } from './generation-json.ts';
import type { GenerationFacts } from './generation-objects.ts';
import { mergeResources } from './generation-resource.ts';

/** Links that carry a picture, finished or not, from one sampler to the next. */
const TO_PICTURE =
  /^(?:latent\w{0,20}|samples|images?|pixels|frames|video|image_\w{1,10}|optional_latent|IMAGE)$/;
const MAX_SAMPLERS = 200;
/** Samplers asked whether they are the first, and outputs followed; each costs a walk of the graph. */
const MAX_TRIED = 24;

/**
 * Reads how an image was made from ComfyUI's two graphs, given as values or as JSON text: the sampler that laid the
 * picture down (not the ones that refined it), followed to its texts, seed, model and LoRAs. `undefined` when neither
 * is a graph. Never throws.
 */
export function readComfy(prompt: unknown, workflow: unknown): GenerationFacts | undefined {
  const sent = graphOfPrompt(unpacked(prompt));
  const fromSent = sent === undefined ? undefined : readGraph(sent);
  if (fromSent?.prompt !== undefined) return fromSent;
  const saved = graphOfWorkflow(unpacked(workflow));
  const fromSaved = saved === undefined ? undefined : readGraph(saved);
  return fromSaved?.prompt === undefined ? (fromSent ?? fromSaved) : fromSaved;
}

/** Reads a value that holds one graph or both under `prompt` and `workflow`; `undefined` when it holds none. */
export function readComfyValue(value: unknown): GenerationFacts | undefined {
  if (!isRecord(value)) return undefined;
  const facts = readComfy(value, value);
  return facts ?? readComfy(value['prompt'], value['workflow']);
}

function unpacked(value: unknown): unknown {
  return typeof value === 'string' ? parseLooseJson(value) : value;
}

function readGraph(graph: ComfyGraph): GenerationFacts {
  const sampler = baseSampler(graph);
  if (sampler === undefined) return withoutSampler(graph);
  const resources = mergeResources(traceWeights(graph, sampler));
  const prompt = traceText(graph, sampler, 'positive');
  const guider = sourceOf(graph, sampler, 'guider');
  const sigmas = sourceOf(graph, sampler, 'sigmas');
  const steps = numberOf(traceValue(graph, sampler, 'steps') ?? inputOf(graph, sigmas, 'steps'));
  const cfg = numberOf(traceValue(graph, sampler, 'cfg') ?? inputOf(graph, guider, 'cfg'));
  const guidance = guidanceOf(graph);
  const denoise = numberOf(traceValue(graph, sampler, 'denoise') ?? inputOf(graph, sigmas, 'denoise'));
  const scheduler = traceValue(graph, sampler, 'scheduler') ?? inputOf(graph, sigmas, 'scheduler');
  return {
    tool: 'ComfyUI',
    prompt,
    negativePrompt: traceText(graph, sampler, 'negative'),
    seed: traceSeed(graph, sampler),
    steps,
    cfgScale: cfg ?? guidance,
    sampler: samplerName(graph, sampler),
    model: resources.find((item) => item.kind === 'checkpoint')?.name,
    resources,
    settings: { ...present({ scheduler, denoise, guidance }), ...sizeOf(graph) },
  };
}

/** Graphs that only scale or edit: whatever text stands in an encoder is better than none. */
function withoutSampler(graph: ComfyGraph): GenerationFacts {
  const texts: string[] = [];
  for (const node of graph.values()) {
    const text = /TextEncode/i.test(node.type) ? valueOf(node, 'text') : undefined;
    if (typeof text === 'string' && text.trim() !== '' && texts.length < 2) texts.push(text);
  }
  const nothing = { negativePrompt: undefined, seed: undefined, steps: undefined, cfgScale: undefined };
  const rest = { sampler: undefined, model: undefined, resources: [], settings: {} };
  return { tool: 'ComfyUI', prompt: texts[0], ...nothing, ...rest };
}

/** The sampler behind an output with no other sampler behind it; saved outputs before shown ones. */
function baseSampler(graph: ComfyGraph): ComfyNode | undefined {
  const samplers = [...graph.values()].filter(isSampler).slice(0, MAX_SAMPLERS);
  if (samplers.length < 2) return samplers[0];
  let best: readonly ComfyNode[] = [];
  for (const output of outputsOf(graph)) {
    const chain = upstreamOf(graph, output, () => true).filter(isSampler);
    if (chain.length > best.length) best = chain;
    if (best.length > 0 && !/save/i.test(output.type)) break;
  }
  const chain = best.length === 0 ? samplers : best;
  return chain.slice(0, MAX_TRIED).find((sampler) => isFirst(graph, sampler)) ?? chain[0];
}

function isFirst(graph: ComfyGraph, sampler: ComfyNode): boolean {
  return !upstreamOf(graph, sampler, (name) => TO_PICTURE.test(name)).some(isSampler);
}

function isSampler(node: ComfyNode): boolean {
  const fed = ['positive', 'guider', 'text_embeds', 'pipe', 'basic_pipe', 'context'].some((name) =>
    isLink(node, name),
  );
  const runs = ['seed', 'noise_seed', 'steps', 'sigmas', 'noise'].some((name) => node.inputs.has(name));
  return (fed && runs) || /^KSampler(?:Advanced)?$/.test(node.type);
}

function isLink(node: ComfyNode, name: string): boolean {
  const input = node.inputs.get(name);
  return input !== undefined && 'node' in input;
}

/** Nodes that feed no other: those that save first. */
function outputsOf(graph: ComfyGraph): ComfyNode[] {
  const fed = new Set<string>();
  for (const node of graph.values()) {
    for (const input of node.inputs.values()) if ('node' in input) fed.add(input.node);
  }
  const ends = [...graph.values()].filter((node) => !fed.has(node.id));
  const [saving, showing] = [true, false].map((saves) =>
    ends.filter((node) => /save/i.test(node.type) === saves),
  );
  return [...(saving ?? []), ...(showing ?? [])].slice(0, MAX_TRIED);
}

/** All nodes that lead into one, nearest first, over the links that `follow` accepts. */
function upstreamOf(graph: ComfyGraph, start: ComfyNode, follow: (name: string) => boolean): ComfyNode[] {
  const seen = new Set<string>([start.id]);
  const found: ComfyNode[] = [];
  const queue: ComfyNode[] = [start];
  for (let next = 0; next < queue.length; next += 1) {
    const node = queue[next];
    for (const name of node?.inputs.keys() ?? []) {
      const source = node !== undefined && follow(name) ? sourceOf(graph, node, name) : undefined;
      if (source === undefined || seen.has(source.id)) continue;
      seen.add(source.id);
      found.push(source);
      queue.push(source);
    }
  }
  return found;
}

function samplerName(graph: ComfyGraph, sampler: ComfyNode): string | undefined {
  const select = sourceOf(graph, sampler, 'sampler');
  const own = traceValue(graph, sampler, 'sampler_name') ?? valueOf(sampler, 'sampler');
  const name = own ?? inputOf(graph, select, 'sampler_name') ?? select?.type;
  return typeof name === 'string' ? name : undefined;
}

function guidanceOf(graph: ComfyGraph): number | undefined {
  for (const node of graph.values()) {
    if (!/Flux/i.test(node.type) || !node.inputs.has('guidance')) continue;
    const guidance = numberOf(traceValue(graph, node, 'guidance'));
    if (guidance !== undefined) return guidance;
  }
  return undefined;
}

function sizeOf(graph: ComfyGraph): Record<string, unknown> {
  for (const node of graph.values()) {
    if (!/^Empty\w*Latent/.test(node.type)) continue;
    const width = numberOf(traceValue(graph, node, 'width'));
    const height = numberOf(traceValue(graph, node, 'height'));
    if (width !== undefined && height !== undefined) return { width, height };
  }
  return {};
}

function inputOf(graph: ComfyGraph, node: ComfyNode | undefined, name: string): unknown {
  return node === undefined ? undefined : traceValue(graph, node, name);
}

function present(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
