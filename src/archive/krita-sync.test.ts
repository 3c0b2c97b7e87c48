import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeCatalogs } from '../../test/catalogs.ts';
import { chooseFor, saveCandidates } from '../catalog/candidate.ts';
import {
  addLibrary,
  imageFacts,
  modelFacts,
  versionFacts,
  versionFileFacts,
} from '../catalog/facts-samples.ts';
import { saveHeaders } from '../catalog/header.ts';
import { saveModels } from '../catalog/model.ts';
import { keepPayloads } from '../catalog/payload.ts';
import { saveVersions } from '../catalog/version.ts';
import { readLoras, writeLoras } from './krita-sync-file.ts';
import { findKritaLoras, kritaPlaces } from './krita-sync-places.ts';
import { isKritaRunning } from './krita-sync-running.ts';
import { strengthsOf, weightInText } from './krita-sync-strength.ts';
import { knownLoras, triggersOf } from './krita-sync-words.ts';

describe("Krita's list on disk", () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'civitarium-krita-'));
    path = join(folder, 'loras.json');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is left as another program wrote it meanwhile', async () => {
    writeFileSync(path, '[]');
    const read = readLoras(path, { mayLack: false });
    writeFileSync(path, '[ ]');

    await expect(writeLoras(read, '[1]', 0)).rejects.toMatchObject({ code: 'krita-changed' });
    expect(readFileSync(path, 'utf8')).toBe('[ ]');
  });

  it('is not made over a list that came meanwhile', async () => {
    const read = readLoras(path, { mayLack: true });
    writeFileSync(path, '[ ]');

    await expect(writeLoras(read, '[1]', 0)).rejects.toMatchObject({ code: 'in-the-way' });
    expect(readFileSync(path, 'utf8')).toBe('[ ]');
  });

  it('keeps a copy for each time it was changed, also within one second', async () => {
    for (const text of ['[1]', '[2]', '[3]']) {
      writeFileSync(path, '[]');
      await writeLoras(readLoras(path, { mayLack: false }), text, Date.UTC(2026, 0, 2, 3, 4, 5));
    }

    expect(readdirSync(folder).sort()).toEqual([
      'loras.json',
      'loras.json.bak-20260102T030405Z',
      'loras.json.bak-20260102T030405Z-2',
      'loras.json.bak-20260102T030405Z-3',
    ]);
  });

  it('refuses bytes that are no UTF-8, and a folder', () => {
    writeFileSync(path, Buffer.from([0x5b, 0x22, 0xe9, 0x22, 0x5d]));
    expect(() => readLoras(path, { mayLack: false })).toThrow(/not UTF-8/);
    expect(() => readLoras(folder, { mayLack: true })).toThrow(/no file/);
  });

  it('lies where each platform keeps such data', () => {
    expect(kritaPlaces('linux', { HOME: '/h' })[0]).toBe(
      '/h/.local/share/krita/ai_diffusion/database/loras.json',
    );
    expect(kritaPlaces('linux', { HOME: '/h', XDG_DATA_HOME: '/d' }).slice(0, 2)).toEqual([
      '/d/krita/ai_diffusion/database/loras.json',
      '/d/krita-ai-diffusion/database/loras.json',
    ]);
    expect(kritaPlaces('darwin', { HOME: '/h' })[0]).toBe(
      '/h/Library/Application Support/krita/ai_diffusion/database/loras.json',
    );
    expect(kritaPlaces('win32', { APPDATA: 'C:\\a' })[0]).toBe(
      'C:\\a\\krita\\ai_diffusion\\database\\loras.json',
    );
    expect(kritaPlaces('linux', {})).toEqual([]);
    writeFileSync(path, '[]');
    expect(findKritaLoras([join(folder, 'no'), path])).toBe(path);
  });

  it('is in use while a process is called krita', async () => {
    const addProcess = (pid: string, name: string): void => {
      mkdirSync(join(folder, pid));
      writeFileSync(join(folder, pid, 'comm'), `${name}\n`);
    };
    addProcess('1', 'init');
    addProcess('2', 'kritaish');
    mkdirSync(join(folder, '3'));
    expect(await isKritaRunning('linux', folder)).toBe(false);
    addProcess('4', 'krita');
    expect(await isKritaRunning('linux', folder)).toBe(true);
    expect(await isKritaRunning('linux', join(folder, 'nowhere'))).toBeUndefined();
  });
});

describe('triggersOf', () => {
  const notes = {
    own: { activationText: { value: 'my ink,', origin: 'a1111' } },
    kept: { trainedWords: { value: ['kept'], origin: 'lora-manager' } },
  } as const;

  it("takes the site's words, else the user's, else what was kept of the site's", () => {
    expect(triggersOf({ trainedWords: [' ink  wash, ', 'brush', '', 'brush,'] }, notes)).toBe(
      'ink wash, brush',
    );
    expect(triggersOf({ trainedWords: [' , '] }, notes)).toBe('my ink');
    expect(triggersOf({ trainedWords: [] }, { own: {}, kept: notes.kept })).toBe('kept');
    expect(triggersOf({ trainedWords: [] }, { own: {}, kept: {} })).toBeUndefined();
  });
});

