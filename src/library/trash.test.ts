import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTrash, placeInTrash, pruneFolders, trashFolderFor } from './trash.ts';

const SHM = '/dev/shm';
const isOtherDevice = existsSync(SHM) && statSync(SHM).dev !== statSync(tmpdir()).dev;

describe('the trash', () => {
  let folder: string;
  let other: string | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'civitarium-trash-'));
    other = isOtherDevice ? mkdtempSync(join(SHM, 'civitarium-trash-')) : undefined;
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    if (other !== undefined) rmSync(other, { recursive: true, force: true });
  });

  it('is in the state folder for what lies on its drive, be it made or not', () => {
    const home = join(folder, 'state/deep/trash');
    mkdirSync(join(folder, 'models/lora'), { recursive: true });

    expect(trashFolderFor(join(folder, 'models/lora'), { home, tops: [join(folder, 'models')] })).toBe(home);
    expect(existsSync(home)).toBe(false);
  });

  it.skipIf(!isOtherDevice)('is beside the root on another drive, also for what a link leads to', () => {
    const root = join(other ?? '', 'models');
    mkdirSync(join(root, 'lora/sub'), { recursive: true });
    mkdirSync(join(folder, 'linked'));
    symlinkSync(root, join(folder, 'linked/models'));
    const home = join(folder, 'state/trash');
    const beside = join(other ?? '', '.civitarium-trash');

    expect(trashFolderFor(join(root, 'lora/sub'), { home, tops: [root] })).toBe(beside);
    expect(trashFolderFor(root, { home, tops: [root] })).toBe(beside);
    expect(
      trashFolderFor(join(folder, 'linked/models/lora'), {
        home,
        tops: [folder, join(folder, 'linked/models')],
      }),
    ).toBe(beside);
  });

  it.skipIf(!isOtherDevice)('is in the root when that is a drive', () => {
    expect(trashFolderFor(SHM, { home: join(folder, 'trash'), tops: [SHM] })).toBe(
      `${SHM}/.civitarium-trash`,
    );
  });

  it('is a folder that only this user can look into, and no link', () => {
    const trash = join(folder, 'a/trash');
    makeTrash(trash);
    makeTrash(trash);
    symlinkSync(trash, join(folder, 'link'));
    writeFileSync(join(folder, 'file'), '');

    for (const made of [trash, join(folder, 'a')]) expect(statSync(made).mode & 0o777).toBe(0o700);
    for (const name of ['link', 'file'])
      expect(() => makeTrash(join(folder, name))).toThrow(
        expect.objectContaining({ code: 'trash-not-ours' }),
      );
  });

  it('holds each file under all of its old path, be its name UTF-8 or not', () => {
    expect(placeInTrash('/t/run-1', '/models/a [b]/c.html')).toBe('/t/run-1/models/a [b]/c.html');
    const hex = `hex:${Buffer.concat([Buffer.from('/models/'), Buffer.from([0xff, 0x2e])]).toString('hex')}`;
    expect(Buffer.from(placeInTrash('/t', hex).slice(4), 'hex')).toEqual(
      Buffer.concat([Buffer.from('/t/models/'), Buffer.from([0xff, 0x2e])]),
    );
  });

  it('loses its empty folders and no other', () => {
    const trash = join(folder, '.civitarium-trash');
    const run = join(trash, 'run-1');
    mkdirSync(join(run, 'a/b/c'), { recursive: true });
    mkdirSync(join(run, 'd'));
    writeFileSync(join(run, 'a/stays'), '');

    pruneFolders(run, [join(run, 'a/b/c/x'), join(run, 'd/y')]);
    expect([existsSync(join(run, 'a')), existsSync(join(run, 'a/b')), existsSync(join(run, 'd'))]).toEqual([
      true,
      false,
      false,
    ]);
    rmSync(join(run, 'a/stays'));
    pruneFolders(run, [join(run, 'a/stays')]);
    expect(existsSync(trash)).toBe(false);
    expect(existsSync(folder)).toBe(true);
  });
});
