import { NumberStack } from './number-stack.ts';
import { KIND } from './token.ts';
import type { Kind, Tokens } from './token.ts';

/** The code of `]` for that of `[`. */
function partnerOf(code: number): number {
  return code === 40 ? 41 : code + 2;
}

/** What is known of an open bracket is one number: its code, and whether it holds choices. */
const CODE_MASK = 127;
const HAS_CHOICES = 128;

/**
 * Which brackets belong together while a prompt is read. One that closes ends the nearest one of its kind; what was
 * opened in between stays without a partner.
 */
export class PairedBrackets {
  readonly #tokens: Tokens;
  /** What is open, the innermost last: its token. */
  readonly #open = new NumberStack();
  /** The same: what is known of it. */
  readonly #facts = new NumberStack();
  /** Tokens that are the colons of schedules, if what they stand in turns out to be one. */
  readonly #colons = new NumberStack();
  /** How many wait for `)`, `]` and `}`. */
  #round = 0;
  #square = 0;
  #curly = 0;
  /** Tokens that weigh a part, if there are parts. */
  readonly #partWeights = new NumberStack();
  #hasParts = false;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  open(index: number, code: number): void {
    this.#count(partnerOf(code), 1);
    this.#open.push(index);
    this.#facts.push(code);
  }

  /** True when something is open that this one closes. */
  awaits(code: number): boolean {
    return (code === 41 ? this.#round : code === 93 ? this.#square : this.#curly) > 0;
  }

  /** The code of the innermost bracket that is open; 0 for none. */
  inner(): number {
    return this.#facts.top & CODE_MASK;
  }

  close(index: number, code: number): void {
    while (this.#open.size > 0 && partnerOf(this.inner()) !== code) this.#loosen();
    this.#pair(index);
  }

  addColon(index: number): void {
    this.#colons.push(index);
  }

  /** A bar or odds were met: what is open holds choices. */
  addChoice(): void {
    this.#facts.top |= HAS_CHOICES;
  }

  addPartWeight(index: number): void {
    this.#partWeights.push(index);
  }

  /** An AND was met: what may weigh a part does. */
  weighPart(): void {
    this.#hasParts = true;
  }

  /** What has found no partner becomes what it is. Ready for the next prompt after that. */
  finish(): void {
    while (this.#open.size > 0) this.#loosen();
    for (let index = this.#partWeights.pop(); index !== undefined; index = this.#partWeights.pop())
      if (!this.#hasParts) this.#tokens.change(index, KIND.text);
    this.#hasParts = false;
  }

  #count(code: number, by: number): void {
    if (code === 41) this.#round += by;
    else if (code === 93) this.#square += by;
    else this.#curly += by;
  }

  #loosen(): void {
    this.#endColons(KIND.text);
    this.#tokens.change(this.#pop(), KIND.loose);
  }

  #pair(index: number): void {
    const isTimed = this.inner() === 91 && this.#tokens.kinds[index - 1] === KIND.weight;
    const isSchedule = isTimed && !this.#hasTwoColons();
    const isChoice = isSchedule || (this.#facts.top & HAS_CHOICES) !== 0;
    this.#endColons(isSchedule ? KIND.colon : KIND.text);
    const open = this.#pop();
    if (!isChoice) return;
    this.#tokens.change(open, KIND.choose);
    this.#tokens.change(index, KIND.chosen);
  }

  /** The innermost is open no more. Returns its token. */
  #pop(): number {
    this.#count(partnerOf(this.inner()), -1);
    this.#facts.pop();
    return this.#open.pop() ?? 0;
  }

  /** Those of the innermost are those that came after it: what closed in between has taken its own along. */
  #hasTwoColons(): boolean {
    return this.#colons.second > this.#open.top;
  }

  /** The colons of the innermost are what they are: those of a schedule, or words. */
  #endColons(kind: Kind): void {
    while (this.#colons.top > this.#open.top) this.#tokens.change(this.#colons.pop() ?? 0, kind);
  }
}
