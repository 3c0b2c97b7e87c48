/** A small safetensors file that no world knows; another `word` gives other bytes. */
export function unknownModel(word = 'mine'): Buffer {
  return safetensors(
    JSON.stringify({
      __metadata__: { ss_output_name: word },
      weight: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
    }),
    Buffer.from(word.padEnd(8).slice(0, 8)),
  );
}

/** A file that begins like safetensors: the length of the header (or a lie about it), the header, the rest. */
export function safetensors(
  header: string | Buffer,
  rest: Buffer = Buffer.alloc(0),
  length?: bigint,
): Buffer {
  const bytes = Buffer.from(header as string);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(length ?? BigInt(bytes.length));
  return Buffer.concat([size, bytes, rest]);
}
