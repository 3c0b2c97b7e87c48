import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileId, RootId } from '../base/ids.ts';
import { walk } from '../library/walk.ts';
import type { Walk } from '../library/walked.ts';
import { adoptHashes } from './adopt-hashes.ts';
import type { StockFile } from './take-stock.ts';

const SHA256 = 'ab'.repeat(32);

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

    expect((await adoptHashes(files, root, walked)).get(1)).toMatchObject({
      sha256: SHA256,
      origin: 'lora-manager',
    });
  });

  it('takes no hash of a file that has changed since', async () => {
    const { size, mtimeMs } = statSync(join(root, 'ink.safetensors'));
    note(size, mtimeMs - 5000);
    const { files, walked } = await stock();

    expect((await adoptHashes(files, root, walked)).size).toBe(0);
  });

  it('takes nothing from a note that is no JSON', async () => {
    writeFileSync(join(root, 'ink.metadata.json'), '{"sha256":');
    const { files, walked } = await stock();

    expect((await adoptHashes(files, root, walked)).size).toBe(0);
  });
});
