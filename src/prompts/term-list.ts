import { keyOfTerm } from './key.ts';

/**
 * How a list meets a prompt: `exact` terms that are equal; `word` also terms that hold one of its terms as whole words;
 * `pattern` terms that fit one in which `*` stands for anything and `?` for one character.
 */
export type MatchMode = 'exact' | 'word' | 'pattern';

export const MATCH_MODES: readonly MatchMode[] = ['exact', 'word', 'pattern'];

/** Terms to take out, under a name. */
export interface TermList {
  readonly name: string;
  readonly mode: MatchMode;
  /** As written, in their order. */
  readonly terms: readonly string[];
}

/** The terms of a list file: one a line, blank lines and lines that begin with `# ` left out. */
export function readTermLines(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|[\n\r]/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== '#' && !line.startsWith('# '));
}

/** The keys of a list, without those that say nothing. */
export function keysOf(list: TermList): Set<string> {
  const keys = new Set(
    list.terms.map((term) => (list.mode === 'pattern' ? patternKey(term) : keyOfTerm(term))),
  );
  keys.delete('');
  return keys;
}

/** Blanks and `_` are one, letter case counts nothing; the rest of a pattern is meant as it stands. */
function patternKey(term: string): string {
  return term
    .replace(/[\s_]+/g, ' ')
    .trim()
    .toLowerCase();
}
