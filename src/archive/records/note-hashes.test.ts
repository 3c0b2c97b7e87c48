import { describe, expect, it } from 'vitest';
import type { Sha256 } from '../../base/ids.ts';
import { readVersion } from '../../civitai/shapes/version.ts';
import { noteHashes } from './note-hashes.ts';
import type { FoundRecord, RecordOf } from './record.ts';

const SHA = 'ab'.repeat(32) as Sha256;

const hash: RecordOf<'hash'> = {
  kind: 'hash', path: '/out/ink/ink_hash.json', at: 5, key: '/out/ink/ink', sha256: SHA, name: 'ink.safetensors' }; // prettier-ignore

function version(sizeKB: number): FoundRecord {
  const answer = { id: 7, modelId: 3, name: 'v', files: [{ id: 1, sizeKB, hashes: { SHA256: SHA } }] };
  const value = readVersion(answer, () => undefined);
  if (value === undefined) throw new Error('No version.');
  return { kind: 'version', path: '/out/ink/ink_civitai_model_version.json', at: 5, key: hash.key, item: { value, raw: '' }, sha256: SHA }; // prettier-ignore
}

function processed(...files: string[]): FoundRecord {
  return { kind: 'processed', path: '/out/processed_files.json', at: 5, files };
}

function noted(...records: FoundRecord[]): object | undefined {
  return noteHashes([hash, ...records]).get(hash);
}

describe('noteHashes', () => {
  it('joins what the site says of the size and the list of the place', () => {
    expect(noted(version(2), processed('/m/ink.safetensors', '/m/other.safetensors'))).toEqual({
      record: hash.path,
      name: 'ink.safetensors',
      sha256: SHA,
      size: 2048,
      path: '/m/ink.safetensors',
      noted_at: 5,
    });
  });

  it('knows no size that nobody says', () => {
    expect(noted(processed('/m/ink.safetensors'))).toMatchObject({ size: null });
    expect(noted()).toMatchObject({ size: null, path: null });
  });

  it('proves nothing of a name that was processed at two places: one hash was kept for both', () => {
    const two = processed('/m/a/ink.safetensors', 'C:\\m\\b\\ink.safetensors');
    expect(noted(version(2), two)).toMatchObject({ size: null });
  });

  it('looks at no list of another folder', () => {
    const elsewhere = { ...processed('/m/ink.safetensors'), path: '/other/processed_files.json' };
    expect(noted(version(2), elsewhere)).toMatchObject({ path: null });
  });
});
