import { mkdtempSync, rmSync, writeFileSync, mkdirSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../base/errors.ts';
import { withoutPower } from './testing/without-power.ts';
import { checkRoot, rootError, rootPresence } from './root.ts';

let base = '';
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'civitarium-root-'));
});
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return `${error.code} ${error.exitCode}`;
    throw error;
  }
  return 'no error';
}

describe('checkRoot', () => {
  it('says what a path is', () => {
    writeFileSync(join(base, 'x.pt'), '');

    expect(checkRoot(base)).toMatchObject({ kind: 'folder', path: base });
    expect(checkRoot(join(base, 'x.pt'))).toMatchObject({ kind: 'file' });
  });

  it('refuses what can not be a root, with a code and exit 1', () => {
    expect(codeOf(() => checkRoot(''))).toBe('path-empty 1');
    expect(codeOf(() => checkRoot('a\0b'))).toBe('path-empty 1');
    expect(codeOf(() => checkRoot(join(base, 'nowhere')))).toBe('path-missing 1');
    expect(codeOf(() => checkRoot(join(base, 'x'.repeat(300))))).toBe('path-missing 1');
    expect(codeOf(() => checkRoot('/dev/null'))).toBe('path-special 1');
  });

  it('names a folder that may not be read', async () => {
    chmodSync(base, 0o755);
    mkdirSync(join(base, 'locked'));
    chmodSync(join(base, 'locked'), 0);
    expect(await withoutPower(() => codeOf(() => checkRoot(join(base, 'locked'))))).toBe('path-unreadable 1');
  });

  it('turns a refusal of the system into a sentence with a next step', () => {
    const error = rootError('/models', Object.assign(new Error('EACCES'), { code: 'EACCES' }));
    expect(error.code).toBe('path-unreadable');
    expect(error.message).toBe("/models can't be read: permission denied.");
    expect(error.next).toMatch(/right to read/);
  });
});

describe('rootPresence', () => {
  const before = { device: '1', hadFiles: true };

  it('calls a root absent that is gone, empty, or on another device', () => {
    const absent = (reason: string) => ({ state: 'absent', reason });
    expect(rootPresence(before, { exists: false, device: undefined, files: 0 })).toEqual(absent('gone'));
    expect(rootPresence(before, { exists: true, device: '1', files: 0 })).toEqual(absent('empty'));
    expect(rootPresence(before, { exists: true, device: '2', files: 0 })).toEqual(absent('other-device'));
    expect(rootPresence(before, { exists: true, device: '2', files: 9 })).toEqual(absent('other-device'));
  });

  it('keeps a root present under a new device number when its files are recognised', () => {
    const now = { exists: true, device: '2', files: 9, recognised: 8 };
    expect(rootPresence(before, now)).toEqual({ state: 'present', renumbered: true });
  });

  it('takes any root as present that never had files', () => {
    const never = { device: undefined, hadFiles: false };
    const present = { state: 'present', renumbered: false };
    expect(rootPresence(never, { exists: true, device: '2', files: 0 })).toEqual(present);
    expect(rootPresence(before, { exists: true, device: '1', files: 3 })).toEqual(present);
  });
});
