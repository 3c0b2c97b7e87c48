import { isRecord } from '../base/json.ts';
import { MAX_NODES } from './comfy-graph.ts';
import type { ComfyGraph, ComfyInput, ComfyNode } from './comfy-graph.ts';
import { widgetValues } from './comfy-widgets.ts';

/** LiteGraph's modes of a node. */
const MUTED = 2;
const BYPASSED = 4;
const MAX_DEPTH = 8;
/** Reroutes and bypassed nodes in a row. */
const MAX_HOPS = 500;

interface Link {
  readonly from: string;
  readonly slot: number;
}

interface Input {
  readonly name: string;
  readonly type: string;
  readonly link: string | undefined;
  readonly isWidget: boolean;
}

interface Raw {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly mode: number;
  readonly inputs: readonly Input[];
  readonly outputs: readonly string[];
  readonly widgets: ReadonlyMap<string, unknown>;
}

/** The outside of a nested graph: what feeds its inputs. */
interface Scope {
  readonly prefix: string;
  readonly depth: number;
  readonly inputNode: string | undefined;
  readonly feeds: readonly (ComfyInput | undefined)[];
}

interface Sheet {
  readonly nodes: ReadonlyMap<string, Raw>;
  readonly setters: ReadonlyMap<string, Raw>;
  readonly links: ReadonlyMap<string, Link>;
  /** Links followed already. */
  readonly resolved: Map<string, ComfyInput | undefined>;
  readonly scope: Scope;
}

interface Work {
  readonly definitions: ReadonlyMap<string, Record<string, unknown>>;
  readonly graph: Map<string, ComfyNode>;
  /** Outputs of nodes that are themselves graphs: `id:slot` to what stands for it. */
  readonly exits: Map<string, ComfyInput>;
}

/**
 * Reads the form that the editor saves (`{"nodes", "links"}`) into the same graph as the other form: muted nodes left
 * out, bypassed ones and reroutes passed through, nested graphs unfolded. `undefined` when it is none.
 */
export function graphOfWorkflow(value: unknown): ComfyGraph | undefined {
  if (!isRecord(value) || !Array.isArray(value['nodes'])) return undefined;
  const work: Work = { definitions: definitionsIn(value), graph: new Map(), exits: new Map() };
  unfold(value, { prefix: '', depth: 0, inputNode: undefined, feeds: [] }, work);
  return work.graph.size === 0 ? undefined : rewired(work);
}

function definitionsIn(value: Record<string, unknown>): Map<string, Record<string, unknown>> {
  const definitions = isRecord(value['definitions']) ? value['definitions']['subgraphs'] : undefined;
  const found = new Map<string, Record<string, unknown>>();
  for (const item of listOf(definitions)) {
    if (isRecord(item) && typeof item['id'] === 'string') found.set(item['id'], item);
  }
  return found;
}

function unfold(value: Record<string, unknown>, scope: Scope, work: Work): Sheet {
  const nodes = nodesIn(value);
  const sheet: Sheet = {
    nodes,
    setters: settersIn(nodes),
    links: linksIn(value),
    resolved: new Map(),
    scope,
  };
  for (const raw of sheet.nodes.values()) {
    if (raw.mode === MUTED || raw.mode === BYPASSED || work.graph.size >= MAX_NODES) continue;
    const inputs = wired(raw, sheet);
    const definition = work.definitions.get(raw.type);
    const id = scope.prefix + raw.id;
    if (definition !== undefined && scope.depth < MAX_DEPTH)
      unfoldNested(definition, raw, inputs, sheet, work);
    else work.graph.set(id, { id, type: raw.type, title: raw.title, inputs });
  }
  return sheet;
}

function unfoldNested(
  definition: Record<string, unknown>,
  raw: Raw,
  inputs: ReadonlyMap<string, ComfyInput>,
  outer: Sheet,
  work: Work,
): void {
  const names = listOf(definition['inputs']).map((item) => (isRecord(item) ? textOf(item['name']) : ''));
  const prefix = `${outer.scope.prefix}${raw.id}:`;
  const feeds = names.map((name) => inputs.get(name));
  const scope = { prefix, depth: outer.scope.depth + 1, inputNode: nodeId(definition['inputNode']), feeds };
  const inner = unfold(definition, scope, work);
  const exit = nodeId(definition['outputNode']);
  for (const [slot, item] of listOf(definition['outputs']).entries()) {
    const link = isRecord(item) ? listOf(item['linkIds'])[0] : undefined;
    const input = link === undefined || exit === undefined ? undefined : follow(String(link), inner);
    if (input !== undefined) work.exits.set(`${outer.scope.prefix}${raw.id}:${slot}`, input);
  }
}

/** Links to nodes that are graphs lead to what those graphs give out. */
function rewired(work: Work): ComfyGraph {
  const graph = new Map<string, ComfyNode>();
  for (const [id, node] of work.graph) {
    const inputs = new Map<string, ComfyInput>();
    for (const [name, input] of node.inputs) inputs.set(name, exitOf(input, work.exits));
    graph.set(id, { ...node, inputs });
  }
  return graph;
}

