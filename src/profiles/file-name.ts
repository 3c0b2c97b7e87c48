import { createHash } from 'node:crypto';

/** Bytes of UTF-8 that a name may have on every common file system. */
export const MAX_NAME_BYTES = 255;

export interface NameLimits {
  /** Bytes of UTF-8, at least 8; 255 unless told. */
  readonly maxBytes?: number;
  /** What stands for a name of which nothing is left; `_` unless told. Must itself be a safe name. */
  readonly fallback?: string;
}

/** Names Windows keeps for devices, with any extension. */
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(?:[. ]|$)/i;
/** Marks that turn the direction of text, and letters without width that hide in names (joiners of emoji stay). */
const INVISIBLE = /[\u200B\u200E\u200F\u061C\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF\u00AD]/g;
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
// oxlint-disable-next-line no-control-regex -- control characters are what must go
const CONTROLS = /[\u0000-\u001F\u007F-\u009F]/g;
const FORBIDDEN = /[<>:"/\\|?*]/g;

/** Made when a name is too long: making it takes 20 ms. */
let graphemes: Intl.Segmenter | undefined;

/**
 * A text as one file or folder name that is good on Windows, macOS and Linux, the same on each machine: composed
 * Unicode, no control, direction or forbidden characters (`_` instead), no dots or blanks at the ends, no device name,
 * cut between whole letters. Never empty, never `.` or `..`. Doing it twice changes nothing.
 */
export function safeName(text: string, limits: NameLimits = {}): string {
  const { maxBytes = MAX_NAME_BYTES, fallback = '_' } = limits;
  const clean = trimEnds(
    text
      .toWellFormed()
      .replace(BREAKS, ' ')
      .replace(CONTROLS, '')
      .replace(INVISIBLE, '')
      .replace(FORBIDDEN, '_')
      .normalize('NFC'),
  );
  const cut = trimEnds(cutBytes(clean, maxBytes));
  if (cut === '') return fallback;
  return RESERVED.test(cut) ? `_${trimEnds(cutBytes(cut, maxBytes - 1))}` : cut;
}

/**
 * A name that must stay recognisable cut to `maxBytes`: unchanged when it fits, otherwise its beginning, `~` and eight
 * hex digits of the whole name's SHA-256, so that two long names stay two.
 */
export function shortened(name: string, maxBytes: number): string {
  if (byteLength(name) <= maxBytes) return name;
  return `${trimEnds(cutBytes(name, maxBytes - 9))}~${nameHash(name)}`;
}

/** Eight hex digits that tell one name from another. */
export function nameHash(name: string): string {
  return createHash('sha256').update(name.toWellFormed()).digest('hex').slice(0, 8);
}

/** The form in which names are compared: two names of one form can't lie in one folder on every disk. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase().normalize('NFC');
}

/** Bytes of UTF-8. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

function cutBytes(text: string, maxBytes: number): string {
  if (byteLength(text) <= maxBytes) return text;
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  let bytes = 0;
  let end = 0;
  // No name needs more letters than bytes; a megabyte of text is not segmented to its end.
  for (const { segment, index } of graphemes.segment(text.slice(0, maxBytes + 64))) {
    bytes += byteLength(segment);
    if (bytes > maxBytes) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}

/** Dots and blanks at the ends: Windows drops them, and a leading dot hides the file. */
function trimEnds(text: string): string {
  const isEnd = (letter: string | undefined): boolean =>
    letter === '.' || letter === '\u00A0' || letter?.trim() === '';
  let start = 0;
  let end = text.length;
  while (start < end && isEnd(text[start])) start += 1;
  while (end > start && isEnd(text[end - 1])) end -= 1;
  return text.slice(start, end);
}
