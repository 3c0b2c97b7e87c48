import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileId, RootId } from '../base/ids.ts';
import { walk } from '../library/walk.ts';
import type { Walk } from '../library/walked.ts';
import { adoptHashes } from './adopt-hashes.ts';
import type { NotesOfNames } from './adopt-hashes.ts';
import type { StockFile } from './take-stock.ts';

const SHA256 = 'ab'.repeat(32);
const NOTHING: NotesOfNames = () => Promise.resolve([]);

describe('adoptHashes', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'civitarium-adopt-'));
    writeFileSync(join(root, 'ink.safetensors'), 'bytes');
  });

  afterEach(() => rmSync(root, { recursive: true }));

  async function stock(): Promise<{ files: StockFile[]; walked: Walk }> {
    const walked = await walk(root, { extensions: ['.safetensors'] });
    return {
      walked,
      files: walked.files.map((file, index) => ({
        fileId: (index + 1) as FileId,
        rootId: 1 as RootId,
        walked: file,
        blobId: undefined,
      })),
    };
  }

  function note(size: number, mtimeMs: number): void {
    writeFileSync(
      join(root, 'ink.metadata.json'),
      JSON.stringify({ file_name: 'ink', size, modified: mtimeMs / 1000, sha256: SHA256 }),
    );
  }

  it('takes a hash that size and time prove', async () => {
    const { size, mtimeMs } = statSync(join(root, 'ink.safetensors'));
    note(size, mtimeMs);
    const { files, walked } = await stock();

    expect((await adoptHashes(files, root, walked, NOTHING)).get(1)).toMatchObject({
      sha256: SHA256,
      origin: 'lora-manager',
    });
  });

  it('takes no hash of a file that has changed since', async () => {
    const { size, mtimeMs } = statSync(join(root, 'ink.safetensors'));
    note(size, mtimeMs - 5000);
    const { files, walked } = await stock();

    expect((await adoptHashes(files, root, walked, NOTHING)).size).toBe(0);
  });

  it('takes nothing from a note that is no JSON', async () => {
    writeFileSync(join(root, 'ink.metadata.json'), '{"sha256":');
    const { files, walked } = await stock();

    expect((await adoptHashes(files, root, walked, NOTHING)).size).toBe(0);
  });

  describe('of an imported folder', () => {
    const path = (): string => join(root, 'ink.safetensors');
    const imported = (given: object): NotesOfNames => {
      const { size } = statSync(path());
      const noted = {
        name: 'ink.safetensors',
        sha256: SHA256,
        size,
        path: path(),
        noted_at: Date.now() + 60_000,
      };
      return () => Promise.resolve([{ ...noted, ...given }]);
    };

    it('takes a hash when place and size are the same and nothing was changed since', async () => {
      const { files, walked } = await stock();

      expect((await adoptHashes(files, root, walked, imported({}))).get(1)).toMatchObject({
        sha256: SHA256,
        origin: 'data-manager',
      });
    });

    it.each([
      ['of another size', { size: 99 }],
      ['of which no size is known', { size: null }],
      ['that lay elsewhere', { path: '/elsewhere/ink.safetensors' }],
      ['of which nobody says where it lay', { path: null }],
      ['that was changed since', { noted_at: Date.now() - 60_000 }],
      ['of nothing', { sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' }],
    ])('takes no hash of a file %s', async (_case, given) => {
      const { files, walked } = await stock();

      expect((await adoptHashes(files, root, walked, imported(given))).size).toBe(0);
    });

    it('takes no hash of a name that the library has twice', async () => {
      mkdirSync(join(root, 'more'));
      writeFileSync(join(root, 'more', 'ink.safetensors'), 'bytes');
      const { files, walked } = await stock();

      expect((await adoptHashes(files, root, walked, imported({}))).size).toBe(0);
    });
  });
});
