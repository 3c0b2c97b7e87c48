import { parsePrompt } from './parse.ts';
import { keysIn } from './terms.ts';

/** How often a term occurs. */
export interface TermCount {
  /** The term's key. */
  readonly term: string;
  readonly count: number;
  /** In how many prompts. */
  readonly prompts: number;
}

/** Counts the terms of many prompts, one prompt after the other. */
export class TermCounter {
  readonly #counts = new Map<string, { count: number; prompts: number; last: number }>();
  readonly #keysOf: (text: string) => readonly string[];
  #prompts = 0;

  constructor(keysOf: (text: string) => readonly string[] = (text) => keysIn(parsePrompt(text))) {
    this.#keysOf = keysOf;
  }

  add(text: string): void {
    this.#prompts += 1;
    for (const key of this.#keysOf(text)) {
      const known = this.#counts.get(key);
      if (known === undefined) this.#counts.set(key, { count: 1, prompts: 1, last: this.#prompts });
      else {
        known.count += 1;
        if (known.last !== this.#prompts) known.prompts += 1;
        known.last = this.#prompts;
      }
    }
  }

  get prompts(): number {
    return this.#prompts;
  }

  /** In the order they were first met. */
  inOrder(): TermCount[] {
    return [...this.#counts].map(([term, { count, prompts }]) => ({ term, count, prompts }));
  }

  /** The most frequent first, equal ones by their letters. */
  byCount(): TermCount[] {
    return this.inOrder().sort((a, b) => b.count - a.count || (a.term < b.term ? -1 : 1));
  }
}
