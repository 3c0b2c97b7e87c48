import { kindOf, KIND, repacked } from './token.ts';
import type { Kind } from './token.ts';

interface Open {
  /** Of its token. */
  readonly index: number;
  readonly code: number;
  /** Tokens that are the colons of a schedule, if it turns out to be one. */
  colons: number[] | undefined;
  /** True when a bar or odds stand in it. */
  isChoice: boolean;
}

/** The code of `]` for that of `[`. */
function partnerOf(code: number): number {
  return code === 40 ? 41 : code + 2;
}

/**
 * Which brackets belong together while a prompt is read. One that closes ends the nearest one of its kind; what was
 * opened in between stays without a partner.
 */
export class PairedBrackets {
  readonly #tokens: number[];
  readonly #open: Open[] = [];
  /** How many wait for `)`, `]` and `}`. */
  #round = 0;
  #square = 0;
  #curly = 0;
  readonly #loose: Open[] = [];
  /** Tokens that weigh a part, if there are parts. */
  readonly #partWeights: number[] = [];
  #hasParts = false;

  constructor(tokens: number[]) {
    this.#tokens = tokens;
  }

  open(index: number, code: number): void {
    this.#count(partnerOf(code), 1);
    this.#open.push({ index, code, colons: undefined, isChoice: false });
  }

  /** True when something is open that this one closes. */
  awaits(code: number): boolean {
    return (code === 41 ? this.#round : code === 93 ? this.#square : this.#curly) > 0;
  }

  /** The code of the innermost bracket that is open; 0 for none. */
  inner(): number {
    return this.#open.at(-1)?.code ?? 0;
  }

  close(index: number, code: number): void {
    for (let open = this.#open.pop(); open !== undefined; open = this.#open.pop()) {
      const end = partnerOf(open.code);
      this.#count(end, -1);
      if (end === code) return this.#pair(open, index);
      this.#loose.push(open);
    }
  }

  addColon(index: number): void {
    const open = this.#open.at(-1);
    if (open !== undefined) (open.colons ??= []).push(index);
  }

  /** A bar or odds were met: what is open holds choices. */
  addChoice(): void {
    const open = this.#open.at(-1);
    if (open !== undefined) open.isChoice = true;
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
    for (const list of [this.#open, this.#loose]) {
      for (const open of list) {
        this.#change(open.index, KIND.loose);
        this.#endColons(open);
      }
    }
    if (this.#hasParts) return;
    for (const index of this.#partWeights) this.#change(index, KIND.text);
  }

  #count(code: number, by: number): void {
    if (code === 41) this.#round += by;
    else if (code === 93) this.#square += by;
    else this.#curly += by;
  }

  #pair(open: Open, index: number): void {
    const isTimed = open.code === 91 && kindOf(this.#tokens[index - 1] ?? 0) === KIND.weight;
    const isSchedule = isTimed && (open.colons?.length ?? 0) < 2;
    if (!isSchedule) this.#endColons(open);
    if (!open.isChoice && !isSchedule) return;
    this.#change(open.index, KIND.choose);
    this.#change(index, KIND.chosen);
  }

  /** They are colons of no schedule, but words. */
  #endColons({ colons }: Open): void {
    if (colons !== undefined) for (const colon of colons) this.#change(colon, KIND.text);
  }

  #change(index: number, kind: Kind): void {
    const token = this.#tokens[index];
    if (token !== undefined) this.#tokens[index] = repacked(token, kind);
  }
}
