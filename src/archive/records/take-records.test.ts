import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeCatalogs } from '../../../test/catalogs.ts';
import { blobsBySha } from '../../catalog/blob.ts';
import { headersOf } from '../../catalog/header.ts';
import { notedOfNames } from '../../catalog/noted-hash.ts';
import type { Catalog } from '../../catalog/open.ts';
import { latestPayload } from '../../catalog/payload.ts';
import { claimPictures, picturesOf } from '../../catalog/picture.ts';
import type { SubjectKind } from '../../catalog/schema.ts';
import { recordLooks, statesOf } from '../../catalog/state.ts';
import { findRecords, withoutLoose } from './find-records.ts';
import { takeRecords } from './take-records.ts';
import type { TakenRecords } from './take-records.ts';

const SHA = 'ab'.repeat(32);
const OTHER = 'cd'.repeat(32);
const IMAGE = 'https://image.civitai.com/x/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f/original=true/91.jpeg';
const VERSION = {
  id: 7,
  modelId: 3,
  name: 'v1',
  model: { name: 'A', type: 'LORA' },
  files: [{ id: 1, name: 'a.safetensors', sizeKB: 2, hashes: { SHA256: SHA } }],
  images: [{ url: IMAGE, type: 'image', width: 8, height: 8 }],
};
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]);
/** When the records were written. */
const THEN = 1_600_000_000_000;
const signal = new AbortController().signal;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'civitarium-take-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, content: unknown, at = THEN): void {
  const absolute = join(folder, path);
  mkdirSync(dirname(absolute), { recursive: true });
  const isBytes = typeof content === 'string' || Buffer.isBuffer(content);
  writeFileSync(absolute, isBytes ? content : JSON.stringify(content));
  utimesSync(absolute, at / 1000, at / 1000);
}

function putModel(): void {
  put('a/a_civitai_model_version.json', VERSION);
  put('a/a_civitai_model.json', { id: 3, name: 'A', type: 'LORA', modelVersions: [] });
  put('a/a_hash.json', { hash_value: SHA, filename: 'a.safetensors' });
  put('a/a_metadata.json', { ss_network_dim: '16' });
  put('a/a_preview_0.jpeg', JPEG);
  put('processed_files.json', { files: ['/m/a.safetensors'] });
}

async function take(catalog: Catalog, dry = false): Promise<TakenRecords> {
  return await takeRecords(catalog, withoutLoose(await findRecords(folder, signal)), { dry, signal });
}

async function stateOf(catalog: Catalog, kind: SubjectKind, subject: string): Promise<object | undefined> {
  const row = (await statesOf(catalog.db, kind, [subject])).get(subject);
  return row === undefined ? undefined : { state: row.state, checked: row.checked_at };
}

describeCatalogs('takeRecords', (open) => {
  it('takes answers with the time of their files, and says the same in a dry run, which takes nothing', async () => {
    const catalog = await open();
    putModel();
    const all = { total: 6, taken: 6, known: 0, unused: 0, refused: 0, pictures: 1 };

    expect(await take(catalog, true)).toEqual(all);
    expect(await latestPayload(catalog.db, 'version', '7')).toBeUndefined();
    expect(await take(catalog)).toEqual(all);
    expect(await take(catalog)).toEqual({ ...all, taken: 0, known: 6, pictures: 0 });
    expect(await latestPayload(catalog.db, 'version', '7')).toMatchObject({ seenAt: THEN });
    for (const [kind, subject] of [
      ['hash', SHA],
      ['version', '7'],
      ['model', '3'],
    ] as const)
      // prettier-ignore
      expect(await stateOf(catalog, kind, subject)).toEqual({ state: 'found', checked: THEN });
  });

  it('keeps what proves a hash, what the header said, and the picture as another program’s', async () => {
    const catalog = await open();
    putModel();
    await take(catalog);

    expect(await notedOfNames(catalog.db, ['a.safetensors'])).toMatchObject([
      { sha256: SHA, size: 2048, path: '/m/a.safetensors', noted_at: THEN },
    ]);
    const blob = (await blobsBySha(catalog.db, [SHA])).get(SHA)?.id ?? 0;
    expect((await headersOf(catalog.db, [blob])).get(blob)?.metadata).toContain('ss_network_dim');
    const [picture] = await picturesOf(catalog.db, { unclaimed: true });
    expect(picture).toMatchObject({
      kind: 'picture',
      path: join(folder, 'a/a_preview_0.jpeg'),
      image_id: 91,
      done_sha256: createHash('sha256').update(JPEG).digest('hex'),
    });
    await claimPictures(catalog, []);
    expect(await picturesOf(catalog.db, { unclaimed: true })).toHaveLength(1);
  });

  it('leaves what the catalog has from later as it is', async () => {
    const catalog = await open();
    putModel();
    await take(catalog);
    put('a/a_civitai_model_version.json', { ...VERSION, name: 'older' }, THEN - 1000);

    expect(await take(catalog)).toMatchObject({ taken: 0, known: 6 });
    expect((await latestPayload(catalog.db, 'version', '7'))?.raw).not.toContain('older');
  });

  it('takes what the site removed since for removed, not for found', async () => {
    const catalog = await open();
    putModel();
    const hour = 3_600_000;
    for (const at of [THEN + hour, THEN + 4 * hour])
      await recordLooks(catalog, 'hash', [{ subject: SHA, answer: 'absent' }], at);

    await take(catalog);

    expect(await stateOf(catalog, 'hash', SHA)).toMatchObject({ state: 'removed' });
    expect(await latestPayload(catalog.db, 'version', '7')).toBeDefined();
  });

  it('takes a 404 of a hashed file for one, from the record or the list, and no outage', async () => {
    const catalog = await open();
    put('b/b_hash.json', { hash_value: OTHER, filename: 'b.safetensors' });
    put('b/b_civitai_model_version.json', { error: 'none', status_code: 404 });
    put('c/c_hash.json', { hash_value: SHA, filename: 'c.safetensors' });
    put('missing_from_civitai.txt', '2020-09-13 10:00:00 | Status 404 | c.safetensors\n2020-09-13 10:00:00 | Status 503 | d.safetensors\n'); // prettier-ignore

    expect(await take(catalog)).toMatchObject({ total: 4, taken: 4 });
    expect(await stateOf(catalog, 'hash', OTHER)).toEqual({ state: 'missing', checked: THEN });
    const told = new Date(2020, 8, 13, 10).getTime();
    expect(await stateOf(catalog, 'hash', SHA)).toEqual({ state: 'missing', checked: told });
  });

  it('counts what tells nothing as without use', async () => {
    const catalog = await open();
    put('e/e_metadata.json', { a: 'b' });
    put('e/e_preview_0.jpeg', JPEG);
    put('e/e_preview_0.json', { nothing: 'said' });
    put('missing_from_civitai.txt', '2020-09-13 10:00:00 | Status 404 | nobody.safetensors\n');
    put('processed_files.json', { files: ['/m/nobody.safetensors'] });

    expect(await take(catalog)).toEqual({ total: 4, taken: 0, known: 0, unused: 4, refused: 0, pictures: 0 });
  });

  it('takes no film for the picture at its place', async () => {
    const catalog = await open();
    put('a/a_civitai_model_version.json', { ...VERSION, images: [{ url: IMAGE, type: 'video' }] });
    put('a/a_preview_0.jpeg', JPEG);

    expect(await take(catalog)).toMatchObject({ taken: 1, unused: 1, pictures: 0 });
  });
});
