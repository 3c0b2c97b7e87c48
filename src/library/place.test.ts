import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boundsOf } from './inside.ts';
import { commitTemps, placeAll } from './place.ts';
import { removeStaleTempsBelow } from './stale-temps.ts';
import { openTemp } from './temp-file.ts';
import { tempName } from './temp-name.ts';
import { testItems } from './testing/place-files.ts';
import { withoutPower } from './testing/without-power.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'civitarium-place-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function tree(folder = root): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => lstatSync(join(folder, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function faultAt(point: string, code: string, passage = 1): (name: string) => void {
  let left = passage;
  return (name) => {
    if (name === point && --left === 0) throw Object.assign(new Error(`${code}: injected`), { code });
  };
}

/** A root in a container may still not be allowed to mount. */
function canMount(): boolean {
  return (
    process.platform === 'linux' &&
    process.getuid?.() === 0 &&
    spawnSync('unshare', ['-m', 'true']).status === 0
  );
}

const POINTS = ['place.opened', 'place.written', 'place.synced', 'place.renamed', 'place.folder-synced'];

describe('placeAll', () => {
  it('writes new files, replaces old ones, makes folders, and leaves no temp file', async () => {
    writeFileSync(join(root, 'file 1.txt'), 'old');
    const items = testItems(root);

    const placed = await placeAll(items, { bounds: boundsOf(root) });

    expect(placed.map((one) => [one.path, one.error])).toEqual(items.map((item) => [item.path, undefined]));
    const found = tree();
    expect(found.size).toBe(75);
    expect(found.get('file 1.txt')).toBe('new 1 '.repeat(500));
    expect(found.get('deep/er/file 3.txt')).toBe('new 3 '.repeat(500));
    const stats = statSync(items[7]?.path ?? '', { bigint: true });
    expect(placed[7]).toEqual({
      path: items[7]?.path,
      size: Number(stats.size),
      mtimeNs: stats.mtimeNs.toString(),
    });
  });

  it('writes a name of 255 bytes, and odd ones', async () => {
    const names = [`${'ä'.repeat(125)}.html`, 'new\nline', '#?%"<>', '🧪'.repeat(60), 'CON'];
    const items = names.map((name) => ({ path: join(root, name), bytes: new Uint8Array([1, 2]) }));
    const placed = await placeAll(items, { bounds: boundsOf(root) });
    expect(placed.map((one) => one.error)).toEqual(names.map(() => undefined));
    expect(readdirSync(root).sort()).toEqual([...names].sort());
  });

  it('tells which file could not be placed and places the others', async () => {
    mkdirSync(join(root, 'way.txt'));
    writeFileSync(join(root, 'kept.txt'), 'mine');
    const items = [
      { path: join(root, 'way.txt'), bytes: 'x' },
      { path: join(root, 'kept.txt'), bytes: 'x', replace: false },
      { path: join(root, 'y'.repeat(256)), bytes: 'x' },
      { path: join(root, '..', 'escaped.txt'), bytes: 'x' },
      { path: join(root, 'good.txt'), bytes: 'x', replace: false },
    ];

    const placed = await placeAll(items, { bounds: boundsOf(root) });

    const codes = ['in-the-way', 'in-the-way', 'name-too-long', 'outside-root', undefined];
    expect(placed.map((one) => one.error?.code)).toEqual(codes);
    expect([...tree()]).toEqual([
      ['good.txt', 'x'],
      ['kept.txt', 'mine'],
    ]);
  });

  it('says that a folder may not be written to', async () => {
    chmodSync(root, 0o555);
    const placed = await withoutPower(() =>
      placeAll([{ path: join(root, 'a'), bytes: 'x' }], { bounds: boundsOf(root) }),
    );
    expect(placed[0]?.error).toMatchObject({ code: 'not-writable', exitCode: 1 });
  });

  it.each(POINTS)('ends with exit 4 and without temp files when the disk is full at %s', async (point) => {
    const old = new Map([['file 1.txt', 'old']]);
    writeFileSync(join(root, 'file 1.txt'), 'old');
    for (const code of ['ENOSPC', 'EDQUOT']) {
      const work = placeAll(testItems(root), { bounds: boundsOf(root), fault: faultAt(point, code) });
      await expect(work).rejects.toMatchObject({
        code: 'disk-full',
        exitCode: 4,
        next: expect.stringMatching(/space/) as string,
      });
    }
    for (const [name, text] of tree()) {
      const whole = `new ${/\d+/.exec(name)?.[0]} `.repeat(500);
      expect([whole, old.get(name)]).toContain(text);
      expect(name).not.toMatch(/civitarium/);
    }
  });

  it.runIf(canMount())('ends in the same way on a disk that really is full', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', root]);
    try {
      const work = placeAll(testItems(root), { bounds: boundsOf(root) });
      await expect(work).rejects.toMatchObject({ code: 'disk-full', exitCode: 4 });
      expect([...tree().keys()].filter((name) => name.endsWith('.tmp'))).toEqual([]);
    } finally {
      // Lazily: a failed test may still hold a file open there.
      execFileSync('umount', ['-l', root]);
    }
  });

  it.runIf(canMount())(
    'says of a read-only disk that it is one, also where a folder is to be made',
    async () => {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k,ro', 'tmpfs', root]);
      try {
        const items = ['a', 'gallery.files/a', 'x/y/z/a'].map((name) => ({
          path: join(root, name),
          bytes: 'x',
        }));

        const placed = await placeAll(items, { bounds: boundsOf(root) });

        for (const { error } of placed)
          expect(error).toMatchObject({
            code: 'not-writable',
            message: expect.stringContaining('The file system is read-only') as string,
          });
      } finally {
        execFileSync('umount', ['-l', root]);
      }
    },
  );

  it('counts any other failure of the disk against the one file', async () => {
    const fault = faultAt('place.synced', 'EIO', 3);
    const placed = await placeAll(testItems(root), { bounds: boundsOf(root), fault });
    expect(placed.filter((one) => one.error?.code === 'disk-failed')).toHaveLength(1);
    expect(tree().size).toBe(74);
  });
});

describe('commitTemps', () => {
  it('puts what was streamed in its place, with its size and hash', async () => {
    const temp = openTemp(root, { name: 'picture.png' });
    temp.write(Buffer.from('hello '));
    temp.write(Buffer.from('world'));
    expect(readdirSync(root)).toEqual([basename(temp.path)]);
    expect(temp.finish()).toEqual({
      size: 11,
      sha256: createHash('sha256').update('hello world').digest('hex'),
    });

    const path = join(root, 'picture.png');
    const placed = await commitTemps([{ temp, path }], { bounds: boundsOf(root) });

    expect(placed).toMatchObject([{ path, size: 11 }]);
    expect([...tree()]).toEqual([['picture.png', 'hello world']]);
  });

  it('leaves nothing of what was discarded', () => {
    const temp = openTemp(root);
    temp.write(Buffer.from('half'));
    temp.discard();
    temp.discard();
    expect(readdirSync(root)).toEqual([]);
  });

  it('never replaces what was not meant to be, even when it came last', async () => {
    const path = join(root, 'a.png');
    const temps = [1, 2].map((n) => {
      const temp = openTemp(root);
      temp.write(Buffer.from(String(n)));
      return { temp, path, replace: false };
    });
    const placed = await commitTemps(temps, { bounds: boundsOf(root) });
    expect(placed.map((one) => one.error?.code)).toEqual([undefined, 'in-the-way']);
    expect([...tree()]).toEqual([['a.png', '1']]);
  });

  it('refuses a folder that became a link to elsewhere meanwhile', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'civitarium-outside-'));
    mkdirSync(join(root, 'sub'));
    const temp = openTemp(join(root, 'sub'));
    temp.write(Buffer.from('x'));
    rmSync(join(root, 'sub'), { recursive: true });
    symlinkSync(outside, join(root, 'sub'));

    const placed = await commitTemps([{ temp, path: join(root, 'sub', 'a') }], { bounds: boundsOf(root) });

    expect(placed[0]?.error?.code).toBe('outside-root');
    expect(readdirSync(outside)).toEqual([]);
    rmSync(outside, { recursive: true });
  });
});

