import { CHARACTER, isWordPart, meaningOf } from './character.ts';

/**
 * Where things end that begin at a place of a text, or -1 when they do not begin there. Each looks no further than to the
 * next place where the same question could be asked, or a fixed way, so that all looks together stay linear.
 */

/** The end of what is nothing but words from `start` on: most of a prompt is passed over here. */
export function endOfPlain(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at += 1) {
    const meaning = meaningOf(text.charCodeAt(at));
    if (meaning === CHARACTER.plain) continue;
    if (meaning === CHARACTER.letter) {
      if (at === 0 || !isWordPart(text.charCodeAt(at - 1))) return at;
    } else if (meaning !== CHARACTER.underscore || text.charCodeAt(at + 1) === 95) return at;
  }
  return at;
}

/** `<lora:name:1>`, and what else extensions read between such brackets: a word, a colon, anything. */
export function endOfTag(text: string, start: number): number {
  let at = start + 1;
  while (isWordPart(text.charCodeAt(at))) at += 1;
  if (at === start + 1 || text.charCodeAt(at) !== 58) return -1;
  for (at += 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 62) return at + 1;
    if (code === 60 || code === 10 || code === 13) return -1;
  }
  return -1;
}

const LONGEST_NAME = 200;

/** `__name__`, also with folders, `*` and `-`. */
export function endOfWildcard(text: string, start: number): number {
  if (text.charCodeAt(start + 1) !== 95 || text.charCodeAt(start + 2) === 95) return -1;
  const most = Math.min(text.length, start + LONGEST_NAME);
  for (let at = start + 2; at < most; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 95 && text.charCodeAt(at + 1) === 95) return at + 2;
    if (!isWordPart(code) && code < 128 && !'-/.*~@+'.includes(String.fromCharCode(code))) return -1;
  }
  return -1;
}

const EMBEDDING = 'embedding:';

/** `embedding:name`, as ComfyUI names one. */
export function endOfEmbedding(text: string, start: number): number {
  const word = text.slice(start, start + EMBEDDING.length);
  if (word.length !== EMBEDDING.length || word.toLowerCase() !== EMBEDDING) return -1;
  const begin = start + EMBEDDING.length;
  let at = begin;
  for (; at < text.length; at += 1) {
    const meaning = meaningOf(text.charCodeAt(at));
    if (meaning >= CHARACTER.blank && meaning <= CHARACTER.less) break;
  }
  return at === begin ? -1 : at;
}

/** Exactly this word, with no letter, digit or `_` on either side. */
export function endOfWord(text: string, start: number, word: string): number {
  const end = start + word.length;
  if (!text.startsWith(word, start) || isWordPart(text.charCodeAt(end))) return -1;
  return start > 0 && isWordPart(text.charCodeAt(start - 1)) ? -1 : end;
}

/** A colon, a number, blanks around it allowed. */
export function endOfWeight(text: string, start: number): number {
  let at = skipBlanks(text, start + 1);
  const sign = text.charCodeAt(at);
  if (sign === 45 || sign === 43) at += 1;
  const begin = at;
  while (isDigit(text.charCodeAt(at))) at += 1;
  let digits = at - begin;
  if (text.charCodeAt(at) === 46) {
    const point = at;
    at += 1;
    while (isDigit(text.charCodeAt(at))) at += 1;
    digits += at - point - 1;
  }
  return digits === 0 ? -1 : skipBlanks(text, at);
}

/** `2$$`, `1-3$$`, `0.5::`: how many of the choices, or how likely one is. */
export function endOfOdds(text: string, start: number): number {
  const most = Math.min(text.length, start + 20);
  let at = start;
  while (at < most && (isDigit(text.charCodeAt(at)) || '.- '.includes(text.charAt(at)))) at += 1;
  const mark = text.slice(at, at + 2);
  return at > start && (mark === '::' || mark === '$$') ? at + 2 : -1;
}

/** The first place from `at` on that holds no blank; line breaks are no blanks here. */
export function skipBlanks(text: string, at: number): number {
  let here = at;
  while (meaningOf(text.charCodeAt(here)) === CHARACTER.blank) here += 1;
  return here;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
