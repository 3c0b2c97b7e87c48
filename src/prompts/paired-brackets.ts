import { kindOf, KIND, repacked } from './token.ts';
import type { Kind } from './token.ts';

/** The code of `]` for that of `[`. */
function partnerOf(code: number): number {
  return code === 40 ? 41 : code + 2;
}

/** What is known of an open bracket is one number: its code, whether it holds choices, how many colons came before. */
const CODE_MASK = 127;
const HAS_CHOICES = 128;
const COLONS = 256;

/**
 * Which brackets belong together while a prompt is read. One that closes ends the nearest one of its kind; what was
 * opened in between stays without a partner.
 */
export class PairedBrackets {
  readonly #tokens: number[];
  /** What is open, the innermost last: its token. */
  readonly #open: number[] = [];
  /** The same: what is known of it. */
  readonly #facts: number[] = [];
  /** Tokens that are the colons of schedules, if what they stand in turns out to be one. */
  readonly #colons: number[] = [];
  /** How many wait for `)`, `]` and `}`. */
  #round = 0;
  #square = 0;
  #curly = 0;
  /** Tokens that weigh a part, if there are parts. */
  readonly #partWeights: number[] = [];
  #hasParts = false;

  constructor(tokens: number[]) {
    this.#tokens = tokens;
  }

  open(index: number, code: number): void {
    this.#count(partnerOf(code), 1);
    this.#open.push(index);
    this.#facts.push(code + this.#colons.length * COLONS);
  }

  /** True when something is open that this one closes. */
  awaits(code: number): boolean {
    return (code === 41 ? this.#round : code === 93 ? this.#square : this.#curly) > 0;
  }

  /** The code of the innermost bracket that is open; 0 for none. */
  inner(): number {
    return (this.#facts.at(-1) ?? 0) & CODE_MASK;
  }

  close(index: number, code: number): void {
    while (this.#open.length > 0 && partnerOf(this.inner()) !== code) this.#loosen();
    this.#pair(index);
  }

  addColon(index: number): void {
    this.#colons.push(index);
  }

  /** A bar or odds were met: what is open holds choices. */
  addChoice(): void {
    const facts = this.#facts.at(-1);
    if (facts !== undefined && (facts & HAS_CHOICES) === 0)
      this.#facts[this.#facts.length - 1] = facts + HAS_CHOICES;
  }

  addPartWeight(index: number): void {
    this.#partWeights.push(index);
  }

  /** An AND was met: what may weigh a part does. */
  weighPart(): void {
    this.#hasParts = true;
  }

  /** What has found no partner becomes what it is. */
  finish(): void {
    while (this.#open.length > 0) this.#loosen();
    if (this.#hasParts) return;
    for (const index of this.#partWeights) this.#change(index, KIND.text);
  }

  #count(code: number, by: number): void {
    if (code === 41) this.#round += by;
    else if (code === 93) this.#square += by;
    else this.#curly += by;
  }

  #loosen(): void {
    this.#endColons();
    this.#change(this.#pop(), KIND.loose);
  }

  #pair(index: number): void {
    const isTimed = this.inner() === 91 && kindOf(this.#tokens[index - 1] ?? 0) === KIND.weight;
    const facts = this.#facts.at(-1) ?? 0;
    const isSchedule = isTimed && this.#colons.length - colonsBefore(facts) < 2;
    const isChoice = isSchedule || (facts & HAS_CHOICES) !== 0;
    if (isSchedule) this.#colons.length = colonsBefore(facts);
    else this.#endColons();
    const open = this.#pop();
    if (!isChoice) return;
    this.#change(open, KIND.choose);
    this.#change(index, KIND.chosen);
  }

  /** The innermost is open no more. Returns its token. */
  #pop(): number {
    this.#count(partnerOf(this.inner()), -1);
    this.#facts.pop();
    return this.#open.pop() ?? -1;
  }

  /** The colons of the innermost are those of no schedule, but words. */
  #endColons(): void {
    const before = colonsBefore(this.#facts.at(-1) ?? 0);
    while (this.#colons.length > before) this.#change(this.#colons.pop() ?? -1, KIND.text);
  }

  #change(index: number, kind: Kind): void {
    const token = this.#tokens[index];
    if (token !== undefined) this.#tokens[index] = repacked(token, kind);
  }
}

function colonsBefore(facts: number): number {
  return Math.floor(facts / COLONS);
}
