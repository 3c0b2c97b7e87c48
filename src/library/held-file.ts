import { createHash, hash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { Sha256 } from '../base/ids.ts';
import type { TempFile } from './temp-file.ts';

/**
 * Bytes that shall become a file and are held in memory until all of them are there: a small file is then hashed and
 * written in one go, and a body that breaks off leaves nothing. What is larger than the buffer goes to a temp file as it
 * comes. `buffer` is in use until `temp` has resolved and `bytes` are no longer needed.
 */
export class HeldFile {
  readonly #buffer: Uint8Array;
  readonly #open: () => Promise<TempFile>;
  #length = 0;
  #temp: TempFile | undefined;
  #hash: Hash | undefined;

  constructor(buffer: Uint8Array, open: () => Promise<TempFile>) {
    this.#buffer = buffer;
    this.#open = open;
  }

  /** Takes the next bytes. Throws LibraryError when they have to go to the disk and can't. */
  write(chunk: Uint8Array): Promise<void> | void {
    if (this.#temp !== undefined) return this.#pass(this.#temp, chunk);
    const end = this.#length + chunk.length;
    if (end > this.#buffer.length) return this.#spill(chunk);
    this.#buffer.set(chunk, this.#length);
    this.#length = end;
  }

  /** Forgets all that was written. */
  restart(): void {
    this.discard();
    this.#temp = undefined;
    this.#hash = undefined;
    this.#length = 0;
  }

  /** Of all that was written. Asked for once, at the end. */
  sha256(): Sha256 {
    const digest =
      this.#hash === undefined
        ? hash('sha256', this.#buffer.subarray(0, this.#length))
        : this.#hash.digest('hex');
    return digest as Sha256;
  }

  /** All bytes, as long as the buffer serves nobody else; `undefined` when they are on the disk. */
  get bytes(): Uint8Array | undefined {
    return this.#temp === undefined ? this.#buffer.subarray(0, this.#length) : undefined;
  }

  /** The temp file with all bytes in it. Throws LibraryError. */
  async temp(): Promise<TempFile> {
    if (this.#temp !== undefined) return this.#temp;
    const temp = await this.#open();
    this.#temp = temp;
    await temp.writeSoon(this.#buffer.subarray(0, this.#length));
    return temp;
  }

  /** Leaves nothing on the disk. */
  discard(): void {
    this.#temp?.discard();
  }

  #pass(temp: TempFile, chunk: Uint8Array): void {
    this.#hash?.update(chunk);
    temp.write(chunk);
  }

  async #spill(chunk: Uint8Array): Promise<void> {
    const held = this.#buffer.subarray(0, this.#length);
    const temp = await this.#open();
    this.#temp = temp;
    this.#hash = createHash('sha256');
    this.#pass(temp, held);
    this.#pass(temp, chunk);
  }
}
