import { CUT_WARNING, modelHeader, textMap, type ByteSource, type ModelHeader } from './model-file-header.ts';

/** `GGUF` */
export const GGUF_MAGIC: readonly number[] = [0x47, 0x47, 0x55, 0x46];

/** How much of the file is looked at, step by step: tokenizer lists can take some MiB. */
const STEPS: readonly number[] = [256 * 1024, 4 * 1024 * 1024, 32 * 1024 * 1024];
const MAX_PAIRS = 10_000;
const MAX_TENSORS = 200_000;
/** A list longer than this is told by its length alone. */
const MAX_LIST = 64;

/** Reads keys, values and tensor shapes of a GGUF file (versions 2 and 3, little-endian), in bounds; damage becomes a warning. */
export async function readGguf(source: ByteSource): Promise<ModelHeader> {
  for (const step of STEPS) {
    const bytes = await source.read(0, Math.min(step, source.size));
    try {
      return parseGguf(bytes);
    } catch (error) {
      if (!(error instanceof EndOfBytes)) throw error;
      if (bytes.length < step) return modelHeader('gguf', { warning: 'The file ends within its header.' });
    }
  }
  return modelHeader('gguf', { warning: 'The header is too long to be read.' });
}

/** The bytes ran out before the header did. */
class EndOfBytes extends Error {}

/** Thrown inside for what no GGUF file says. */
class Malformed extends Error {}

function parseGguf(bytes: Uint8Array): ModelHeader {
  try {
    return parseAll(new Reader(bytes));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return modelHeader('gguf', { warning: error.message });
  }
}

function parseAll(reader: Reader): ModelHeader {
  if (!GGUF_MAGIC.every((byte) => reader.u8() === byte)) throw new Malformed('The file is no GGUF file.');
  const version = reader.u32();
  if (version < 2 || version > 3) throw new Malformed(`GGUF version ${version} is not known.`);
  const tensors = reader.count(MAX_TENSORS, 'tensors');
  const pairs = reader.count(MAX_PAIRS, 'entries');
  const entries: [string, unknown][] = [];
  for (let index = 0; index < pairs; index++) entries.push([reader.text(), reader.value(reader.u32(), 0)]);
  let parameters = 0;
  for (let index = 0; index < tensors; index++) parameters += reader.tensorSize();
  const { texts, cut } = textMap(entries);
  return modelHeader('gguf', {
    warning: cut ? CUT_WARNING : undefined,
    metadata: texts,
    tensors,
    parameters: Number.isSafeInteger(parameters) ? parameters : undefined,
  });
}

const TEXT = 8;
const LIST = 9;

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  count(max: number, what: string): number {
    const count = this.u64();
    if (count > BigInt(max)) throw new Malformed(`The header claims ${count} ${what}.`);
    return Number(count);
  }

  text(): string {
    const length = this.u64();
    if (length > BigInt(this.#bytes.length)) throw new EndOfBytes();
    const at = this.#take(Number(length));
    return new TextDecoder().decode(this.#bytes.subarray(at, this.#at));
  }

  value(type: number, depth: number): unknown {
    const scalar = SCALARS.get(type);
    if (scalar !== undefined) return scalar.read(this.#view, this.#take(scalar.size));
    if (type === TEXT) return this.text();
    if (type === LIST && depth < 4) return this.#list(depth);
    throw new Malformed(`The header holds a value of the unknown type ${type}.`);
  }

  #list(depth: number): unknown {
    const type = this.u32();
    const length = this.u64();
    // Each item takes a byte or more, so a longer list can't be whole.
    if (length > BigInt(this.#bytes.length)) throw new EndOfBytes();
    const count = Number(length);
    const scalar = SCALARS.get(type);
    if (scalar !== undefined && count > MAX_LIST) {
      this.#take(count * scalar.size);
      return `[${count} values]`;
    }
    const list: unknown[] = [];
    for (let index = 0; index < count; index++) {
      const item = this.value(type, depth + 1);
      if (list.length < MAX_LIST) list.push(item);
    }
    return count > MAX_LIST ? `[${count} values]` : list;
  }

  /** Reads the description of one tensor and tells how many numbers it holds. */
  tensorSize(): number {
    this.text();
    const dimensions = this.u32();
    if (dimensions > 16) throw new Malformed(`The header describes a tensor of ${dimensions} dimensions.`);
    let size = 1;
    for (let index = 0; index < dimensions; index++) size *= Number(this.u64());
    this.u32();
    this.u64();
    return size;
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) throw new EndOfBytes();
    this.#at = at + length;
    return at;
  }
}

interface Scalar {
  readonly size: number;
  readonly read: (view: DataView, at: number) => unknown;
}

const SCALARS: ReadonlyMap<number, Scalar> = new Map<number, Scalar>([
  [0, { size: 1, read: (view, at) => view.getUint8(at) }],
  [1, { size: 1, read: (view, at) => view.getInt8(at) }],
  [2, { size: 2, read: (view, at) => view.getUint16(at, true) }],
  [3, { size: 2, read: (view, at) => view.getInt16(at, true) }],
  [4, { size: 4, read: (view, at) => view.getUint32(at, true) }],
  [5, { size: 4, read: (view, at) => view.getInt32(at, true) }],
  [6, { size: 4, read: (view, at) => view.getFloat32(at, true) }],
  [7, { size: 1, read: (view, at) => view.getUint8(at) !== 0 }],
  [10, { size: 8, read: (view, at) => view.getBigUint64(at, true).toString() }],
  [11, { size: 8, read: (view, at) => view.getBigInt64(at, true).toString() }],
  [12, { size: 8, read: (view, at) => view.getFloat64(at, true) }],
]);
