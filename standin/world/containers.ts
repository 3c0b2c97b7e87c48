import { crc32 } from 'node:zlib';

/** A ZIP file of stored entries, dated 1980 so that equal input gives equal bytes. */
export function writeZip(entries: readonly { readonly name: string; readonly bytes: Buffer }[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const label = Buffer.from(name);
    const facts = entryFacts(bytes, label.length);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, label, bytes]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), facts, place, label]));
    parts.push(local);
    offset += local.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, index, end]);
}

/** The 26 bytes that local header and directory share: version, flags, method, date, checksum, sizes, name length. */
function entryFacts(bytes: Buffer, nameLength: number): Buffer {
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE(0x0021, 8);
  facts.writeUInt32LE(crc32(bytes), 10);
  facts.writeUInt32LE(bytes.length, 14);
  facts.writeUInt32LE(bytes.length, 18);
  facts.writeUInt16LE(nameLength, 22);
  return facts;
}

/**
 * A pickle that would run a command if anyone loaded it: `os.system("…")`. Nobody may. Padded with `data` as bytes that
 * are never reached.
 */
export function trapPickle(data: Buffer): Buffer {
  const code = `cos\nsystem\n(S'echo "a pickle was loaded" >&2; exit 1'\ntR.`;
  return Buffer.concat([Buffer.from([0x80, 0x02]), Buffer.from(code), data]);
}

/** What torch.save writes: a zip with a pickle and the storages beside it. */
export function writeTorchZip(data: Buffer): Buffer {
  return writeZip([
    { name: 'archive/data.pkl', bytes: trapPickle(Buffer.alloc(0)) },
    { name: 'archive/version', bytes: Buffer.from('3\n') },
    { name: 'archive/data/0', bytes: data },
  ]);
}

/** A GGUF file, version 3: two texts of metadata, one tensor. */
export function writeGguf(name: string, architecture: string, data: Buffer): Buffer {
  const text = (value: string): Buffer => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(bytes.length));
    return Buffer.concat([length, bytes]);
  };
  const pair = (key: string, value: string): Buffer => Buffer.concat([text(key), u32(8), text(value)]);
  const elements = Math.floor(data.length / 4);
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    u32(3),
    u64(1),
    u64(2),
    pair('general.architecture', architecture),
    pair('general.name', name),
    text('token_embd.weight'),
    u32(1),
    u64(elements),
    u32(0),
    u64(0),
  ]);
  const padding = Buffer.alloc((32 - (head.length % 32)) % 32);
  return Buffer.concat([head, padding, data.subarray(0, elements * 4)]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
