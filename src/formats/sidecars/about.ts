import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Pair } from 'yaml';
import { scrubText } from '../../base/json.ts';
import { sidecarFacts } from './facts.ts';
import type { SidecarFacts } from './facts.ts';
import { numberIn } from './fields.ts';

/** Something in a description that could not be taken. */
export interface AboutProblem {
  readonly line: number;
  /** A phrase: what is wrong, and what would be right. */
  readonly why: string;
}

/** A model described by hand, as far as it could be read. */
export interface AboutNote {
  /** `undefined` when the file as a whole is broken. */
  readonly facts: SidecarFacts | undefined;
  readonly problems: readonly AboutProblem[];
}

/** Characters of a description file; a long description has some ten thousand. */
const MOST_CHARS = 256 * 1024;
const MOST_LINE = 300;
const MOST_TEXT = 100_000;
const MOST_ITEMS = 500;
const MOST_PROBLEMS = 5;

/** The site's levels, by the words people use. */
const LEVELS: ReadonlyMap<string, number> = new Map([
  ['pg', 1],
  ['pg13', 2],
  ['r', 4],
  ['x', 8],
  ['xxx', 16],
]);

type Kind = 'line' | 'text' | 'list' | 'link' | 'level' | 'number';
type Target = keyof SidecarFacts;

/** Fields by their names, without blanks, dashes and underscores. */
const FIELDS: ReadonlyMap<string, readonly [Target, Kind]> = new Map<string, readonly [Target, Kind]>([
  ['name', ['modelName', 'line']],
  ['title', ['modelName', 'line']],
  ['version', ['versionName', 'line']],
  ['type', ['modelType', 'line']],
  ['basemodel', ['baseModel', 'line']],
  ['creator', ['creator', 'line']],
  ['author', ['creator', 'line']],
  ['description', ['description', 'text']],
  ['tags', ['tags', 'list']],
  ['trainedwords', ['trainedWords', 'list']],
  ['triggerwords', ['trainedWords', 'list']],
  ['link', ['link', 'link']],
  ['url', ['link', 'link']],
  ['rating', ['level', 'level']],
  ['level', ['level', 'level']],
  ['ratinglevel', ['level', 'level']],
  ['notes', ['notes', 'text']],
  ['negative', ['negativeText', 'text']],
  ['weight', ['preferredWeight', 'number']],
]);

/**
 * Reads a model described by hand: YAML, and so JSON. What it can't take (a list where a name belongs, an unknown field)
 * is left out and told with its line; the rest counts. Never throws. `undefined` stands for a file too large to be read.
 */
export function readAbout(text: string | undefined): AboutNote {
  if (text === undefined || text.length > MOST_CHARS)
    return broken(1, `it is larger than ${MOST_CHARS / 1024} KiB`);
  const deep = deepLine(text);
  if (deep !== undefined) return broken(deep, 'it is nested too deeply');
  try {
    return readMap(text.replace(/^\uFEFF/, ''));
  } catch {
    return broken(1, 'it can not be read');
  }
}

/** Depth that no list of words has. The reader calls itself for every level: thousands take seconds, and its stack. */
const DEEPEST = 100;

function deepLine(text: string): number | undefined {
  const dashes = text.search(/(?:[-?:][ \t]+){50}/);
  if (dashes >= 0) return text.slice(0, dashes).split('\n').length;
  let depth = 0;
  let line = 1;
  for (const char of text) {
    if (char === '\n') line += 1;
    else if (char === '[' || char === '{') depth += 1;
    else if ((char === ']' || char === '}') && depth > 0) depth -= 1;
    if (depth > DEEPEST) return line;
  }
  return undefined;
}

function broken(line: number, why: string): AboutNote {
  return { facts: undefined, problems: [{ line, why }] };
}

function readMap(text: string): AboutNote {
  const lines = new LineCounter();
  // Values stay as they are typed: no dates, no "yes" that means true. Keys are compared here, not each with each.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    schema: 'failsafe',
    uniqueKeys: false,
    logLevel: 'silent',
  });
  const lineOf = (node: unknown): number => lines.linePos(startOf(node)).line || 1;
  const [error] = document.errors;
  if (error !== undefined) return broken(lines.linePos(error.pos[0]).line, firstSentence(error.message));
  if (document.contents === null) return { facts: sidecarFacts({ format: 'about' }), problems: [] };
  if (!isMap(document.contents))
    return broken(lineOf(document.contents), 'it must be fields, each as "name: value"');
  return readFields(document.contents.items, lineOf);
}

function readFields(pairs: readonly Pair[], lineOf: (node: unknown) => number): AboutNote {
  const found = new Map<Target, unknown>();
  const problems: AboutProblem[] = [];
  for (const { key, value } of pairs) {
    if (problems.length >= MOST_PROBLEMS) break;
    const name = isScalar(key) ? scrubText(String(key.value).slice(0, 60)) : '';
    const field = FIELDS.get(name.toLowerCase().replace(/[\s_-]/g, ''));
    const line = lineOf(key);
    if (field === undefined) problems.push({ line, why: `there is no field "${name}"` });
    else if (found.has(field[0])) problems.push({ line, why: `"${name}" is given twice; the first counts` });
    else {
      const read = valueOf(value, field[1]);
      if ('why' in read) problems.push({ line, why: `"${name}" ${read.why}` });
      else if (read.value !== undefined) found.set(field[0], read.value);
    }
  }
  return { facts: sidecarFacts({ ...Object.fromEntries(found), format: 'about' }), problems };
}

type Read = { readonly value: unknown } | { readonly why: string };

function valueOf(node: unknown, kind: Kind): Read {
  if (kind === 'list') return listOf(node);
  const text = textOf(node, kind === 'text' ? MOST_TEXT : MOST_LINE);
  if (text === undefined) return { why: 'must be one text' };
  if (text === '') return { value: undefined };
  if (kind === 'level') {
    const level = LEVELS.get(text.toLowerCase().replace(/[\s-]/g, ''));
    return level === undefined ? { why: 'must be PG, PG-13, R, X or XXX' } : { value: level };
  }
  if (kind === 'number') {
    const number = numberIn(text);
    return number === undefined ? { why: 'must be a number' } : { value: number };
  }
  if (kind === 'link')
    return isWebAddress(text) ? { value: text } : { why: 'must begin with https:// or http://' };
  return { value: text };
}

/** A list of texts, or one text that lists them with commas. */
function listOf(node: unknown): Read {
  const items = isSeq(node)
    ? node.items.slice(0, MOST_ITEMS).map((item) => textOf(item, MOST_LINE))
    : undefined;
  const texts = items ?? textOf(node, MOST_TEXT)?.split(',', MOST_ITEMS);
  if (texts === undefined || texts.includes(undefined)) return { why: 'must be a list of texts' };
  const words = [...new Set(texts.map((text) => (text ?? '').trim().slice(0, MOST_LINE)).filter(Boolean))];
  return { value: words.length === 0 ? undefined : words };
}

/** Aliases (`*name`) are no scalars: they are refused, and with them what a few lines of them could blow up to. */
function textOf(node: unknown, most: number): string | undefined {
  if (node === null) return '';
  if (!isScalar(node) || (typeof node.value !== 'string' && node.value !== null)) return undefined;
  return scrubText((node.value ?? '').slice(0, most)).trim();
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text) && URL.canParse(text);
}

function startOf(node: unknown): number {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return 0;
  const [start] = node.range as readonly unknown[];
  return typeof start === 'number' ? start : 0;
}

function firstSentence(message: string): string {
  return scrubText((message.split('\n')[0] ?? '').slice(0, 200)).replace(/\.$/, '');
}
