import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readRecord } from '../src/archive/records/read-record.ts';

/** Recordings of real answers, kept outside the project; without them this suite has nothing to read. */
const FOLDER = resolve(import.meta.dirname, '../../shared/realdata');
const present = existsSync(FOLDER);
if (!present) console.log(`Recorded answers not read as records: there is no folder ${FOLDER}.`);
const names = present ? readdirSync(FOLDER).sort() : [];

const MODELS = names.filter((name) => /^model-.*\.json$/.test(name));
const VERSIONS = names.filter((name) => /^version-.*\.civitai\.info$/.test(name));

describe.skipIf(!present)('recorded answers under the names of Civitai Data Manager', () => {
  const folder = mkdtempSync(join(tmpdir(), 'civitarium-recorded-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['x_civitai_model.json', 'model', MODELS],
    ['x_civitai_model_version.json', 'version', VERSIONS],
    ['x.json', 'version', VERSIONS],
  ] as const)('as %s, each is read as a %s', async (called, kind, recordings) => {
    expect(recordings.length).toBeGreaterThan(0);
    for (const name of recordings) {
      copyFileSync(join(FOLDER, name), join(folder, called));
      expect([name, await readRecord(join(folder, called))]).toEqual([
        name,
        expect.objectContaining({ kind }),
      ]);
    }
  });
});
