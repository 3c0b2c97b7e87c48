import { isRecord } from '../base/json.ts';
import { JsonTreeError, parseTree, renderTree, stringMember, treeOf, withMember } from './json-tree.ts';
import type { JsonObject } from './json-tree.ts';

/** A note `<imageId>.txt` in which a downloader keeps the prompt of an image as JSON. */
export interface PromptNote {
  /** The prompt as it came from the site. */
  readonly raw: string;
  readonly negative: string;
  readonly tree: JsonObject;
  /** The text it was read from. */
  readonly text: string;
}

/** The key of the original, which nothing here ever changes. */
export const RAW_KEY = 'raw_prompt';
/** The key under which it is kept what was taken out. */
export const REMOVED_KEY = 'removed_terms';

/** Keys that are no variants. */
export const NOTE_KEYS: readonly string[] =
  `${RAW_KEY} ${REMOVED_KEY} negative cfg steps sampler seed clip_skip lora url resources_used`.split(' ');

/** Reads a note; `undefined` for any other text, of which a folder holds many. */
export function readPromptNote(bytes: Uint8Array): PromptNote | undefined {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const body = text.replace(/^\uFEFF/, '');
    if (!/^\s*\{/.test(body)) return undefined;
    const tree = parseTree(body);
    const raw = tree.kind === 'object' ? stringMember(tree, RAW_KEY) : undefined;
    if (tree.kind !== 'object' || raw === undefined) return undefined;
    return { raw, negative: stringMember(tree, 'negative') ?? '', tree, text };
  } catch (error) {
    if (error instanceof JsonTreeError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/**
 * The variants of a note that says what was taken out for each, by name; `undefined` for any other text. Reads no more of
 * it than that: pages ask for very many.
 */
export function variantsIn(bytes: Uint8Array): (readonly [name: string, text: string])[] | undefined {
  const note = recordIn(bytes);
  const removed = note?.[REMOVED_KEY];
  if (note === undefined || typeof note[RAW_KEY] !== 'string' || !isRecord(removed)) return undefined;
  return Object.keys(removed).flatMap((name) => {
    const text = note[name];
    return typeof text === 'string' ? [[name, text] as const] : [];
  });
}

function recordIn(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isRecord(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The text of the note with some of its fields set, all else as it was; `undefined` when they are set so already. */
export function withFields(note: PromptNote, fields: Readonly<Record<string, unknown>>): string | undefined {
  let tree = note.tree;
  let isChanged = false;
  for (const [key, value] of Object.entries(fields)) {
    const wanted = treeOf(value);
    const before = tree.members.get(key);
    if (before !== undefined && flat(before) === flat(wanted)) continue;
    tree = withMember(tree, key, wanted);
    isChanged = true;
  }
  if (!isChanged) return undefined;
  const { text } = note;
  const [, lineEnd = '\n', indent = '  '] = /(\r?\n)([ \t]+)"/.exec(text) ?? [];
  const ascii = /\\u[0-9a-f]{4}/i.test(text) && !/[\x7f-\uffff]/.test(text); // oxlint-disable-line no-control-regex
  const body = renderTree(tree, { indent, lineEnd, ascii });
  return `${text.startsWith('\uFEFF') ? '\uFEFF' : ''}${body}${/\s*$/.exec(text)?.[0] ?? ''}`;
}

function flat(tree: Parameters<typeof renderTree>[0]): string {
  return renderTree(tree, { indent: '' });
}
