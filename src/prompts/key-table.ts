import { keyOf } from './key.ts';
import { KIND } from './token.ts';
import type { Prompt } from './token.ts';

const BLANK = 32;
const ESCAPE = 92;
const STOP = 46;
const FIGURE_9 = 57;

/** What a character counts as within a key; 0 for one that needs a closer look. */
const FOLDED = foldedTable();

function foldedTable(): Uint8Array {
  const table = new Uint8Array(128);
  const plain = 'abcdefghijklmnopqrstuvwxyz0123456789 \'!?&+*=/~-$%@#;"^`';
  for (const character of plain) table[character.charCodeAt(0)] = character.charCodeAt(0);
  for (let code = 65; code <= 90; code += 1) table[code] = code + 32;
  for (const blank of '_()[]{}') table[blank.charCodeAt(0)] = BLANK;
  return table;
}

/**
 * Keys and the lists that hold them, as bits. Terms of plain letters are looked up where they stand in the prompt, without
 * a string being made of them: most terms are in no list, and there are many.
 */
export class KeyTable {
  readonly #bits: ReadonlyMap<string, number>;
  readonly #keys: readonly string[];
  readonly #bitsOf: readonly number[];
  /** A byte of the hash of a key at the place the hash names, or at the next free one; 0 for none. Small, to stay in caches. */
  readonly #tags: Uint8Array;
  /** The key's number in the same place. */
  readonly #numbers: Int32Array;
  readonly #mask: number;
  /** A bit for each first, second and last letter that keys have: most terms are told apart by that. */
  readonly #ends = new Uint8Array(4096);

  constructor(bits: ReadonlyMap<string, number>) {
    this.#bits = bits;
    this.#keys = [...bits.keys()];
    this.#bitsOf = [...bits.values()];
    const size = 2 ** Math.ceil(Math.log2(this.#keys.length * 8 + 16));
    this.#mask = size - 1;
    this.#tags = new Uint8Array(size);
    this.#numbers = new Int32Array(size);
    for (const [index, key] of this.#keys.entries()) this.#enter(key, index);
  }

  /** The lists that hold this key. */
  get(key: string): number {
    return this.#bits.get(key) ?? 0;
  }

  /** The lists that hold the key of these tokens. */
  find(prompt: Prompt, from: number, to: number): number {
    const end = endOfWords(prompt, from, to);
    if (end >= 0) {
      const { text } = prompt;
      const start = prompt.start(from);
      if (!this.#mayHold(text, start, end)) return 0;
      const hash = hashOf(text, start, end);
      if (hash !== undefined) return this.#look(text, start, end, hash);
    }
    return this.get(keyOf(prompt, from, to));
  }

  /** Whether a key has these first two letters and this last one; true where they don't tell. */
  #mayHold(text: string, start: number, end: number): boolean {
    const first = foldedAt(text, start);
    const second = foldedAt(text, Math.min(start + 1, end - 1));
    const last = foldedAt(text, end - 1);
    // A figure may be that of a weight, which is no part of a key.
    const isPlain = first > BLANK && second > 0 && last > FIGURE_9;
    if (!isPlain) return true;
    const ends = endsOf(first, second, last);
    return (((this.#ends[ends >>> 3] ?? 0) >>> (ends & 7)) & 1) === 1;
  }

  #enter(key: string, number: number): void {
    const ends = endsOf(
      foldedAt(key, 0),
      foldedAt(key, Math.min(1, key.length - 1)),
      foldedAt(key, key.length - 1),
    );
    this.#ends[ends >>> 3] = (this.#ends[ends >>> 3] ?? 0) | (1 << (ends & 7));
    const hash = hashOf(key, 0, key.length);
    if (hash === undefined) return;
    let slot = hash & this.#mask;
    while (this.#tags[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#tags[slot] = tagOf(hash);
    this.#numbers[slot] = number;
  }

  #look(text: string, start: number, end: number, hash: number): number {
    const wanted = tagOf(hash);
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const tag = this.#tags[slot];
      if (tag === 0) return 0;
      if (tag !== wanted) continue;
      const number = this.#numbers[slot] ?? 0;
      if (isKeyOf(this.#keys[number] ?? '', text, start, end)) return this.#bitsOf[number] ?? 0;
    }
  }
}

function tagOf(hash: number): number {
  return hash >>> 24 || 1;
}

/** The first two letters and the last as a number below 2^15. */
function endsOf(first: number, second: number, last: number): number {
  return ((first & 31) << 10) | ((second & 31) << 5) | (last & 31);
}

function foldedAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? (FOLDED[code] ?? 0) : 0;
}

/** Where the words of these tokens end, without the full stop behind them; -1 when there is more to them than words. */
function endOfWords(prompt: Prompt, from: number, to: number): number {
  const last = prompt.kind(to - 1) === KIND.stop ? to - 1 : to;
  for (let at = from; at < last; at += 1) {
    const kind = prompt.kind(at);
    if (kind !== KIND.text && kind !== KIND.blank) return -1;
  }
  const end = prompt.end(last - 1);
  if (end <= prompt.start(from)) return -1;
  return last === to && prompt.text.charCodeAt(end - 1) === STOP ? end - 1 : end;
}

/** The same for all ways to write one key; `undefined` where that takes more than looking at letters. */
function hashOf(text: string, start: number, end: number): number | undefined {
  let hash = 17;
  let before = BLANK;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    let folded = code < 128 ? (FOLDED[code] ?? 0) : 0;
    if (folded === 0) {
      // An escaped bracket is a blank like any other.
      const next = at + 1 < end ? text.charCodeAt(at + 1) : BLANK;
      if (code !== ESCAPE || next === BLANK || FOLDED[next] !== BLANK) return undefined;
      folded = BLANK;
      at += 1;
    }
    if (folded === BLANK && before === BLANK) continue;
    hash = Math.imul(hash ^ folded, 0x01000193);
    before = folded;
  }
  // A blank at an end is no part of the key, but was counted.
  return before === BLANK ? undefined : hash ^ (hash >>> 15);
}

/** True when these letters, folded as for the hash, are the key. */
function isKeyOf(key: string, text: string, start: number, end: number): boolean {
  let before = BLANK;
  let here = 0;
  for (let at = start; at < end; at += 1) {
    const folded = foldedAt(text, at);
    // What has no fold here is the mark of an escape.
    if (folded === 0 || (folded === BLANK && before === BLANK)) continue;
    if (folded !== key.charCodeAt(here)) return false;
    before = folded;
    here += 1;
  }
  return here === key.length;
}
