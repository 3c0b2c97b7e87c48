import { keyOf } from './key.ts';
import { KIND } from './token.ts';
import type { Prompt } from './token.ts';

/** What a character counts as within a key; 0 for one that needs a closer look. */
const FOLDED = foldedTable();

function foldedTable(): Uint8Array {
  const table = new Uint8Array(128);
  const plain = 'abcdefghijklmnopqrstuvwxyz0123456789 \'!?&+*=/~-$%@#;"^`';
  for (const character of plain) table[character.charCodeAt(0)] = character.charCodeAt(0);
  for (let code = 65; code <= 90; code += 1) table[code] = code + 32;
  table[95] = 32;
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
    if (to === from + 1 && prompt.kind(from) === KIND.text) {
      const start = prompt.start(from);
      const end = prompt.end(from);
      const hash = hashOf(prompt.text, start, end);
      if (hash !== undefined) return this.#look(prompt.text, start, end, hash);
    }
    return this.get(keyOf(prompt, from, to));
  }

  #enter(key: string, number: number): void {
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

/** The same for all ways to write one key; `undefined` where that takes more than looking at letters. */
function hashOf(text: string, start: number, end: number): number | undefined {
  let hash = 17;
  let before = 32;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    const folded = code < 128 ? (FOLDED[code] ?? 0) : 0;
    if (folded === 0) return undefined;
    if (folded === 32 && before === 32) continue;
    hash = Math.imul(hash ^ folded, 0x01000193);
    before = folded;
  }
  // `_` at an end is no part of the key, but was counted.
  return before === 32 ? undefined : hash ^ (hash >>> 15);
}

/** True when these letters, folded as for the hash, are the key. */
function isKeyOf(key: string, text: string, start: number, end: number): boolean {
  let before = 32;
  let here = 0;
  for (let at = start; at < end; at += 1) {
    const folded = FOLDED[text.charCodeAt(at)] ?? 0;
    if (folded === 32 && before === 32) continue;
    if (folded !== key.charCodeAt(here)) return false;
    before = folded;
    here += 1;
  }
  return here === key.length;
}
