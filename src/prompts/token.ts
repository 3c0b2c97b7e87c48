import { doubled } from './number-stack.ts';

/**
 * What a piece of a prompt is. A bracket that has no partner is `loose` when it opens, and `text` when it closes; a
 * weight is that of a group, of a schedule, or of a part between ANDs.
 */
export const KIND = {
  /** Words with the blanks between them. */
  text: 0,
  blank: 1,
  /** The full stop of a sentence. */
  stop: 2,
  comma: 3,
  line: 4,
  open: 5,
  close: 6,
  /** As open and close, around choices: `[a|b]`, `{a|b}`, `[a:b:0.5]`. */
  choose: 7,
  chosen: 8,
  loose: 9,
  /** Between choices. */
  bar: 10,
  colon: 11,
  weight: 12,
  /** `2$$`, `0.5::`. */
  odds: 13,
  /** `<lora:name:1>` and its kin. */
  tag: 14,
  /** `__name__`. */
  wildcard: 15,
  /** `embedding:name`. */
  embedding: 16,
  /** BREAK. */
  pause: 17,
  /** AND. */
  and: 18,
} as const;

export type Kind = (typeof KIND)[keyof typeof KIND];

/**
 * Tokens in their order: the kind of each and where it starts. In blocks of memory that double when they are full and may
 * be used for one prompt after the other: prompts come by the hundred thousand, and some are a million brackets.
 */
export class Tokens {
  #kinds = new Uint8Array(64);
  #starts = new Uint32Array(64);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Of the tokens, and room behind them. */
  get kinds(): Uint8Array {
    return this.#kinds;
  }

  /** Of the tokens, and room behind them. */
  get starts(): Uint32Array {
    return this.#starts;
  }

  add(kind: Kind, start: number): void {
    const at = this.#count;
    if (at === this.#kinds.length) {
      this.#kinds = doubled(this.#kinds);
      this.#starts = doubled(this.#starts);
    }
    this.#kinds[at] = kind;
    this.#starts[at] = start;
    this.#count = at + 1;
  }

  change(index: number, kind: Kind): void {
    this.#kinds[index] = kind;
  }

  clear(): void {
    this.#count = 0;
  }
}

/** A prompt taken apart into tokens that follow each other without a gap. */
export class Prompt {
  readonly text: string;
  readonly count: number;
  readonly #kinds: Uint8Array;
  readonly #starts: Uint32Array;

  constructor(text: string, { count, kinds, starts }: Tokens) {
    this.text = text;
    this.count = count;
    this.#kinds = kinds;
    this.#starts = starts;
  }

  /** Of the token with this index; `blank` beyond the last. */
  kind(index: number): Kind {
    return index < this.count ? (this.#kinds[index] as Kind) : KIND.blank;
  }

  start(index: number): number {
    return index < this.count ? (this.#starts[index] ?? 0) : this.text.length;
  }

  end(index: number): number {
    return this.start(index + 1);
  }

  textOf(index: number): string {
    return this.text.slice(this.start(index), this.end(index));
  }
}

const SAID = 0b1_1100_0000_0000_0101;

/** True for tokens that say something: text, stop, tag, wildcard, embedding. */
export function isSaid(kind: Kind): boolean {
  return ((SAID >>> kind) & 1) === 1;
}

/** The prompt as it was read, made of its tokens. */
export function printPrompt(prompt: Prompt): string {
  let printed = '';
  for (let index = 0; index < prompt.count; index += 1) printed += prompt.textOf(index);
  return printed;
}
