import { UserError } from '../base/errors.ts';
import { nearestWord } from '../base/nearest-word.ts';
import { MAX_NAME_BYTES, safeName } from './file-name.ts';

/** A part of a segment: plain text, or placeholders of which the first with a value counts, then a text of last resort. */
type Part = { readonly text: string } | { readonly names: readonly string[]; readonly otherwise: string };

/** A path with placeholders, checked. */
export interface PathTemplate {
  /** As it was written. */
  readonly source: string;
  readonly segments: readonly (readonly Part[])[];
}

/** What stands for a placeholder without a value and without a text of last resort. */
const UNKNOWN = 'Unknown';
const MAX_SEGMENTS = 32;
const MAX_CHARS = 1000;

/**
 * Reads `{type}/{creator|nobody}`: segments with `/` (or `\`) between them; in braces the names of placeholders, the
 * first that has a value counts, and at the end perhaps a plain text for when none has. Throws UserError
 * (`bad-template`) for unknown placeholders, unclosed braces, absolute paths, empty, `.` and `..` segments.
 */
export function parseTemplate(source: string, placeholders: readonly string[]): PathTemplate {
  if (source.length > MAX_CHARS) throw refused(source.slice(0, 60), 'it is too long');
  if (/^[/\\]|^[A-Za-z]:/.test(source)) throw refused(source, 'it must be relative');
  const texts = source.replace(/[/\\]$/, '').split(/[/\\]/);
  if (texts.length > MAX_SEGMENTS) throw refused(source, `it has more than ${MAX_SEGMENTS} folders`);
  return { source, segments: texts.map((text) => parseSegment(text, source, placeholders)) };
}

/**
 * The path of a template for these values: relative, `/` between segments, each a safe name. A value is text and
 * nothing else: braces, slashes and dots in it make no folders.
 */
export function renderTemplate(
  template: PathTemplate,
  values: Readonly<Record<string, string | undefined>>,
  maxBytes: number = MAX_NAME_BYTES,
): string {
  const path = template.segments.map((parts) => renderSegment(parts, values, maxBytes)).join('/');
  if (!isInside(path)) throw new Error(`Template ${template.source} led outside: ${path}`);
  return path;
}

/** Whether a path is relative and stays inside the folder it is relative to, on every system. */
export function isInside(path: string): boolean {
  if (path === '' || path.includes('\0') || /^[/\\]|^[A-Za-z]:/.test(path)) return false;
  return path.split(/[/\\]/).every((segment) => segment !== '' && segment !== '.' && segment !== '..');
}

function parseSegment(text: string, source: string, placeholders: readonly string[]): readonly Part[] {
  if (text.trim() === '' || /^\.{1,2}$/.test(text.trim()))
    throw refused(source, `"${text}" can't be a folder`);
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    const plain = text.slice(at, open < 0 ? undefined : open);
    if (plain.includes('}')) throw refused(source, 'a "}" has no "{" before it');
    if (plain !== '') parts.push({ text: plain });
    if (open < 0) break;
    const close = text.indexOf('}', open);
    if (close < 0) throw refused(source, 'a "{" is never closed');
    parts.push(parsePlaceholder(text.slice(open + 1, close), source, placeholders));
    at = close + 1;
  }
  return parts;
}

function parsePlaceholder(text: string, source: string, placeholders: readonly string[]): Part {
  const names = text.split('|').map((name) => name.trim());
  const last = names.at(-1) ?? '';
  const hasText = names.length > 1 && !placeholders.includes(last);
  const known = hasText ? names.slice(0, -1) : names;
  for (const name of known) {
    if (!placeholders.includes(name)) {
      const nearest = nearestWord(name, placeholders);
      throw refused(
        source,
        nearest === undefined
          ? `{${name}} is not known; there are ${placeholders.map((item) => `{${item}}`).join(' ')}`
          : `{${name}} is not known; did you mean {${nearest}}?`,
      );
    }
  }
  return { names: known, otherwise: hasText ? last : UNKNOWN };
}

function renderSegment(
  parts: readonly Part[],
  values: Readonly<Record<string, string | undefined>>,
  maxBytes: number,
): string {
  const text = parts.map((part) => ('text' in part ? part.text : valueOf(part, values))).join('');
  return safeName(text, { maxBytes });
}

/** Each value is made safe by itself, so that one of which nothing is left makes way for the next. */
function valueOf(
  part: { readonly names: readonly string[]; readonly otherwise: string },
  values: Readonly<Record<string, string | undefined>>,
): string {
  for (const name of part.names) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    const safe = value === undefined ? '' : safeName(value, { fallback: '' });
    if (safe !== '') return safe;
  }
  return part.otherwise;
}

function refused(source: string, why: string): UserError {
  return new UserError(`The template "${source}" can't be used: ${why}${why.endsWith('?') ? '' : '.'}`, {
    code: 'bad-template',
    next: 'Write folders with / between them and placeholders in braces, for example {type}/{creator|nobody}.',
  });
}