describe('weightInText', () => {
  it.each([
    ['Recommended weight: 0.7', 0.7],
    ['Use it with a strength of 0.6 - 0.8.', 0.7],
    ['The best LoRA strength is between 0.8 to 1.', 0.9],
    ['Suggested weight 1', 1],
  ])('reads %s', (text, weight) => {
    expect(weightInText(text)).toBe(weight);
  });

  it.each([
    'Weight decay 0.1',
    'use steps 20, weight 0.8',
    'Recommended weight: 80%',
    'recommended weight 12',
    'best strength',
    '',
  ])('reads nothing in "%s"', (text) => {
    expect(weightInText(text)).toBeUndefined();
  });
});

describeCatalogs('strengths of LoRAs', (open) => {
  it('come from note and header, from the site, or from the images we know', async () => {
    const catalog = await open();
    const [ink, brush, own] = await addLibrary(catalog, [
      { path: 'ink.safetensors', sha256: 'aa' },
      { path: 'brush.safetensors', sha256: 'bb' },
      { path: 'own.safetensors', sha256: 'cc' },
      { path: 'base.safetensors', sha256: 'dd' },
    ]);
    const uses = [0.6, 0.9, 0.7].map((weight, at) =>
      imageFacts({
        id: 50 + at,
        url: `https://image.example/${at}.jpeg`,
        generation: {
          prompt: 'x',
          negative: undefined,
          seed: undefined,
          steps: undefined,
          cfg: undefined,
          sampler: undefined,
          model: undefined,
          settings: {
            resources: [
              { type: 'lora', name: 'other', weight: 2, hash: 'ffffffffff' },
              { type: 'lora', name: 'ink', weight, hash: 'AABBCCDD01' },
            ],
          },
        },
      }),
    );
    await saveModels(
      catalog,
      [
        modelFacts(),
        modelFacts({ id: 2, description: '<p>Recommended weight: 0.5</p>' }),
        modelFacts({ id: 3, type: 'Checkpoint' }),
      ],
      1,
    );
    await saveVersions(
      catalog,
      [
        versionFacts({
          trainedWords: ['ink wash'],
          files: [versionFileFacts({ hashes: { SHA256: 'aa', AutoV2: 'aabbccdd01' } })],
          images: uses,
        }),
        versionFacts({ id: 20, modelId: 2 }),
        versionFacts({ id: 30, modelId: 3 }),
      ],
      1,
    );
    await keepPayloads(catalog, [
      {
        kind: 'version',
        subject: '10',
        source: 'x',
        digest: 'd',
        raw: '{"id":10,"settings":{"strength":0.85}}',
        seenAt: 1,
      },
    ]);
    await saveHeaders(catalog, [
      {
        blobId: own?.blobId ?? 0,
        format: 'safetensors',
        warning: undefined,
        metadata: '{"modelspec.lora_default_weight":"0.4"}',
        tensors: 1,
        parameters: 1,
      },
    ]);
    const blobs = await catalog.db.selectFrom('blob').select(['id', 'sha256']).execute();
    const blobOf = (sha256: string): number => blobs.find((blob) => blob.sha256 === sha256)?.id ?? 0;
    await saveCandidates(catalog, [
      { blobId: blobOf('aa'), versionId: 10, modelId: 1, civitaiFileId: 100 },
      { blobId: blobOf('bb'), versionId: 20, modelId: 2, civitaiFileId: 0 },
      { blobId: blobOf('dd'), versionId: 30, modelId: 3, civitaiFileId: 0 },
    ]);
    const ids = (await catalog.db.selectFrom('file').select('id').execute()).map((row) => row.id);
    await chooseFor(catalog, ids as Parameters<typeof chooseFor>[1], 1);

    const loras = await knownLoras(catalog.db, 'h');
    expect(loras.map((lora) => [lora.path, lora.trainedWords])).toEqual([
      ['/models/ink.safetensors', ['ink wash']],
      ['/models/brush.safetensors', []],
      ['/models/own.safetensors', []],
    ]);

    const noted = loras.map((lora) => ({
      ...lora,
      notes: {
        own: lora.path.includes('brush') ? { preferredWeight: { value: 0.3, origin: 'a1111' as const } } : {},
        kept: {},
      },
    }));
    const [a, b, c] = [ink, brush, own].map((file) => file?.fileId ?? 0);
    expect(await strengthsOf(catalog.db, noted, 'file')).toEqual(
      new Map([
        [b, 0.3],
        [c, 0.4],
      ]),
    );
    expect(await strengthsOf(catalog.db, noted, 'site')).toEqual(
      new Map([
        [a, 0.85],
        [b, 0.5],
      ]),
    );
    expect(await strengthsOf(catalog.db, noted, 'observed')).toEqual(new Map([[a, 0.7]]));
  });
});
