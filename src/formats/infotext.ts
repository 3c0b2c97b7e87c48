import { parseSettings } from './infotext-settings.ts';
import type { Settings } from './infotext-settings.ts';

/** A1111's text of parameters, taken apart. */
export interface Infotext {
  readonly prompt: string;
  readonly negativePrompt: string;
  /** Each setting under its own name (`CFG scale`), text, or what its JSON held. */
  readonly settings: Settings;
}

/** Longest text read, in characters; what is longer is no infotext. */
const MAX_CHARS = 4 * 1024 * 1024;
const NEGATIVE = 'Negative prompt:';
/** `Steps: 20, Sampler: …`; a few tools write it last or not at all. */
const STEPS_ANYWHERE = /Steps: ?\d{1,6}\s*(?:,|$)/m;
const KNOWN_KEY =
  /(?:Steps|Sampler|CFG scale|Seed|Size|Model hash|Model|Version|Clip skip|Civitai resources): /g;

/**
 * Takes the text apart as A1111 and its many kin write it: prompt, `Negative prompt:`, a block of settings, each on its
 * own line or all on one. Text without settings is all prompt. Time grows with the length only. Never throws.
 */
export function parseInfotext(text: string): Infotext {
  const { body, lineBreak } = cleaned(text.slice(0, MAX_CHARS));
  const start = settingsStart(body);
  const head = start === undefined ? body : body.slice(0, start);
  const settings = start === undefined ? {} : parseSettings(body.slice(start));
  return { ...splitHead(head, lineBreak), settings };
}

/** True when a text shows by its settings or its negative prompt that a generator wrote it. */
export function looksLikeInfotext(text: string): boolean {
  const { body } = cleaned(text.slice(0, MAX_CHARS));
  return settingsStart(body) !== undefined || /^[ \t]*Negative prompt:/m.test(body);
}

interface Cleaned {
  readonly body: string;
  /** What stands for a line break before `Negative prompt:` and `Steps:`; exiftool prints a dot. */
  readonly lineBreak: '.' | undefined;
}

function cleaned(text: string): Cleaned {
  const lines = text.replaceAll('\0', '').replaceAll('\r\n', '\n');
  const printed = /^\s*(?:Parameters|User Comment|UserComment)[ \t]*:[ \t]/.exec(lines);
  const body = printed === null ? lines : lines.slice(printed[0].length);
  return { body: body.replace(/<br ?\/?>(?=\n|$)/g, ''), lineBreak: printed === null ? undefined : '.' };
}

function settingsStart(body: string): number | undefined {
  return stepsLine(body) ?? stepsInLine(body) ?? pairsInLastLine(body);
}

/** The first line `Steps: N` after the negative prompt; without one the last, for a prompt may hold an earlier. */
function stepsLine(body: string): number | undefined {
  const negative = /^[ \t]*Negative prompt:/m.exec(body)?.index;
  let found: number | undefined;
  for (const match of body.matchAll(/^[ \t]{0,16}Steps: ?\d/gm)) {
    if (negative !== undefined && match.index > negative) return match.index;
    found = match.index;
  }
  return found;
}

/** No line breaks at all: `…Negative prompt: badSteps: 30, Sampler: …`. */
function stepsInLine(body: string): number | undefined {
  return STEPS_ANYWHERE.exec(body)?.index;
}

/** No steps either: a last line of at least three pairs, one of them well known. */
function pairsInLastLine(body: string): number | undefined {
  const end = body.trimEnd().length;
  const line = body.lastIndexOf('\n', end - 1) + 1;
  const candidates = [...body.slice(line, end).matchAll(KNOWN_KEY)].slice(0, 8);
  for (const match of candidates) {
    const rest = body.slice(line + match.index, end);
    if (Object.keys(parseSettings(rest)).length >= 3)
      return line + startOfKey(body.slice(line, end), match.index);
  }
  return undefined;
}

/** A line that is settings from its first letter begins before the first known key. */
function startOfKey(line: string, known: number): number {
  const before = line.slice(0, known);
  return /^(?:[A-Z][\w ]{0,40}: [^,]{0,200}, ){1,8}$/.test(before) ? 0 : known;
}

function splitHead(head: string, lineBreak: '.' | undefined): { prompt: string; negativePrompt: string } {
  const line = /^[ \t]*Negative prompt:/m.exec(head);
  const at = line === null ? head.indexOf(NEGATIVE) : line.index + line[0].length - NEGATIVE.length;
  if (at < 0) return { prompt: tidy(head, lineBreak), negativePrompt: '' };
  const negative = head.slice(at + NEGATIVE.length);
  return { prompt: tidy(head.slice(0, at), lineBreak), negativePrompt: tidy(negative, lineBreak) };
}

function tidy(text: string, lineBreak: '.' | undefined): string {
  const trimmed = text.trim();
  return lineBreak !== undefined && trimmed.endsWith(lineBreak) ? trimmed.slice(0, -1).trimEnd() : trimmed;
}