function exitOf(input: ComfyInput, exits: ReadonlyMap<string, ComfyInput>): ComfyInput {
  let found = input;
  for (let step = 0; step < MAX_DEPTH * 4 && 'node' in found; step += 1) {
    const exit = exits.get(`${found.node}:${found.slot}`);
    if (exit === undefined) break;
    found = exit;
  }
  return found;
}

function wired(raw: Raw, sheet: Sheet): Map<string, ComfyInput> {
  const inputs = new Map<string, ComfyInput>();
  for (const [name, value] of raw.widgets) inputs.set(name, { value });
  for (const input of raw.inputs) {
    const source = input.link === undefined ? undefined : follow(input.link, sheet);
    if (source !== undefined) inputs.set(input.name, source);
  }
  return inputs;
}

/**
 * The source of a link, through reroutes, bypassed nodes, Set/Get pairs and the edge of a nested graph. Each link is
 * followed once: long rows of reroutes are asked for from many places.
 */
function follow(first: string, sheet: Sheet): ComfyInput | undefined {
  const passed: string[] = [];
  let found: ComfyInput | undefined;
  let link: string | undefined = first;
  while (link !== undefined && passed.length < MAX_HOPS) {
    if (sheet.resolved.has(link)) {
      found = sheet.resolved.get(link);
      break;
    }
    passed.push(link);
    // A link that leads back to itself finds this and ends.
    sheet.resolved.set(link, undefined);
    const step = nextOf(link, sheet);
    found = step?.source;
    link = step?.link;
  }
  for (const one of passed) sheet.resolved.set(one, found);
  return found;
}

/** One hop: the source, when the node at the other end makes something, or the link to go on with. */
function nextOf(
  link: string,
  sheet: Sheet,
): { source?: ComfyInput | undefined; link?: string | undefined } | undefined {
  const end = sheet.links.get(link);
  if (end === undefined) return undefined;
  if (end.from === sheet.scope.inputNode) return { source: sheet.scope.feeds[end.slot] };
  const raw = sheet.nodes.get(end.from);
  if (raw === undefined || raw.mode === MUTED) return undefined;
  const through = passage(raw, end.slot, sheet);
  return through === 'stop'
    ? { source: { node: sheet.scope.prefix + raw.id, slot: end.slot } }
    : { link: through?.link };
}

/** The input through which a node passes its output unchanged; `stop` when the node makes something itself. */
function passage(raw: Raw, slot: number, sheet: Sheet): Input | undefined | 'stop' {
  if (raw.mode === BYPASSED) return bypass(raw, slot);
  if (/^Reroute\b/.test(raw.type)) return raw.inputs[0];
  if (raw.type !== 'GetNode') return 'stop';
  return sheet.setters.get(String(raw.widgets.get('name')))?.inputs[0];
}

/** KJNodes' pairs: a SetNode keeps an input under a name, GetNodes give it out elsewhere. */
function settersIn(nodes: ReadonlyMap<string, Raw>): Map<string, Raw> {
  const setters = new Map<string, Raw>();
  for (const raw of nodes.values()) {
    if (raw.type === 'SetNode' && raw.mode !== MUTED) setters.set(String(raw.widgets.get('name')), raw);
  }
  return setters;
}

function bypass(raw: Raw, slot: number): Input | undefined {
  const type = raw.outputs[slot];
  const linked = raw.inputs.filter((input) => input.link !== undefined);
  return linked.find((input) => input.type === type) ?? linked.find((input) => input.type === '*');
}

function nodesIn(value: Record<string, unknown>): Map<string, Raw> {
  const nodes = new Map<string, Raw>();
  for (const item of listOf(value['nodes'])) {
    if (!isRecord(item) || nodes.size >= MAX_NODES) continue;
    const type = textOf(item['type']);
    const inputs = listOf(item['inputs']).filter(isRecord).map(readInput);
    const listed = inputs.filter((input) => input.isWidget).map((input) => input.name);
    nodes.set(String(item['id']), {
      id: String(item['id']),
      type,
      title: textOf(item['title']),
      mode: typeof item['mode'] === 'number' ? item['mode'] : 0,
      inputs,
      outputs: listOf(item['outputs']).map((output) => (isRecord(output) ? textOf(output['type']) : '')),
      widgets: widgetValues(type, item['widgets_values'], listed),
    });
  }
  return nodes;
}

function readInput(item: Record<string, unknown>): Input {
  const link = item['link'];
  return {
    name: textOf(item['name']),
    type: textOf(item['type']),
    link: typeof link === 'number' || typeof link === 'string' ? String(link) : undefined,
    isWidget: isRecord(item['widget']),
  };
}

/** `[id, from, slot, to, slot, type]`, in nested graphs `{id, origin_id, origin_slot, …}`. */
function linksIn(value: Record<string, unknown>): Map<string, Link> {
  const links = new Map<string, Link>();
  for (const item of listOf(value['links'])) {
    if (Array.isArray(item)) links.set(String(item[0]), { from: String(item[1]), slot: Number(item[2]) });
    else if (isRecord(item)) {
      links.set(String(item['id']), { from: String(item['origin_id']), slot: Number(item['origin_slot']) });
    }
  }
  return links;
}

function nodeId(value: unknown): string | undefined {
  return isRecord(value) && value['id'] !== undefined ? String(value['id']) : undefined;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, MAX_NODES * 5) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
