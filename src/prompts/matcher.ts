import { keyOf } from './key.ts';
import { KeyTable } from './key-table.ts';
import { keysOf } from './term-list.ts';
import type { TermList } from './term-list.ts';
import type { Prompt } from './token.ts';
import { isWild, wildMatches } from './wild-pattern.ts';

/** Which lists mean a term, as bits: 1 for the first list, 2 for the second and so on. */
export interface Matcher {
  readonly lists: readonly TermList[];
  /** The lists that mean the term of these tokens. */
  match(prompt: Prompt, from: number, to: number): number;
  /** The lists that hold exactly these tokens. */
  matchExact(prompt: Prompt, from: number, to: number): number;
}

/** More lists than this would not fit into the bits of a number. */
export const MOST_LISTS = 30;

/** Makes lists ready to be asked about many terms. Lists beyond MOST_LISTS are left out. */
export function openMatcher(given: readonly TermList[]): Matcher {
  const lists = given.slice(0, MOST_LISTS);
  const exact = new Map<string, number>();
  const words = new WordIndex();
  const patterns: { readonly pattern: string; readonly bit: number }[] = [];
  for (const [index, list] of lists.entries()) {
    const bit = 1 << index;
    for (const key of keysOf(list)) {
      if (list.mode === 'pattern' && isWild(key)) patterns.push({ pattern: key, bit });
      else exact.set(key, (exact.get(key) ?? 0) | bit);
      if (list.mode === 'word') words.add(key, bit);
    }
  }
  const table = new KeyTable(exact);
  const matchExact: Matcher['match'] = (prompt, from, to) => table.find(prompt, from, to);
  const match: Matcher['match'] = (prompt, from, to) => {
    const key = keyOf(prompt, from, to);
    let bits = table.get(key) | words.match(key);
    for (const { pattern, bit } of patterns) if ((bits & bit) === 0 && wildMatches(pattern, key)) bits |= bit;
    return bits;
  };
  return { lists, matchExact, match: words.isEmpty && patterns.length === 0 ? matchExact : match };
}

interface Words {
  readonly words: readonly string[];
  readonly bit: number;
}

/** Terms by their first word, so that a long sentence is asked about few. */
class WordIndex {
  readonly #byFirst = new Map<string, Words[]>();

  get isEmpty(): boolean {
    return this.#byFirst.size === 0;
  }

  add(key: string, bit: number): void {
    const words = wordsOf(key);
    const [first] = words;
    if (first === undefined) return;
    const same = this.#byFirst.get(first);
    if (same === undefined) this.#byFirst.set(first, [{ words, bit }]);
    else same.push({ words, bit });
  }

  match(key: string): number {
    if (this.isEmpty) return 0;
    const words = wordsOf(key);
    let bits = 0;
    for (const [at, word] of words.entries()) {
      for (const term of this.#byFirst.get(word) ?? [])
        if ((bits & term.bit) === 0 && term.words.every((one, index) => one === words[at + index]))
          bits |= term.bit;
    }
    return bits;
  }
}

function wordsOf(key: string): string[] {
  return key.match(/[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{M}]+)*/gu) ?? [];
}
