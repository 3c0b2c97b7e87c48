import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countRecognised, reconcile, type KnownFile, type Seen } from './reconcile.ts';
import type { WalkedFile } from './walked.ts';

function file(path: string, given: Partial<WalkedFile> = {}): WalkedFile {
  const name = path.split('/').at(-1) ?? '';
  return {
    path,
    folder: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '',
    name,
    stem: name.replace(/\.[^.]*$/, ''),
    ext: '.safetensors',
    size: 10,
    mtimeNs: '1000000001',
    ctimeNs: '2000000001',
    device: '1',
    inode: '7',
    ...given,
  };
}

function row(walked: WalkedFile, given: Partial<KnownFile> = {}): KnownFile {
  return {
    path: walked.path,
    path_key: walked.rawPath === undefined ? walked.path : `hex:${walked.rawPath.toString('hex')}`,
    size: walked.size,
    mtime_ns: walked.mtimeNs,
    ctime_ns: walked.ctimeNs,
    device: walked.device,
    inode: walked.inode,
    state: 'present',
    blob_id: 1,
    ...given,
  };
}

function seen(...files: WalkedFile[]): Seen {
  const names = new Map([['', new Set(files.map((one) => one.path))]]);
  return { files, names, problems: [], devices: new Set(['1', ...files.map((one) => one.device)]) };
}

function counts(found: ReturnType<typeof reconcile>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(found).map(([key, list]: [string, unknown[]]) => [key, list.length]),
  );
}

const NONE = { unchanged: 0, changed: 0, added: 0, moved: 0, gone: 0, unseen: 0 };

describe('reconcile', () => {
  it('trusts a file only when device, inode, size and both times agree', () => {
    const walked = file('a.safetensors');
    expect(counts(reconcile([row(walked)], seen(walked)))).toEqual({ ...NONE, unchanged: 1 });
    const differences: Partial<KnownFile>[] = [
      { size: 11 },
      { mtime_ns: '1000000002' },
      { ctime_ns: '2000000002' },
      { device: '2' },
      { inode: '8' },
    ];
    for (const difference of differences) {
      const found = reconcile([row(walked, difference)], seen(walked));
      expect(counts(found), JSON.stringify(difference)).toEqual({ ...NONE, changed: 1 });
    }
  });

  it('knows a renamed file again although its ctime changed', () => {
    const before = row(file('old/a.safetensors'));
    const walked = file('new/b.safetensors', { ctimeNs: '9' });
    const found = reconcile([before], seen(walked));
    expect(found.moved).toEqual([{ row: before, walked }]);
    expect(counts(found)).toEqual({ ...NONE, moved: 1 });
  });

  it('takes a hard link beside the old name as a new file, not as a move', () => {
    const old = file('a.safetensors');
    const found = reconcile([row(old)], seen(old, file('b.safetensors')));
    expect(counts(found)).toEqual({ ...NONE, unchanged: 1, added: 1 });
  });

  it('does not carry a hash over when another file took the place of the moved one and its inode', () => {
    const before = row(file('a.safetensors'));
    const walked = file('b.safetensors', { mtimeNs: '5' });
    expect(counts(reconcile([before], seen(walked)))).toEqual({ ...NONE, added: 1, gone: 1 });
  });

  it('follows two files that changed places as two changes', () => {
    const a = file('a.safetensors', { inode: '1' });
    const b = file('b.safetensors', { inode: '2' });
    const swapped = seen(file('a.safetensors', { inode: '2' }), file('b.safetensors', { inode: '1' }));
    expect(counts(reconcile([row(a), row(b)], swapped))).toEqual({ ...NONE, changed: 2 });
  });

  it('never lets a row without a hash, or one already gone, claim a move', () => {
    const walked = file('b.safetensors');
    for (const given of [{ blob_id: null }, { state: 'gone' as const }]) {
      const found = reconcile([row(file('a.safetensors'), given)], seen(walked));
      expect(counts(found)).toEqual({ ...NONE, added: 1, gone: 1 });
    }
  });

  it('leaves alone what lies under an unreadable folder or on a drive that is not there', () => {
    const hidden = row(file('locked/deep/a.safetensors', { inode: '1' }));
    const near = row(file('locked2/a.safetensors', { inode: '2' }));
    const mounted = row(file('usb/a.safetensors', { inode: '3', device: '99' }));
    const problems = [{ path: 'locked', code: 'EACCES', why: 'Permission denied.' }];
    const unlinked = row(file('loras/b.safetensors', { inode: '4', device: '98' }));
    const names = new Map([
      ['', new Set(['locked', 'usb', 'loras'])],
      ['usb', new Set<string>()],
      ['loras', new Set(['other.txt'])],
    ]);
    const rows = [hidden, near, mounted, unlinked];
    const found = reconcile(rows, { files: [], names, problems, devices: new Set(['1']) });
    expect(found.unseen).toEqual([hidden, mounted]);
    expect(found.gone).toEqual([near, unlinked]);
  });

  it('sees through a device that got a new number when told so', () => {
    const before = row(file('a.safetensors'));
    const walked = file('a.safetensors', { device: '42' });
    expect(counts(reconcile([before], seen(walked)))).toEqual({ ...NONE, changed: 1 });
    const told = reconcile([before], seen(walked), { renumbered: { before: '1', now: '42' } });
    expect(counts(told)).toEqual({ ...NONE, unchanged: 1 });
  });

  it('keeps files apart whose names differ only in bytes that are not UTF-8', () => {
    const one = file('\uFFFD.safetensors', { rawPath: Buffer.from([0xff]), inode: '1' });
    const two = file('\uFFFD.safetensors', { rawPath: Buffer.from([0xfe]), inode: '2' });
    expect(counts(reconcile([row(one), row(two)], seen(one, two)))).toEqual({ ...NONE, unchanged: 2 });
  });

  const anyFile = fc.record({
    path: fc.constantFrom('a', 'b', 'c', 'd/a', 'd/b', 'e/f/a'),
    inode: fc.constantFrom('1', '2', '3'),
    device: fc.constantFrom('1', '2'),
    mtimeNs: fc.constantFrom('10', '11'),
  });
  const anyTree = fc.uniqueArray(anyFile, { selector: (one) => one.path });

  it('puts every row in one list, every file in one list, and keeps a hash only for the same bytes', () => {
    const property = fc.property(anyTree, anyTree, (before, after) => {
      const rows = before.map((one) => row(file(one.path, one)));
      const files = after.map((one) => file(one.path, one));
      const found = reconcile(rows, seen(...files));
      const settled = [...found.unchanged, ...found.changed, ...found.moved];
      const placed = [...settled.map((one) => one.row), ...found.gone, ...found.unseen];
      expect(new Set(placed)).toEqual(new Set(rows));
      expect(placed).toHaveLength(rows.length);
      const used = [...settled.map((one) => one.walked), ...found.added];
      expect(new Set(used)).toEqual(new Set(files));
      expect(used).toHaveLength(files.length);
      for (const { row: kept, walked } of [...found.unchanged, ...found.moved]) {
        expect([walked.device, walked.inode, walked.mtimeNs]).toEqual([
          kept.device,
          kept.inode,
          kept.mtime_ns,
        ]);
      }
    });
    fc.assert(property, { numRuns: 300 });
  });
});

describe('countRecognised', () => {
  it('counts known paths with the known size, on whatever device', () => {
    const rows = [row(file('a')), row(file('b')), row(file('c'))];
    const files = [file('a', { device: '9', inode: '9' }), file('b', { size: 11 }), file('d')];
    expect(countRecognised(rows, files)).toBe(1);
  });
});
