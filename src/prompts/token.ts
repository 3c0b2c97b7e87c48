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

/** Kind and place share one number: prompts come by the hundred thousand, and objects would cost more than the reading. */
const ROOM = 32;
/** Below this a shift divides. */
const SMALL = 2 ** 31;

/** A prompt taken apart into tokens that follow each other without a gap. */
export class Prompt {
  readonly text: string;
  readonly #tokens: readonly number[];

  constructor(text: string, tokens: readonly number[]) {
    this.text = text;
    this.#tokens = tokens;
  }

  get count(): number {
    return this.#tokens.length;
  }

  /** Of the token with this index; `blank` beyond the last. */
  kind(index: number): Kind {
    return kindOf(this.#tokens[index] ?? KIND.blank);
  }

  start(index: number): number {
    const token = this.#tokens[index];
    if (token === undefined) return this.text.length;
    return token < SMALL ? token >>> 5 : Math.floor(token / ROOM);
  }

  end(index: number): number {
    return this.start(index + 1);
  }

  textOf(index: number): string {
    return this.text.slice(this.start(index), this.end(index));
  }
}

/** A token as a number. */
export function packed(kind: Kind, start: number): number {
  return start * ROOM + kind;
}

/** The kind of a token that is a number. */
export function kindOf(token: number): Kind {
  return (token & (ROOM - 1)) as Kind;
}

/** The same token as another kind. */
export function repacked(token: number, kind: Kind): number {
  return token - kindOf(token) + kind;
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
