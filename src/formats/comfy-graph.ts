import { isRecord } from '../base/json.ts';

/** An input of a node: a value written into it, or the output of another node. */
export type ComfyInput = { readonly value: unknown } | { readonly node: string; readonly slot: number };

/** One step of a graph. */
export interface ComfyNode {
  readonly id: string;
  /** The class, for example `KSampler`. */
  readonly type: string;
  /** What the user called it; empty when nothing is known. */
  readonly title: string;
  readonly inputs: ReadonlyMap<string, ComfyInput>;
}

/** The nodes of a ComfyUI graph by id, whichever of its two forms they came in. */
export type ComfyGraph = ReadonlyMap<string, ComfyNode>;

/** The largest workflow seen has some 3,000 nodes. */
export const MAX_NODES = 20_000;
const MAX_INPUTS = 500;

/** Reads the form that is sent to the server (`{"3": {"class_type", "inputs"}}`); `undefined` when it is none. */
export function graphOfPrompt(value: unknown): ComfyGraph | undefined {
  if (!isRecord(value)) return undefined;
  const graph = new Map<string, ComfyNode>();
  for (const [id, node] of Object.entries(value)) {
    if (!isRecord(node) || typeof node['class_type'] !== 'string' || graph.size >= MAX_NODES) continue;
    const meta = node['_meta'];
    const title = isRecord(meta) && typeof meta['title'] === 'string' ? meta['title'] : '';
    graph.set(id, { id, type: node['class_type'], title, inputs: inputsOf(node['inputs']) });
  }
  return graph.size === 0 ? undefined : graph;
}

function inputsOf(value: unknown): Map<string, ComfyInput> {
  const inputs = new Map<string, ComfyInput>();
  if (!isRecord(value)) return inputs;
  for (const [name, item] of Object.entries(value).slice(0, MAX_INPUTS)) inputs.set(name, inputOf(item));
  return inputs;
}

/** A link is a pair of node id and slot. */
function inputOf(item: unknown): ComfyInput {
  if (Array.isArray(item) && item.length === 2 && typeof item[0] === 'string' && Number.isInteger(item[1])) {
    return { node: item[0], slot: Number(item[1]) };
  }
  return { value: item };
}

/** The value written into an input, if it is one and not a link. */
export function valueOf(node: ComfyNode, name: string): unknown {
  const input = node.inputs.get(name);
  return input !== undefined && 'value' in input ? input.value : undefined;
}

/** The node that feeds an input, if the input is a link and the node is there. */
export function sourceOf(graph: ComfyGraph, node: ComfyNode, name: string): ComfyNode | undefined {
  const input = node.inputs.get(name);
  return input !== undefined && 'node' in input ? graph.get(input.node) : undefined;
}
