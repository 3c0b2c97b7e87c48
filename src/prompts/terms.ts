import { keyOf } from './key.ts';
import { KIND } from './token.ts';
import type { Prompt } from './token.ts';

/** What is told of terms as they are found. */
export interface TermTaker {
  /** A term: the tokens from `from` to before `to`. */
  take(from: number, to: number): void;
  /** Asked of what may also be read as several terms; they are told one by one where it says no. */
  isWhole(from: number, to: number): boolean;
}

/**
 * Finds the terms of a prompt in their order. A group counts as part of the words it touches: `a (red:1.2) hat` is one
 * term. Sentences, and groups that follow each other without a comma, may be one term or several.
 */
export function findTerms(prompt: Prompt, taker: TermTaker): void {
  const run = new Run(taker);
  const { count } = prompt;
  for (let at = 0; at < count; at += 1) {
    const kind = prompt.kind(at);
    if (kind === KIND.text || kind === KIND.wildcard || kind === KIND.embedding) run.say(at);
    else if (kind === KIND.stop) run.stop(at);
    else if (kind === KIND.open) run.open();
    else if (kind === KIND.close) run.close();
    else if (kind !== KIND.blank && kind !== KIND.weight) run.end();
  }
  run.end();
}

/** The keys of all terms of a prompt, in their order. */
export function keysIn(prompt: Prompt): string[] {
  const keys: string[] = [];
  findTerms(prompt, {
    isWhole: () => false,
    take(from, to) {
      const key = keyOf(prompt, from, to);
      if (key !== '') keys.push(key);
    },
  });
  return keys;
}

/** What was read since the last term ended. */
class Run {
  readonly #taker: TermTaker;
  #from = -1;
  #to = 0;
  /** Where its other parts begin, where it may be read as several. */
  #parts: number[] | undefined;
  #isClosed = false;
  #isParted = false;

  constructor(taker: TermTaker) {
    this.#taker = taker;
  }

  say(at: number): void {
    if (this.#from < 0) this.#from = at;
    else if (this.#isParted) (this.#parts ??= []).push(at);
    this.#to = at + 1;
    this.#isParted = false;
    this.#isClosed = false;
  }

  stop(at: number): void {
    if (this.#from < 0) return;
    this.#to = at + 1;
    this.#isParted = true;
  }

  open(): void {
    if (this.#isClosed) this.#isParted = true;
  }

  close(): void {
    this.#isClosed = this.#from >= 0;
  }

  end(): void {
    if (this.#from < 0) return;
    const [from, to, parts] = [this.#from, this.#to, this.#parts];
    this.#from = -1;
    this.#isClosed = false;
    this.#isParted = false;
    this.#parts = undefined;
    if (parts === undefined || this.#taker.isWhole(from, to)) return this.#taker.take(from, to);
    for (const [index, end] of [...parts, to].entries()) this.#taker.take(parts[index - 1] ?? from, end);
  }
}
