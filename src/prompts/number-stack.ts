/**
 * Whole numbers, the last one in is the first one out. In one block of memory that doubles when it is full, so that a
 * prompt of a million brackets costs no more a bracket than a short one.
 */
export class NumberStack {
  #room = new Uint32Array(16);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(value: number): void {
    if (this.#size === this.#room.length) this.#room = doubled(this.#room);
    this.#room[this.#size] = value;
    this.#size += 1;
  }

  /** Takes the last one away; `undefined` where there is none. */
  pop(): number | undefined {
    if (this.#size === 0) return undefined;
    this.#size -= 1;
    return this.#room[this.#size];
  }

  /** The last one; 0 where there is none. */
  get top(): number {
    return this.#size === 0 ? 0 : (this.#room[this.#size - 1] ?? 0);
  }

  /** Puts another number in the place of the last one. */
  set top(value: number) {
    if (this.#size > 0) this.#room[this.#size - 1] = value;
  }

  /** The one before the last one; 0 where there is none. */
  get second(): number {
    return this.#size < 2 ? 0 : (this.#room[this.#size - 2] ?? 0);
  }
}

/** The same numbers with as much room again behind them. */
export function doubled<T extends Uint8Array | Uint32Array>(room: T): T {
  const wider = new (room.constructor as new (length: number) => T)(room.length * 2);
  wider.set(room);
  return wider;
}
