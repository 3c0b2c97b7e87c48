import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LibraryError } from '../base/errors.ts';
import { setAside } from './set-aside.ts';

describe('setAside', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'civitarium-aside-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('frees a name and keeps what stood there, however often', async () => {
    const path = join(folder, 'list.txt');
    for (const text of ['one', 'two', 'three']) {
      writeFileSync(path, text);
      await setAside(path);
    }

    expect(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')])).toEqual([
      ['list.before-civitarium-2.txt', 'two'],
      ['list.before-civitarium-3.txt', 'three'],
      ['list.before-civitarium.txt', 'one'],
    ]);
  });

  it('moves a folder aside where the name is free, and says in a sentence what it can not move', async () => {
    mkdirSync(join(folder, 'list.txt'));
    expect(await setAside(join(folder, 'list.txt'))).toBe(join(folder, 'list.before-civitarium.txt'));
    await expect(setAside(join(folder, 'nothing.txt'))).rejects.toThrow(LibraryError);
  });
});