describe('removeStaleTempsBelow', () => {
  const ofPid = (pid: number): string => tempName('a.png').replace(`-${process.pid}-`, `-${pid}-`);
  const dead = (): number => spawnSync(process.execPath, ['-e', '']).pid;

  it('removes what dead processes of this host left, and nothing else', () => {
    mkdirSync(join(root, 'deep'));
    const gone = dead();
    const elsewhere = ofPid(gone).replace(
      /-([0-9a-f]{6})([0-9a-f]{8}\.tmp)$/,
      (_all, tag: string, n: string) =>
        `-${[...tag].map((digit) => (digit === '0' ? '1' : '0')).join('')}${n}`,
    );
    const kept = [ofPid(process.ppid), elsewhere, 'a.tmp', `civitarium-${gone}-1.tmp`, tempName('own.png')];
    for (const name of [...kept, ofPid(gone)]) writeFileSync(join(root, name), '');
    writeFileSync(join(root, 'deep', ofPid(gone)), '');
    mkdirSync(join(root, ofPid(gone)));

    expect(removeStaleTempsBelow(root)).toBe(2);

    for (const name of kept) expect(existsSync(join(root, name)), name).toBe(true);
  });

  it('removes what an earlier process of our own number left, as in a container', () => {
    const path = join(root, tempName('a.png'));
    writeFileSync(path, '');
    utimesSync(path, 1_000_000, 1_000_000);
    expect(removeStaleTempsBelow(root)).toBe(1);
    expect(removeStaleTempsBelow(join(root, 'nowhere'))).toBe(0);
  });
});
