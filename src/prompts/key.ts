import { parsePrompt } from './parse.ts';
import { KIND } from './token.ts';
import type { Prompt } from './token.ts';

/** What the tokens from `from` to before `to` say, so that two ways to write one term compare equal; may be empty. */
export function keyOf(prompt: Prompt, from: number, to: number): string {
  const plain =
    to === from + 1 && prompt.kind(from) === KIND.text ? plainKey(prompt.textOf(from)) : undefined;
  if (plain !== undefined) return plain;
  let said = '';
  for (let at = from; at < to; at += 1) {
    const kind = prompt.kind(at);
    if (kind === KIND.text || kind === KIND.stop) said += plainWords(prompt.textOf(at));
    else if (kind === KIND.wildcard || kind === KIND.embedding) said += prompt.textOf(at);
    else if (kind !== KIND.weight && kind !== KIND.odds) said += ' ';
  }
  return tidy(said);
}

const PLAIN = /^[a-z0-9'!?&+*=/~-]+(?: [a-z0-9'!?&+*=/~-]+)*$/i;

/** Of words that hold nothing to look at closely; most are of these. */
function plainKey(words: string): string | undefined {
  const spaced = words.includes('_') ? words.replaceAll('_', ' ') : words;
  return PLAIN.test(spaced) ? spaced.toLowerCase() : undefined;
}

/** The key of a term as a person writes it in a list. */
export function keyOfTerm(term: string): string {
  const prompt = parsePrompt(term);
  return keyOf(prompt, 0, prompt.count);
}

/** An escape is its character, a bracket and `_` are blanks. */
function plainWords(text: string): string {
  const meant = text.includes('\\') ? text.replace(/\\([()[\]{}\\|:<>_])/g, '$1') : text;
  return /[()[\]{}_]/.test(meant) ? meant.replace(/[()[\]{}_]/g, ' ') : meant;
}

/** Without the weight and the full stop at its end. */
function tidy(said: string): string {
  const words = (/^\s|\s$|\s\s|[^\S ]/.test(said) ? said.replace(/\s+/g, ' ').trim() : said).toLowerCase();
  const unweighted = words.includes(':') ? withoutWeight(words) : words;
  return unweighted.endsWith('.') && /[^.]\.$/.test(unweighted) ? unweighted.slice(0, -1) : unweighted;
}

function withoutWeight(words: string): string {
  const colon = words.lastIndexOf(':');
  if (colon <= 0 || !/^ ?[-+]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(words.slice(colon + 1))) return words;
  return words.slice(0, colon).trimEnd();
}
