import type { Json } from '../base/json.ts';
import { isSafeKey, parseLooseJson } from './generation-json.ts';

/** Settings by their own names: text, or what JSON after the name held. */
export type Settings = Readonly<Record<string, Json>>;

/** No tool writes more; a hash list torn apart by commas may. */
const MAX_SETTINGS = 1000;
const MAX_KEY_CHARS = 120;
/** Opening brackets without a closing one that are tried before brackets count as text. */
const MAX_BROKEN = 16;

interface Scan {
  readonly text: string;
  at: number;
  broken: number;
}

/**
 * Reads `Steps: 20, Lora hashes: "a: 1, b: 2", Civitai resources: [{…}]`: values plain, quoted, or JSON. The first
 * value of a repeated name stays. A part without a name belongs to the value before it. Time grows with the length.
 */
export function parseSettings(text: string): Settings {
  const scan: Scan = { text, at: 0, broken: 0 };
  const settings = new Map<string, Json>();
  let last: string | undefined;
  while (scan.at < text.length && settings.size < MAX_SETTINGS) {
    // A new line goes on with names only: what has none is not part of the value above.
    if (text[scan.at - 1] === '\n') last = undefined;
    const key = readKey(scan, last);
    if (key === undefined) {
      const part = readPlain(scan);
      if (last !== undefined && part !== '') append(settings, last, part);
      continue;
    }
    const value = isTemplate(key) ? readLine(scan) : readValue(scan);
    last = settings.has(key) ? undefined : key;
    if (!settings.has(key) && isSafeKey(key)) settings.set(key, value);
  }
  return Object.fromEntries(settings);
}

function append(settings: Map<string, Json>, key: string, part: string): void {
  const before = settings.get(key);
  if (typeof before === 'string') settings.set(key, `${before}, ${part}`);
}

/** The name before the next colon, if the part up to the next comma has one; leaves `at` behind the colon. */
function readKey(scan: Scan, last: string | undefined): string | undefined {
  const part = scan.text.slice(scan.at, scan.at + MAX_KEY_CHARS);
  const match = /^[\s,]*([\p{L}\p{N}_][^:,"{}[\]\n]{0,100}):(?=\s|"|\{|\[|$)/u.exec(part);
  const key = match?.[1]?.trim();
  if (match === null || key === undefined) return undefined;
  if (last !== undefined && /hashes$/i.test(last) && isHashPair(scan.text, scan.at + match[0].length))
    return undefined;
  scan.at += match[0].length;
  return key;
}

/** `TI hashes: a: 0123456789, b: …` without quotes: the later names belong to the list. */
function isHashPair(text: string, at: number): boolean {
  return /^\s?[0-9a-f]{8,64}\s*(?:,|$)/i.test(text.slice(at, at + 70));
}

/** Old dynamic-prompts writes its templates as lines of their own, commas and all. */
function isTemplate(key: string): boolean {
  return key === 'Template' || key === 'Negative Template';
}

function readLine(scan: Scan): Json {
  const end = scan.text.indexOf('\n', scan.at);
  const line = scan.text.slice(scan.at, end < 0 ? undefined : end).trim();
  if (line.startsWith('"')) return readValue(scan);
  scan.at = end < 0 ? scan.text.length : end + 1;
  return line;
}

function readValue(scan: Scan): Json {
  while (scan.text[scan.at] === ' ' || scan.text[scan.at] === '\t') scan.at += 1;
  const first = scan.text[scan.at];
  if (first === '"') return readEnclosed(scan, quoteEnd) ?? readPlain(scan);
  if (first === '{' || first === '[') return readEnclosed(scan, bracketEnd) ?? readPlain(scan);
  return readPlain(scan);
}

/** A quoted text or JSON, if it closes, reads as JSON and a comma or the end follows; otherwise it is plain text. */
function readEnclosed(scan: Scan, findEnd: (text: string, at: number) => number): Json | undefined {
  if (scan.broken >= MAX_BROKEN) return undefined;
  const end = findEnd(scan.text, scan.at);
  if (end < 0 || !/^\s*(?:,|$|\n)/.test(scan.text.slice(end, end + 8))) {
    scan.broken += 1;
    return undefined;
  }
  const source = scan.text.slice(scan.at, end);
  const value = parseLooseJson(source.startsWith('"') ? source.replaceAll('\n', '\\n') : source);
  scan.at = end;
  readPlain(scan);
  return value ?? source.replace(/^"(.*)"$/s, '$1');
}

function quoteEnd(text: string, at: number): number {
  for (let index = at + 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '"') return index + 1;
  }
  return -1;
}

function bracketEnd(text: string, at: number): number {
  let depth = 0;
  for (let index = at; index < text.length; index += 1) {
    const letter = text[index];
    if (letter === '"') {
      const end = quoteEnd(text, index);
      if (end < 0) return -1;
      index = end - 1;
    } else if (letter === '{' || letter === '[') depth += 1;
    else if (letter === '}' || letter === ']') depth -= 1;
    if (depth === 0) return index + 1;
  }
  return -1;
}

/** Up to the next comma or line end, which is passed. */
function readPlain(scan: Scan): string {
  let end = scan.at;
  while (end < scan.text.length && scan.text[end] !== ',' && scan.text[end] !== '\n') end += 1;
  const value = scan.text.slice(scan.at, end).trim();
  scan.at = end + 1;
  return value;
}
