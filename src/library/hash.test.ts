import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openHasher, type Hasher, type HashKind } from './hash.ts';
import { HEAD_MAX, readHashes } from './read-hashes.ts';
import { withoutPower } from './testing/without-power.ts';

const ALL: HashKind[] = ['AutoV3', 'CRC32', 'BLAKE3'];
const INTERRUPTED = { reason: { code: 'interrupted' } };
let base = '';
let hasher: Hasher | undefined;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'civitarium-hash-'));
  chmodSync(base, 0o755);
});
afterEach(async () => {
  await hasher?.close();
});
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});

function open(threads = 2, kinds = ALL): Hasher {
  hasher = openHasher({ threads, kinds });
  return hasher;
}

function put(name: string, bytes: Uint8Array | string): string {
  const path = join(base, name);
  writeFileSync(path, bytes);
  return path;
}

function sha(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function safetensors(header: string, data: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), data]);
}

/** Reads on this thread, with hooks between the chunks. */
function readHere(path: string, onBytes: () => void, stopped: () => boolean = () => false) {
  const buffer = Buffer.alloc(256 * 1024);
  return readHashes(path, { kinds: new Set<HashKind>(), tools: {}, buffer, onBytes, stopped });
}

describe('openHasher', () => {
  it('makes every hash as the site does, in one reading', async () => {
    const path = put('hello.bin', 'hello world');

    const found = await open().hash(path);

    expect(found).toMatchObject({
      size: 11,
      sha256: 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9',
      autoV2: 'b94d27b993',
      crc32: '85114a0d',
      blake3: 'd74981efa70a0c880b8d8c1985d075dbcbf679b99a5f9914e5aaf96b831a9e24',
      autoV3: sha('rld'),
    });
    expect(found.autoV1).toBeUndefined();
    expect(Buffer.from(found.head).toString()).toBe('hello world');
    const stats = statSync(path, { bigint: true });
    expect([found.device, found.inode, found.mtimeNs, found.ctimeNs]).toEqual(
      [stats.dev, stats.ino, stats.mtimeNs, stats.ctimeNs].map(String),
    );
  });

  it('agrees with hashes of the whole made elsewhere, across chunk borders', async () => {
    const bytes = randomBytes(3 * 1024 * 1024 + 12_345);
    const found = await open().hash(put('random.pt', bytes));

    const crc = Buffer.alloc(4);
    crc.writeUInt32LE(crc32(bytes));
    expect(found.sha256).toBe(sha(bytes));
    expect(found.autoV1).toBe(sha(bytes.subarray(0x100000, 0x110000)).slice(0, 8));
    expect(found.crc32).toBe(crc.toString('hex'));
  });

  it('makes AutoV1 from 2 MiB on and not below', async () => {
    const bytes = Buffer.alloc(0x200000, 7);
    const files = open();
    expect((await files.hash(put('two.pt', bytes))).autoV1).toBe(sha(Buffer.alloc(65_536, 7)).slice(0, 8));
    expect((await files.hash(put('less.pt', bytes.subarray(1)))).autoV1).toBeUndefined();
  });

  it('makes AutoV3 of the tensor data behind the header, of what follows 8 bytes elsewhere, and none of nothing', async () => {
    const data = randomBytes(700_000);
    const header = `{"__metadata__":{"note":"${'n'.repeat(400_000)}"}}`;
    const files = open();

    const model = await files.hash(put('a.safetensors', safetensors(header, data)));
    expect(model.autoV3).toBe(sha(data));
    const other = await files.hash(put('b.ckpt', data));
    expect(other.autoV3).toBe(sha(data.subarray(8)));
    expect(
      (await files.hash(put('c.safetensors', safetensors('{}', new Uint8Array(0))))).autoV3,
    ).toBeUndefined();
    expect((await files.hash(put('d.safetensors', ''))).autoV3).toBeUndefined();
    expect((await files.hash(put('e.safetensors', '1234567'))).autoV3).toBeUndefined();
    const huge = Buffer.concat([Buffer.from('ffffffffffffff7f', 'hex'), Buffer.from('{"a":1}')]);
    expect((await files.hash(put('f.safetensors', huge))).autoV3).toBe(sha('{"a":1}'));
  });

  it('leaves out what was not asked for', async () => {
    const found = await open(1, []).hash(put('plain.pt', 'x'.repeat(20)));
    expect(Object.keys(found)).toEqual([
      'sha256',
      'autoV2',
      'head',
      'size',
      'mtimeNs',
      'ctimeNs',
      'inode',
      'device',
    ]);
  });

  it('sends a safetensors header whole along with the hashes, unless it is very long', async () => {
    const short = safetensors(`{"a":"${'x'.repeat(100_000)}"}`, Buffer.alloc(9));
    const long = safetensors(`{"a":"${'x'.repeat(HEAD_MAX)}"}`, Buffer.alloc(9));
    const files = open(1, []);
    expect((await files.hash(put('short.safetensors', short))).head).toHaveLength(short.length - 9);
    expect((await files.hash(put('long.safetensors', long))).head).toHaveLength(4096);
  });

  it('hashes many small files, each its own', async () => {
    const texts = Array.from({ length: 300 }, (_, index) => `file ${index}`);
    const all = texts.map((text, index) => put(`many-${index}.pt`, text));
    const files = open();
    const signal = new AbortController().signal;
    const found = await Promise.all(all.map((path) => files.hash(path, { size: 10, signal })));
    expect(found.map((one) => one.sha256)).toEqual(texts.map(sha));
  });

  it('fails one file without failing those beside it', async () => {
    const good = put('good.pt', 'good');
    execFileSync('mkfifo', [join(base, 'pipe.pt')]);
    const files = open(1);
    const all = [join(base, 'nowhere.pt'), good, base, join(base, 'pipe.pt')];
    const found = await Promise.allSettled(all.map((path) => files.hash(path, { size: 1 })));
    expect(found).toMatchObject([
      { reason: { name: 'LibraryError', code: 'file-vanished' } },
      { value: { sha256: sha('good') } },
      { reason: { code: 'not-a-file' } },
      { reason: { code: 'not-a-file' } },
    ]);
  });

  it.skipIf(process.platform !== 'linux')('reaches a file whose name is not UTF-8', async () => {
    const path = Buffer.concat([Buffer.from(`${base}/`), Buffer.from([0xff, 0x2e])]);
    writeFileSync(path, 'raw');
    expect((await open().hash(path)).sha256).toBe(sha('raw'));
  });

  it('stops at the signal, whether the file waits or is being read, and goes on with others', async () => {
    const big = put('big.pt', '');
    execFileSync('truncate', ['-s', '8G', big]);
    const files = open(1, []);
    const stop = new AbortController();
    const seen: number[] = [];
    const running = files.hash(big, {
      signal: stop.signal,
      onBytes: (done) => {
        seen.push(done);
        stop.abort();
      },
    });
    const waiting = files.hash(put('waiting.pt', 'w'), { signal: stop.signal });
    const after = files.hash(put('after.pt', 'a'));

    expect(await Promise.allSettled([running, waiting])).toMatchObject([INTERRUPTED, INTERRUPTED]);
    expect(seen[0]).toBeGreaterThan(0);
    expect((await after).sha256).toBe(sha('a'));
    rmSync(big);
  });

  it('rejects what is left when it is closed, and all that comes later', async () => {
    const big = put('big2.pt', '');
    execFileSync('truncate', ['-s', '8G', big]);
    const files = open(1, []);
    const running = files.hash(big);
    const waiting = files.hash(big);
    const settled = Promise.allSettled([running, waiting]);
    await files.close();
    expect(await settled).toMatchObject([INTERRUPTED, INTERRUPTED]);
    expect(await Promise.allSettled([files.hash(big)])).toMatchObject([INTERRUPTED]);
    rmSync(big);
  });
});

describe('readHashes', () => {
  it('refuses a file that grows, shrinks or is written while it is read', () => {
    const path = put('busy.pt', Buffer.alloc(600_000));
    const change = (work: () => void) => {
      let once = false;
      return () => {
        if (!once) work();
        once = true;
      };
    };
    const changed = expect.objectContaining({ code: 'file-changed' }) as Error;
    expect(() =>
      readHere(
        path,
        change(() => {
          appendFileSync(path, 'x');
        }),
      ),
    ).toThrow(changed);
    expect(() =>
      readHere(
        path,
        change(() => {
          writeFileSync(path, 'short');
        }),
      ),
    ).toThrow(changed);
    const same = put('same.pt', Buffer.alloc(600_000));
    expect(() =>
      readHere(
        same,
        change(() => {
          writeFileSync(same, Buffer.alloc(600_000));
        }),
      ),
    ).toThrow(changed);
  });

  it('says when it may not read', async () => {
    const path = put('secret.pt', 'x');
    chmodSync(path, 0);
    await withoutPower(() => {
      expect(() => readHere(path, () => undefined)).toThrow(
        expect.objectContaining({ code: 'not-readable' }) as Error,
      );
    });
  });
});
