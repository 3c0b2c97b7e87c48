import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderBook } from './settle-folders.ts';

describe('folderBook', () => {
  let output: string;

  beforeEach(() => {
    output = mkdtempSync(join(tmpdir(), 'civitarium-folders-'));
  });

  afterEach(() => rmSync(output, { recursive: true }));

  const model = (id: number, name: string) =>
    ({ kind: 'model', subject: String(id), parent: 'Users/ann', name }) as const;

  it('gives two of one name two folders, also when only letters or accents differ', () => {
    const book = folderBook(output, []);

    const given = [model(1, 'Ink'), model(2, 'ink'), model(3, 'Caf\u00e9'), model(4, 'CAFE\u0301')].map(
      (one) => book.folderOf(one),
    );

    expect(given).toEqual([
      'Users/ann/Ink',
      'Users/ann/ink (2)',
      'Users/ann/Caf\u00e9',
      'Users/ann/CAFE\u0301 (4)',
    ]);
  });

  it('leaves everybody the folder they have, whatever they are called now', () => {
    const known = [
      { kind: 'model', subject: '1', folder: 'Users/old/Ink', folded: 'users/old/ink' },
    ] as const;
    const book = folderBook(output, known);

    expect(book.folderOf(model(1, 'Another'))).toBe('Users/old/Ink');
    expect(book.fresh()).toEqual([]);
  });

  it('goes on with a folder that is there, and never takes the place of a file', () => {
    mkdirSync(join(output, 'Users', 'ann', 'Ink'), { recursive: true });
    writeFileSync(join(output, 'Users', 'ann', 'Wash'), 'mine');
    const book = folderBook(output, []);

    expect(book.folderOf(model(1, 'Ink'))).toBe('Users/ann/Ink');
    expect(book.folderOf(model(2, 'Wash'))).toBe('Users/ann/Wash (2)');
  });
});
