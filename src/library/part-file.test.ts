import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boundsOf } from './inside.ts';
import { PartFile, partPath } from './part-file.ts';
import { commitTemps } from './place.ts';

let root = '';
let target = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'civitarium-part-'));
  target = join(root, 'ink.safetensors');
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const bytes = (text: string): Buffer => Buffer.from(text);

describe('a part', () => {
  it('is found again by the name of its file, with the hash of what is there', async () => {
    const first = await PartFile.open(target, undefined, false);
    first.write(bytes('one '));
    first.discard();
    const again = await PartFile.open(target, undefined, false);
    again.write(bytes('two'));

    expect([again.size, await again.digest()]).toEqual([7, sha256('one two')]);
    expect(again.finish().size).toBe(7);
    again.discard();
  });

  it('becomes the file when it is placed, and nothing else is left', async () => {
    const part = await PartFile.open(target, undefined, false);
    part.write(bytes('whole'));
    const [placed] = await commitTemps([{ temp: part, path: target, replace: false }], {
      bounds: boundsOf(root),
    });

    expect(placed?.error).toBeUndefined();
    expect(readdirSync(root)).toEqual(['ink.safetensors']);
    expect(readFileSync(target, 'utf8')).toBe('whole');
  });

  it('stays when its place is taken, and what stands there stays too', async () => {
    writeFileSync(target, 'mine');
    const part = await PartFile.open(target, undefined, false);
    part.write(bytes('whole'));
    const [placed] = await commitTemps([{ temp: part, path: target, replace: false }], {
      bounds: boundsOf(root),
    });

    expect(placed?.error?.code).toBe('in-the-way');
    expect(readFileSync(target, 'utf8')).toBe('mine');
    expect(readFileSync(partPath(target), 'utf8')).toBe('whole');
  });

  it('leaves nothing when nothing came', async () => {
    (await PartFile.open(target, undefined, false)).discard();

    expect(readdirSync(root)).toEqual([]);
  });

  it.each([
    [
      'all is kept where a hash of the whole will tell',
      'abcdef',
      { bytes: 4, sha256: sha256('abcd') },
      false,
      'abcdef',
    ],
    [
      'only what is proven is kept where none will',
      'abcdef',
      { bytes: 4, sha256: sha256('abcd') },
      true,
      'abcd',
    ],
    [
      'nothing is kept of bytes that are not what was proven',
      'abXdef',
      { bytes: 4, sha256: sha256('abcd') },
      false,
      '',
    ],
    [
      'nothing is kept when there is less than was proven',
      'abc',
      { bytes: 4, sha256: sha256('abcd') },
      false,
      '',
    ],
    ['nothing is kept where nothing was proven and nothing will', 'abc', undefined, true, ''],
    ['all is kept when all was proven', 'abcd', { bytes: 4, sha256: sha256('abcd') }, true, 'abcd'],
  ] as const)('of a former run: %s', async (_what, there, proven, onlyProven, kept) => {
    writeFileSync(partPath(target), there);
    const part = await PartFile.open(target, proven, onlyProven);

    expect([part.size, await part.digest()]).toEqual([kept.length, sha256(kept)]);
    part.write(bytes('!'));
    expect(readFileSync(part.path, 'utf8')).toBe(`${kept}!`);
    part.discard();
  });

  it('is proven over many blocks, wherever the proof ends', async () => {
    const long = 'x'.repeat(3 * 1024 * 1024 + 17);
    writeFileSync(partPath(target), long);
    for (const end of [1, 1024 * 1024, 2 * 1024 * 1024 + 5]) {
      const part = await PartFile.open(target, { bytes: end, sha256: sha256(long.slice(0, end)) }, false);
      expect([part.size, await part.digest()]).toEqual([long.length, sha256(long)]);
      part.discard();
    }
  });

  it('of a large file is hashed aside as it grows, the same as any other, and begun anew when it must be', async () => {
    const block = Buffer.alloc(1024 * 1024, 'a block of bytes');
    const part = await PartFile.open(target, undefined, false);
    const hash = createHash('sha256');
    for (let blocks = 0; blocks < 50; blocks += 1) {
      block.writeUInt32LE(blocks);
      part.write(block);
      hash.update(block);
    }

    expect([part.size, await part.digest()]).toEqual([50 * block.length, hash.copy().digest('hex')]);
    part.write(block);
    expect(await part.digest()).toBe(hash.update(block).digest('hex'));
    part.restart();
    part.write(bytes('anew'));
    expect([part.size, await part.digest()]).toEqual([4, sha256('anew')]);
    part.discard();
  });

  it('is never written through a link that stands at its place', async () => {
    const elsewhere = join(root, 'elsewhere');
    writeFileSync(elsewhere, 'mine');
    symlinkSync(elsewhere, partPath(target));

    await expect(PartFile.open(target, undefined, false)).rejects.toMatchObject({ name: 'LibraryError' });
    expect(readFileSync(elsewhere, 'utf8')).toBe('mine');
  });

  it('has a name that fits on the disk, however long that of its file is', async () => {
    const long = join(root, `${'長'.repeat(80)}.safetensors`);
    const part = await PartFile.open(long, undefined, false);
    part.write(bytes('1'));

    expect(existsSync(partPath(long))).toBe(true);
    expect(partPath(long)).not.toBe(partPath(join(root, `${'長'.repeat(79)}.safetensors`)));
    part.discard();
  });
});
