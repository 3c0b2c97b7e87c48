import { parseTree, renderTree, stringMember, treeOf, withMember, JsonTreeError } from './json-tree.ts';
import type { JsonObject, JsonTree } from './json-tree.ts';

/** One LoRA of Krita AI Diffusion's list. */
export interface KritaEntry {
  /** What the plug-in knows it by: the path relative to ComfyUI's LoRA folder, with the server's slashes, or a bare name. */
  readonly id: string | undefined;
  /** Lower-case hex; the file holds base64 of the digest, for local files only. */
  readonly sha256: string | undefined;
  /** Path of a local file, forward slashes. */
  readonly path: string | undefined;
  readonly triggers: string | undefined;
  /** True when a strength is set, whatever it is. */
  readonly hasStrength: boolean;
}

/** A list that was read; positions are those of the file. */
export interface KritaLoras {
  readonly entries: readonly KritaEntry[];
  /** Lines of comment, which a new text will lack: the plug-in drops them itself. */
  readonly comments: number;
  /** What is odd, a sentence each. */
  readonly warnings: readonly string[];
  /** What `renderLoras` needs. */
  readonly trees: readonly JsonObject[];
  readonly lineEnd: string;
  readonly endsWithLineEnd: boolean;
}

/** What shall change in one entry; `undefined` leaves a field. */
export interface KritaChange {
  readonly triggers?: string | undefined;
  readonly strength?: number | undefined;
}

/** An entry the plug-in does not have yet. */
export interface KritaAddition extends KritaChange {
  readonly id: string;
}

/** The file can't be changed without losing something of it; the message is a clause without a full stop. */
export class KritaLorasError extends Error {}

/** 200 bytes an entry: a list of some 300,000. */
const MAX_CHARS = 64 * 1024 * 1024;

/** The keys the plug-in knows; with any other it takes the whole list for empty. */
const KNOWN = new Set(['id', 'name', 'source', 'format', 'hash', 'path', 'size', 'metadata']);
const MANDATORY = ['id', 'name', 'source'] as const;
/** Odd entries told by name; more are counted. */
const MOST_NAMED = 3;

/**
 * Reads `loras.json`. Lines that begin with `//` are passed over, as the plug-in does. Throws KritaLorasError when it is
 * no list of objects, or could not be written again as it is.
 */
export function parseLoras(text: string): KritaLoras {
  if (text.length > MAX_CHARS) throw new KritaLorasError('it is too large to be a list of LoRAs');
  const { json, comments } = withoutComments(text.replace(/^\uFEFF/, ''));
  const trees = objectsIn(parse(json));
  return {
    entries: trees.map(entryOf),
    comments,
    warnings: oddities(trees),
    trees,
    lineEnd: text.includes('\r\n') ? '\r\n' : '\n',
    endsWithLineEnd: /\n\s*$/.test(text),
  };
}

/** An empty list, for a file that is to be made. */
export const NO_LORAS: KritaLoras = {
  entries: [],
  comments: 0,
  warnings: [],
  trees: [],
  lineEnd: '\n',
  endsWithLineEnd: false,
};

function withoutComments(text: string): { json: string; comments: number } {
  let comments = 0;
  const lines = text.split('\n').map((line) => {
    if (!/^\s*\/\//.test(line)) return line;
    comments += 1;
    return '';
  });
  return { json: lines.join('\n'), comments };
}

function parse(json: string): JsonTree {
  try {
    return parseTree(json);
  } catch (error) {
    if (error instanceof JsonTreeError) throw new KritaLorasError(error.message, { cause: error });
    throw error;
  }
}

function objectsIn(tree: JsonTree): JsonObject[] {
  if (tree.kind !== 'list') throw new KritaLorasError('it is no list');
  return tree.items.map((item, index) => {
    if (item.kind !== 'object') throw new KritaLorasError(`entry ${index + 1} is no object`);
    const metadata = item.members.get('metadata');
    if (metadata !== undefined && metadata.kind !== 'object' && !isNull(metadata))
      throw new KritaLorasError(`the metadata of entry ${index + 1} is no object`);
    return item;
  });
}

function entryOf(tree: JsonObject): KritaEntry {
  const metadata = metadataOf(tree);
  const strength = metadata.members.get('lora_strength');
  return {
    id: stringMember(tree, 'id'),
    sha256: hexOf(stringMember(tree, 'hash')),
    path: stringMember(tree, 'path'),
    triggers: stringMember(metadata, 'lora_triggers'),
    hasStrength: strength !== undefined && !isNull(strength),
  };
}

function metadataOf(tree: JsonObject): JsonObject {
  const metadata = tree.members.get('metadata');
  return metadata?.kind === 'object' ? metadata : { kind: 'object', members: new Map() };
}

function isNull(tree: JsonTree): boolean {
  return tree.kind === 'plain' && tree.text === 'null';
}

function hexOf(base64: string | undefined): string | undefined {
  if (base64 === undefined || !/^[A-Za-z0-9+/]{43}=$/.test(base64)) return undefined;
  return Buffer.from(base64, 'base64').toString('hex');
}

function oddities(trees: readonly JsonObject[]): string[] {
  const odd = trees.flatMap((tree, index) => {
    const label = `entry ${index + 1} (${JSON.stringify((stringMember(tree, 'id') ?? '?').slice(0, 80))})`;
    const unknown = [...tree.members.keys()].find((key) => !KNOWN.has(key));
    if (unknown !== undefined)
      return [`${label} has the unknown key ${JSON.stringify(unknown.slice(0, 40))}`];
    const lacking = MANDATORY.find((key) => !tree.members.has(key));
    return lacking === undefined ? [] : [`${label} lacks ${lacking}`];
  });
  if (odd.length === 0) return [];
  const more = odd.length > MOST_NAMED ? ` and ${odd.length - MOST_NAMED} more` : '';
  return [
    `Krita AI Diffusion takes the whole list for empty while ${odd.slice(0, MOST_NAMED).join(', ')}${more}. It was kept as it is.`,
  ];
}

/**
 * The text of the list with some entries changed (by position) and others added at its end, in the form the plug-in
 * writes: two blanks a level, pure ASCII. Everything else is as it was, in its order.
 */
export function renderLoras(
  loras: KritaLoras,
  changes: ReadonlyMap<number, KritaChange>,
  additions: readonly KritaAddition[] = [],
): string {
  const items = loras.trees.map((tree, index) => changed(tree, changes.get(index)));
  const tree: JsonTree = { kind: 'list', items: [...items, ...additions.map(added)] };
  return (
    renderTree(tree, { indent: '  ', ascii: true, lineEnd: loras.lineEnd }) +
    (loras.endsWithLineEnd ? loras.lineEnd : '')
  );
}

function changed(tree: JsonObject, change: KritaChange | undefined): JsonObject {
  if (change === undefined) return tree;
  let metadata = metadataOf(tree);
  if (change.triggers !== undefined)
    metadata = withMember(metadata, 'lora_triggers', treeOf(change.triggers));
  if (change.strength !== undefined)
    metadata = withMember(metadata, 'lora_strength', { kind: 'plain', text: floatText(change.strength) });
  return withMember(tree, 'metadata', metadata);
}

/** Source 0: neither a local file nor offered by a server. The plug-in takes it over when it meets the file. */
function added({ id, ...change }: KritaAddition): JsonObject {
  const name = id.replaceAll('\\', '/').replace(/\.[^./]+$/, '');
  return changed(treeOf({ id, name, source: 0, format: 'lora', metadata: {} }) as JsonObject, change);
}

/** As Python writes a float: 1 is `1.0`. */
function floatText(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
