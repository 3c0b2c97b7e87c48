/** A tensor to be written: its type, its shape. */
export interface TensorPlan {
  readonly name: string;
  readonly dtype: 'F32' | 'F16' | 'BF16' | 'I64';
  readonly shape: readonly number[];
}

const WIDTHS = { F32: 4, F16: 2, BF16: 2, I64: 8 } as const;

/** Bytes of the data of these tensors, back to back. */
export function dataLength(tensors: readonly TensorPlan[]): number {
  return tensors.reduce((sum, tensor) => sum + sizeOf(tensor), 0);
}

function sizeOf(tensor: TensorPlan): number {
  return tensor.shape.reduce((product, side) => product * side, WIDTHS[tensor.dtype]);
}

/**
 * A safetensors file: 8 bytes little-endian length, a JSON header padded with blanks to a multiple of 8, then the
 * tensors' data back to back.
 */
export function writeSafetensors(
  metadata: Readonly<Record<string, string>> | undefined,
  tensors: readonly TensorPlan[],
  data: Buffer,
): Buffer {
  const header: Record<string, unknown> = metadata === undefined ? {} : { __metadata__: metadata };
  let offset = 0;
  for (const tensor of tensors) {
    const end = offset + sizeOf(tensor);
    header[tensor.name] = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const file = Buffer.alloc(8 + padded + data.length, 0x20);
  file.writeBigUInt64LE(BigInt(padded), 0);
  text.copy(file, 8);
  data.copy(file, 8 + padded);
  return file;
}

/** Where the tensor data begin; `undefined` when the bytes are no safetensors file. */
export function dataStart(file: Buffer): number | undefined {
  if (file.length < 10 || file[8] !== 0x7b) return undefined;
  const length = file.readBigUInt64LE(0);
  return length <= BigInt(file.length - 8) ? 8 + Number(length) : undefined;
}
