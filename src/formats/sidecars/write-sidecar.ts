import { JsonTreeError, parseTree, renderTree } from '../json-tree.ts';
import type { JsonObject, JsonTree } from '../json-tree.ts';
import { readSidecar } from './read-sidecar.ts';
import { writeA1111 } from './write-a1111.ts';
import { answerOf } from './write-content.ts';
import type { SidecarContent } from './write-content.ts';
import { writeLoraManager } from './write-lora-metadata.ts';
import { writeStabilityMatrix } from './write-stability-matrix.ts';
import { writeSwarm } from './write-swarm.ts';
import type { WrittenSidecar } from './written-formats.ts';

interface Format {
  readonly ending: string;
  /** One level, as the format's own program sets it in. */
  readonly indent: string;
  readonly write: (content: SidecarContent) => JsonTree;
  /** What its program writes into a field that nobody filled in, besides null and empty ones. */
  readonly untouched: Readonly<Record<string, readonly string[]>>;
}

const FORMATS: Readonly<Record<WrittenSidecar, Format>> = {
  a1111: {
    ending: '.json',
    indent: '    ',
    write: writeA1111,
    untouched: { 'preferred weight': ['0', '0.0'], 'sd version': ['Unknown', 'Other'] },
  },
  'lora-manager': {
    ending: '.metadata.json',
    indent: '  ',
    write: writeLoraManager,
    untouched: { base_model: ['Unknown'], from_civitai: ['false'], usage_tips: ['{}'], size: ['0'] },
  },
  'stability-matrix': {
    ending: '.cm-info.json',
    indent: '  ',
    write: writeStabilityMatrix,
    untouched: { ModelType: ['Unknown'] },
  },
  swarm: { ending: '.swarm.json', indent: '  ', write: writeSwarm, untouched: {} },
  'civitai-info': { ending: '.civitai.info', indent: '  ', write: answerOf, untouched: {} },
};

/** The name of a model file's note in a format. */
export function sidecarName(format: WrittenSidecar, stem: string): string {
  return stem + FORMATS[format].ending;
}

/** The text of a note of our own. The `.civitai.info` is the answer as it stands. */
export function sidecarText(format: WrittenSidecar, content: SidecarContent): string {
  if (format === 'civitai-info') return content.answer;
  const { write, indent } = FORMATS[format];
  return `${renderTree(write(content), { indent })}\n`;
}

/** What can be done with a note that is there: fill what it lacks, nothing, or nothing because it is something else. */
export type MergeOutcome =
  | { readonly kind: 'filled'; readonly text: string }
  | { readonly kind: 'complete' }
  | { readonly kind: 'foreign'; readonly why: string };

/**
 * Fills into a note what it lacks: absent and empty fields alone. Every value that is there stays, also those under keys
 * we do not know, in their order and form. `name`: of the note, for its format.
 */
export function mergeSidecar(
  format: WrittenSidecar,
  name: string,
  existing: string,
  content: SidecarContent,
): MergeOutcome {
  const note = readNote(existing);
  if (typeof note === 'string') return { kind: 'foreign', why: note };
  if (!isOfFormat(format, name, existing, note))
    return { kind: 'foreign', why: 'it is no note of this format' };
  if (isOfAnother(name, existing, content))
    return { kind: 'foreign', why: 'it is about another version or other bytes' };
  const { write, untouched } = FORMATS[format];
  const ours = write(content);
  if (ours.kind !== 'object') return { kind: 'complete' };
  const members = new Map(note.members);
  let filled = 0;
  for (const [key, value] of ours.members) {
    if (!isBlank(note.members.get(key), untouched[key] ?? []) || isBlank(value, untouched[key] ?? []))
      continue;
    members.set(key, value);
    filled += 1;
  }
  if (filled === 0) return { kind: 'complete' };
  return { kind: 'filled', text: renderLike(existing, { kind: 'object', members }) };
}

function readNote(text: string): JsonObject | string {
  try {
    const tree = parseTree(text.replace(/^\uFEFF/, ''));
    return tree.kind === 'object' ? tree : 'it is no JSON object';
  } catch (error) {
    if (error instanceof JsonTreeError) return error.message;
    throw error;
  }
}

/** `X.json` is the most contested name of all; an empty object is anybody's. */
function isOfFormat(format: WrittenSidecar, name: string, text: string, note: JsonObject): boolean {
  if (note.members.size === 0) return true;
  return readSidecar(name, text)?.format === (format === 'swarm' ? 'swarmui' : format);
}

/** True when a note names a version or a hash that are not this file's. */
function isOfAnother(name: string, text: string, { version, file }: SidecarContent): boolean {
  const read = readSidecar(name, text);
  const [noted, own] = [read?.hashes['SHA256'], file.hashes['SHA256']];
  return (
    (read?.versionId ?? version.id) !== version.id ||
    (noted !== undefined && own !== undefined && noted !== own)
  );
}

function isBlank(tree: JsonTree | undefined, untouched: readonly string[]): boolean {
  if (tree === undefined) return true;
  if (tree.kind === 'object') return tree.members.size === 0;
  if (tree.kind === 'list') return tree.items.length === 0;
  const text = tree.kind === 'string' ? tree.value.trim() : tree.text;
  return text === (tree.kind === 'string' ? '' : 'null') || untouched.includes(text);
}

/** A tree in the form of the text it came from: its indentation, line ends, escapes, and what stands at its ends. */
function renderLike(text: string, tree: JsonTree): string {
  const indent = /^\s*\{\r?\n([ \t]+)/.exec(text.replace(/^\uFEFF/, ''))?.[1] ?? '';
  const ascii = /\\u[0-9a-fA-F]{4}/.test(text) && !/[^\u0000-\u007f]/.test(text); // oxlint-disable-line no-control-regex
  const body = renderTree(tree, { indent, ascii, lineEnd: text.includes('\r\n') ? '\r\n' : '\n' });
  return (text.startsWith('\uFEFF') ? '\uFEFF' : '') + body + (/\s*$/.exec(text)?.[0] ?? '');
}
