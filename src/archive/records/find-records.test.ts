import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRecords, withoutLoose } from './find-records.ts';
import type { FoundRecord } from './record.ts';

const SHA = 'ab'.repeat(32);
const VERSION = { id: 7, modelId: 3, name: 'v1', images: [{ url: 'https://image.civitai.com/a/b/1.jpeg' }] };
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]);
const signal = new AbortController().signal;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'civitarium-records-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, content: unknown): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  const isBytes = typeof content === 'string' || Buffer.isBuffer(content);
  writeFileSync(join(folder, path), isBytes ? content : JSON.stringify(content));
}

/** Kind and path of each record; of those that are refused, why. */
async function found(): Promise<string[]> {
  const records = withoutLoose(await findRecords(folder, signal));
  return records.map(
    (one) =>
      `${one.kind} ${one.path.slice(folder.length + 1)}${one.kind === 'refused' ? `: ${one.why}` : ''}`,
  );
}

async function one<Kind extends FoundRecord['kind']>(kind: Kind): Promise<FoundRecord & { kind: Kind }> {
  const record = (await findRecords(folder, signal)).find((item) => item.kind === kind);
  if (record === undefined) throw new Error(`No ${kind}.`);
  return record as FoundRecord & { kind: Kind };
}

describe('findRecords', () => {
  it('tells what each file of an output folder is, and passes over what is none', async () => {
    put('a/a_civitai_model_version.json', VERSION);
    put('a/a_civitai_model.json', { id: 3, name: 'A', modelVersions: [] });
    put('a/a_hash.json', { hash_value: SHA.toUpperCase() });
    put('a/a_metadata.json', { ss_network_dim: '16' });
    put('a/a_preview_0.jpeg', JPEG);
    put('a/a_preview_0.json', { url: 'https://image.civitai.com/a/b/1.jpeg' });
    put('a/a.html', '<p>');
    put('processed_files.json', { files: ['/m/a.safetensors'] });
    put('missing_from_civitai.txt', '# comment\n\n2024-11-06 15:53:56 | Status 404 | b.safetensors\n');
    put('config.json', { all: 'models' });

    expect(await found()).toEqual([
      'model a/a_civitai_model.json',
      'version a/a_civitai_model_version.json',
      'hash a/a_hash.json',
      'header a/a_metadata.json',
      'picture a/a_preview_0.jpeg',
      'missing missing_from_civitai.txt',
      'processed processed_files.json',
    ]);
  });

  it('knows the notes and previews of CivitScraper beside models, counted from 1', async () => {
    put('ink.json', VERSION);
    put('ink.preview1.jpeg', JPEG);
    put('notes.json', { 'activation text': 'mine' });
    put('workflow.json', '{"broken');
    put('other.preview1.jpeg', JPEG);

    expect(await found()).toEqual(['version ink.json', 'picture ink.preview1.jpeg']);
    expect(await one('picture')).toMatchObject({ key: join(folder, 'ink.json'), position: 0 });
  });

  it.each([
    ['a/a_hash.json', '{"hash_va', /can not be read/],
    ['a/a_hash.json', { hash_value: 'short' }, /holds no SHA-256/],
    ['a/a_hash.json', [1], /holds no answer/],
    ['a/a_civitai_model_version.json', '{"id": 1, "modelId"', /can not be read/],
    ['a/a_civitai_model_version.json', { id: 1 }, /holds no version/],
    ['a/a_civitai_model_version.json', { error: 'busy', status_code: 503 }, /kept in place of an answer/],
    ['a/a_civitai_model_version.json', { error: 'none', status_code: 404 }, /whose hash is not noted/],
    ['a/a_civitai_model.json', { id: 'x' }, /holds no model/],
    ['a/a_civitai_model.json', { error: 'none', status_code: 404 }, /kept in place of an answer/],
    ['a/a_metadata.json', '\0\0', /can not be read/],
    ['a/a_preview_0.jpeg', '<!doctype html><title>502</title>', /is called a picture and is none/],
    ['a/a_preview_0.mp4', '', /is called a picture and is none/],
    ['processed_files.json', '{"files": [', /can not be read/],
    ['processed_files.json', { files: 'x' }, /holds no list of files/],
    ['missing_from_civitai.txt', '\0\0 spoilt', /1 lines that are none/],
  ])('names %s that holds %j, and goes on', async (path, content, why) => {
    put(path, content);
    put('b/b_civitai_model_version.json', VERSION);

    const records = await found();

    expect(records).toHaveLength(2);
    expect(records).toContain('version b/b_civitai_model_version.json');
    expect(records.find((line) => line.startsWith(`refused ${path}`))).toMatch(why);
  });

  it('names a note of a picture that is damaged, and takes the picture all the same', async () => {
    put('a/a_civitai_model_version.json', VERSION);
    put('a/a_preview_0.jpeg', JPEG);
    put('a/a_preview_0.json', '{"url": "http');

    const records = await found();

    expect(records).toContain('picture a/a_preview_0.jpeg');
    expect(records.at(-1)).toMatch(/^refused a\/a_preview_0\.json: .*can not be read/);
  });

  it('takes for the time of a hash whichever is earlier, what it says or when it was written', async () => {
    put('a/a_hash.json', {
      hash_value: SHA,
      filename: 'sub\\a.safetensors',
      timestamp: '2026-03-01T00:00:00.1',
    });
    const path = join(folder, 'a/a_hash.json');
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    expect(await one('hash')).toMatchObject({ at: 1_700_000_000_000, name: 'a.safetensors' });

    utimesSync(path, 1_900_000_000, 1_900_000_000);
    expect((await one('hash')).at).toBe(Date.parse('2026-03-01T00:00:00.1'));
  });

  it('reads of the missing list only what the site answered, with its local time', async () => {
    put(
      'missing_from_civitai.txt',
      '2024-11-06 15:53:56 | Status 404 | /m/b.safetensors\n2024-11-06 15:50:39 | Status 503 | c.safetensors\n',
    );

    expect((await one('missing')).entries).toEqual([
      { name: 'b.safetensors', at: new Date(2024, 10, 6, 15, 53, 56).getTime() },
    ]);
  });

  it('follows no link and ends when it is told to', async () => {
    put('a/a_civitai_model_version.json', VERSION);
    symlinkSync(join(folder, 'a'), join(folder, 'round'));
    expect(await found()).toHaveLength(1);

    await expect(findRecords(folder, AbortSignal.abort(new Error('told')))).rejects.toThrow('told');
  });
});
