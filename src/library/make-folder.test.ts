import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { mountDisk, whyNoDisk } from '../../test/stories/testing/small-disk.ts';
import { makeFolder } from './make-folder.ts';

const noDisk = whyNoDisk();

describe('makeFolder', () => {
  let base: string;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'civitarium-folder-'));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  it('makes what is missing and says where that began', () => {
    expect(makeFolder(join(base, 'a/b/c'))).toBe(join(base, 'a'));
    expect(makeFolder(join(base, 'a/b/d'))).toBe(join(base, 'a/b/d'));
    expect(makeFolder(join(base, 'a/b/c'))).toBeUndefined();
    expect(statSync(join(base, 'a/b/c')).isDirectory()).toBe(true);
  });

  it('goes through a link to a folder', () => {
    mkdirSync(join(base, 'real'));
    symlinkSync(join(base, 'real'), join(base, 'link'));

    expect(makeFolder(join(base, 'link/x'))).toBe(join(base, 'link/x'));
    expect(existsSync(join(base, 'real/x'))).toBe(true);
  });

  it.each(['blocked', 'blocked/deeper/still'])('names the file that is in the way of %s', (path) => {
    writeFileSync(join(base, 'blocked'), '');

    expect(() => makeFolder(join(base, path))).toThrow(
      expect.objectContaining({ code: 'in-the-way', message: expect.stringContaining(join(base, 'blocked')) as string }) as Error, // prettier-ignore
    );
  });

  it('names a dangling link', () => {
    symlinkSync(join(base, 'nowhere'), join(base, 'link'));

    expect(() => makeFolder(join(base, 'link/x'))).toThrow(
      expect.objectContaining({ code: 'in-the-way', message: expect.stringContaining(join(base, 'link')) as string }) as Error, // prettier-ignore
    );
    expect(existsSync(join(base, 'nowhere'))).toBe(false);
  });

  it.skipIf(noDisk !== undefined)('says that a disk is read-only', () => {
    const disk = mountDisk(1 << 20);
    try {
      execFileSync('mount', ['-o', 'remount,ro', disk.folder]);

      expect(() => makeFolder(join(disk.folder, 'a/b'))).toThrow('The file system is read-only');
    } finally {
      disk.remove();
    }
  });
});
