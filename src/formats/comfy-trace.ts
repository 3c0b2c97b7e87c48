import { sourceOf, valueOf } from './comfy-graph.ts';
import type { ComfyGraph, ComfyNode } from './comfy-graph.ts';
import { seedText } from './generation-json.ts';

/** Which of the two texts of a sampler is looked for. */
export type Role = 'positive' | 'negative';

/** Text inputs of encoders and of nodes that make texts, in order of trust. */
const TEXT_INPUTS = [
  'populated_text',
  'text',
  'text_g',
  'text_l',
  'prompt',
  't5xxl',
  'clip_l',
  'clip_g',
  'value',
  'string',
  'Text',
  'STRING',
  'text1',
  'text_1',
  'wildcard_text',
  'multi_line_prompt',
  'caption',
  'result',
  'any_input',
  'anything',
  'input',
  'source',
] as const;

const JOINER = /concat|join|combine/i;
const JOIN_INPUT = /^(?:text|string|str|prompt|input)_?(?:\d{1,2}|[a-j])?$/i;
/** Links that lead to pictures and weights, never to a text. */
const NO_TEXT =
  /^(?:model|clip|vae|image|images|pixels|mask|latent|latent_image|samples|control_net|clip_vision.*|style_model|width|height|seed|noise_seed)$/;
const MAX_VISITS = 2000;
/** Characters; joins of joins could double a text at every step. */
const MAX_TEXT = 200_000;

interface Walk {
  readonly graph: ComfyGraph;
  readonly role: Role;
  /** Nodes seen on this walk; loops and shared branches are read once. */
  readonly seen: Set<string>;
  /** What each text node gave; `undefined` also while it is being read, which ends loops. */
  readonly made: Map<string, string | undefined>;
}

/** The text that reaches a node's conditioning of this role; `undefined` when none is found. */
export function traceText(graph: ComfyGraph, sampler: ComfyNode, role: Role): string | undefined {
  const walk: Walk = { graph, role, seen: new Set(), made: new Map() };
  const texts = new Set<string>();
  for (const name of [
    role,
    'guider',
    'text_embeds',
    'pipe',
    'basic_pipe',
    'context',
    'base_ctx',
    'conditioning',
  ]) {
    const source = sourceOf(graph, sampler, name);
    if (source === undefined) continue;
    for (const text of textsAt(source, walk)) texts.add(text);
    if (texts.size > 0) break;
  }
  return texts.size === 0 ? undefined : [...texts].join('\n');
}

function textsAt(node: ComfyNode, walk: Walk): string[] {
  if (walk.seen.has(node.id) || walk.seen.size > MAX_VISITS) return [];
  walk.seen.add(node.id);
  if (/ZeroOut/i.test(node.type) || (walk.role === 'negative' && /BasicGuider/.test(node.type))) return [];
  const own = ownTexts(node, walk);
  if (own !== undefined) return own;
  const found: string[] = [];
  for (const name of upstreamNames(node, walk.role)) {
    const source = sourceOf(walk.graph, node, name);
    if (source !== undefined) found.push(...textsAt(source, walk));
  }
  return found;
}

/** A node that knows both roles is left by the one looked for. */
function upstreamNames(node: ComfyNode, role: Role): string[] {
  if (node.inputs.has(role)) return [role];
  const other = role === 'positive' ? 'negative' : 'positive';
  return [...node.inputs.keys()].filter((name) => name !== other && !NO_TEXT.test(name));
}

/** The texts a node encodes itself; `undefined` when it only passes conditioning on. */
function ownTexts(node: ComfyNode, walk: Walk): string[] | undefined {
  const both = [`${walk.role}_prompt`, `text_${walk.role}`, `prompt_${walk.role}`, walk.role];
  for (const name of both) {
    const text = valueOf(node, name);
    if (typeof text === 'string') return text.trim() === '' ? [] : [text];
  }
  const isEncoder =
    /encode|prompt|styler|text/i.test(node.type) || sourceOf(walk.graph, node, 'clip') !== undefined;
  if (!isEncoder) return undefined;
  const texts = new Set<string>();
  let any = false;
  for (const name of TEXT_INPUTS) {
    if (!node.inputs.has(name)) continue;
    any = true;
    const text = textOfInput(node, name, walk);
    if (text !== undefined && text.trim() !== '') texts.add(text);
  }
  return any ? [...texts] : undefined;
}

function textOfInput(node: ComfyNode, name: string, walk: Walk): string | undefined {
  const value = valueOf(node, name);
  if (typeof value === 'string') return value;
  const source = sourceOf(walk.graph, node, name);
  return source === undefined ? undefined : textMadeBy(source, walk);
}

/** What a text node gives out: its own words, what it joins, or what it passes on. */
function textMadeBy(node: ComfyNode, walk: Walk): string | undefined {
  if (walk.made.has(node.id) || walk.made.size > MAX_VISITS) return walk.made.get(node.id);
  walk.made.set(node.id, undefined);
  const text = JOINER.test(node.type) ? joined(node, walk) : passedOn(node, walk);
  walk.made.set(node.id, text?.slice(0, MAX_TEXT));
  return text?.slice(0, MAX_TEXT);
}

function passedOn(node: ComfyNode, walk: Walk): string | undefined {
  for (const name of [`${walk.role}_prompt`, walk.role, `text_${walk.role}`, ...TEXT_INPUTS]) {
    const text = node.inputs.has(name) ? textOfInput(node, name, walk) : undefined;
    if (text !== undefined && text !== '') return text;
  }
  for (const [name, input] of node.inputs) {
    if (/text|prompt|string/i.test(name) && 'value' in input && typeof input.value === 'string')
      return input.value;
  }
  return undefined;
}

function joined(node: ComfyNode, walk: Walk): string | undefined {
  const delimiter = valueOf(node, 'delimiter') ?? valueOf(node, 'separator') ?? ', ';
  const parts: string[] = [];
  for (const name of node.inputs.keys()) {
    const text = JOIN_INPUT.test(name) ? textOfInput(node, name, walk) : undefined;
    if (text !== undefined && text !== '') parts.push(text);
  }
  return parts.length === 0 ? undefined : parts.join(String(delimiter).slice(0, 20).replaceAll('\\n', '\n'));
}

/** A plain value of an input, through nodes that only carry one (primitives, seed boxes). */
export function traceValue(graph: ComfyGraph, node: ComfyNode, name: string): unknown {
  let current = node;
  let wanted = name;
  for (let step = 0; step < 32; step += 1) {
    const value = valueOf(current, wanted);
    if (value !== undefined) return value;
    const source = sourceOf(graph, current, wanted);
    if (source === undefined) return undefined;
    const next = [wanted, ...CARRIERS].find((candidate) => source.inputs.has(candidate));
    if (next === undefined) return undefined;
    current = source;
    wanted = next;
  }
  return undefined;
}

const CARRIERS = [
  'seed',
  'noise_seed',
  'value',
  'Value',
  'int',
  'float',
  'number',
  'Number',
  'string',
  'any_input',
  'input',
  'a',
  'widget_0',
];

/** The seed of a sampler, or of the noise that feeds it, as text. */
export function traceSeed(graph: ComfyGraph, sampler: ComfyNode): string | undefined {
  const noise = sourceOf(graph, sampler, 'noise');
  for (const node of noise === undefined ? [sampler] : [sampler, noise]) {
    for (const name of ['seed', 'noise_seed']) {
      const seed = seedText(traceValue(graph, node, name));
      if (seed !== undefined) return seed;
    }
  }
  return undefined;
}
