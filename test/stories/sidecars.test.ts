import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { readSidecar } from '../../src/formats/sidecars/read-sidecar.ts';
import { makeHome } from '../cli.ts';
import type { CliResult, Home } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { writeWorldLibrary } from '../world-library.ts';
import type { LibraryFile } from '../world-library.ts';

const ALL = 'a1111,lora-manager,stability-matrix,swarm,civitai-info';
const ENDINGS = ['.json', '.metadata.json', '.cm-info.json', '.swarm.json', '.civitai.info'];

describe('notes beside models go both ways', () => {
  let standin: Standin;
  let home: Home;
  let models: string;
  let files: LibraryFile[];

  beforeAll(async () => {
    standin = await startStandin({ models: 12, images: 0, seed: 7 });
  });

  afterAll(() => standin.close());

  beforeEach(() => {
    home = makeHome();
    models = join(home.folder, 'models');
    files = writeWorldLibrary(standin.world, models, 4);
    return () => home.remove();
  });

  const run = (verb: string, ...args: string[]): Promise<CliResult> =>
    home.run([verb, models, ...args, '--api-url', standin.apiUrl, '--rate', '60000', '--json']);
  const scan = (...args: string[]): Promise<CliResult> => run('scan', '--images', 'none', ...args);
  const beside = (at: number, ending: string): string =>
    join(models, (files[at]?.path ?? '').replace(/\.\w+$/, ending));
  const page = (at: number): string => readFileSync(beside(at, '.html'), 'utf8');
  const json = (path: string): Record<string, unknown> =>
    JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;

  function writeNote(at: number, ending: string, value: unknown): string {
    const text = JSON.stringify(value, undefined, 4);
    writeFileSync(beside(at, ending), text);
    return text;
  }

  it("shows the user's own words on page and gallery, follows their changes, and touches no note", async () => {
    const own = {
      description: 'my own words',
      'activation text': 'call me so',
      'preferred weight': 0.7,
      notes: 'keep for teapots',
    };
    writeNote(0, '.json', own);
    writeNote(1, '.metadata.json', { file_name: 'x', notes: 'from the manager', from_civitai: false });
    const before = treeOf(models);

    const first = await scan();

    expect(first.code, first.stderr).toBe(0);
    for (const text of ['Your notes', 'keep for teapots', 'call me so', 'my own words', '0.7', 'A1111'])
      expect(page(0)).toContain(text);
    expect(page(1)).toMatch(/from the manager[\s\S]*LoRA Manager/);
    expect(page(2)).not.toContain('Your notes');
    expect(readFileSync(join(models, 'gallery.files', 'about-1.js'), 'utf8')).toContain('keep for teapots');
    expect(treeOf(models, (path) => path in before)).toEqual(before);

    expect((await scan()).json.counts).toMatchObject({ pages: 0 });
    // A note of the same length: only its time tells.
    writeNote(0, '.json', { ...own, notes: 'keep for kettles' });
    utimesSync(beside(0, '.json'), 1_800_000_000, 1_800_000_000);
    rmSync(beside(1, '.metadata.json'));
    const again = await scan();

    expect(again.json.requests.total).toBe(0);
    expect(page(0)).toContain('keep for kettles');
    expect(page(0)).not.toContain('teapots');
    expect(page(1)).not.toContain('Your notes');
  });

  it('keeps what notes say of a file that the site does not know', async () => {
    mkdirSync(join(models, 'own'));
    writeFileSync(join(models, 'own', 'lost.safetensors'), 'lost');
    writeFileSync(
      join(models, 'own', 'lost.cm-info.json'),
      JSON.stringify({
        ModelName: 'Lost Ink',
        ModelId: 4711,
        BaseModel: 'SDXL 1.0',
        TrainedWords: ['lost word'],
        Hashes: {},
      }),
    );

    await scan('--sidecars', ALL);

    const shown = readFileSync(join(models, 'own', 'lost.html'), 'utf8');
    for (const text of [
      'What other programs noted',
      'Lost Ink',
      'lost word',
      'SDXL 1.0',
      '4711',
      'Stability Matrix',
    ])
      expect(shown).toContain(text);
    expect(existsSync(join(models, 'own', 'lost.json'))).toBe(false);
  });

  it('writes the notes that were asked for, readable, and nothing the second time', async () => {
    const first = await scan('--sidecars', ALL);

    expect(first.code, first.stderr).toBe(0);
    for (const [at, file] of files.entries()) {
      for (const ending of ENDINGS) {
        const facts = readSidecar(`x${ending}`, readFileSync(beside(at, ending), 'utf8'));
        if (ending === '.json') expect(facts?.format).toBe('a1111');
        else expect(facts).toMatchObject({ versionId: file.versionId, modelId: file.modelId });
      }
    }
    const before = treeOf(models);
    expect((await scan('--sidecars', ALL)).json.requests.total).toBe(0);
    expect((await run('pages', '--sidecars', ALL)).json.counts['files']).toBe(0);
    expect(treeOf(models)).toEqual(before);
    // What we wrote ourselves is nobody's own word.
    for (const at of files.keys()) expect(page(at)).not.toContain('Your notes');
  });

  it('writes what was asked for later, and again what was lost', async () => {
    await scan();
    expect(existsSync(beside(0, '.swarm.json'))).toBe(false);

    await run('pages', '--sidecars', 'swarm');
    expect(existsSync(beside(0, '.swarm.json'))).toBe(true);
    expect(existsSync(beside(0, '.json'))).toBe(false);
    rmSync(beside(0, '.swarm.json'));
    await scan('--sidecars', 'swarm');
    expect(existsSync(beside(0, '.swarm.json'))).toBe(true);
  });

  it("fills a note of the user's only when asked, keeps every value of it, and its bytes beside it, once", async () => {
    const note = writeNote(0, '.json', {
      '7': 1,
      'activation text': 'mine',
      'sd version': 'Unknown',
      notes: '',
      extra: { deep: ['kept'] },
    });
    const info = writeNote(1, '.civitai.info', {
      id: files[1]?.versionId,
      modelId: files[1]?.modelId,
      name: 'my name',
      extra: 'kept',
    });

    await scan('--sidecars', 'swarm');
    expect(readFileSync(beside(0, '.json'), 'utf8')).toBe(note);
    expect(readFileSync(beside(1, '.civitai.info'), 'utf8')).toBe(info);
    const result = await scan('--sidecars', 'a1111,civitai-info');

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.warnings.join('\n')).toContain('2 notes of yours were filled');
    expect(json(beside(0, '.json'))).toMatchObject({
      '7': 1,
      'activation text': 'mine',
      extra: { deep: ['kept'] },
    });
    expect(json(beside(0, '.json'))['description']).not.toBe('');
    expect(json(beside(1, '.civitai.info'))).toMatchObject({
      name: 'my name',
      extra: 'kept',
      model: { name: standin.world.model(files[1]?.modelId ?? 0)?.name },
    });
    expect(readFileSync(beside(0, '.json.orig'), 'utf8')).toBe(note);
    expect(readFileSync(beside(1, '.civitai.info.orig'), 'utf8')).toBe(info);

    const filled = readFileSync(beside(1, '.civitai.info'), 'utf8');
    await run('pages');
    await scan('--force-refresh');
    expect(readFileSync(beside(1, '.civitai.info'), 'utf8')).toBe(filled);
    writeNote(0, '.json', { 'activation text': 'newer', notes: '' });
    await scan('--sidecars', 'a1111');
    expect(json(beside(0, '.json'))['activation text']).toBe('newer');
    expect(readFileSync(beside(0, '.json.orig'), 'utf8')).toBe(note);
    expect(page(0)).toContain('newer');
  });

  it("writes the user's own words into the other formats", async () => {
    writeNote(0, '.json', { 'activation text': 'mine', 'preferred weight': 0.65, notes: 'teapots' });

    await scan('--sidecars', 'lora-manager,swarm');

    expect(json(beside(0, '.metadata.json'))).toMatchObject({ notes: 'teapots' });
    expect(json(beside(0, '.swarm.json'))).toMatchObject({
      'modelspec.trigger_phrase': 'mine',
      'modelspec.usage_hint': 'teapots',
    });
  });

  it("leaves what only has a note's name, and says so", async () => {
    const tokenizer = writeNote(0, '.json', { version: '1.0', model: { type: 'BPE' } });
    writeFileSync(beside(1, '.json'), '{"notes": "damaged');
    const target = join(home.folder, 'shared.json');
    writeFileSync(target, '{"notes":"shared"}');
    symlinkSync(target, beside(2, '.json'));

    const result = await scan('--sidecars', 'a1111');

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.warnings.join('\n')).toContain("3 files stand under a note's name and were left");
    expect(readFileSync(beside(0, '.json'), 'utf8')).toBe(tokenizer);
    expect(readFileSync(beside(1, '.json'), 'utf8')).toBe('{"notes": "damaged');
    expect(readFileSync(target, 'utf8')).toBe('{"notes":"shared"}');
  });

  it('gives of two files with one stem only the first its notes', async () => {
    writeFileSync(beside(0, '.pt'), readFileSync(join(models, files[1]?.path ?? '')));

    await scan('--sidecars', 'stability-matrix');

    expect(json(beside(0, '.cm-info.json'))['VersionId']).toBe(files[0]?.versionId);
  });

  it('keeps every byte of a note when it is killed while filling it, and ends where it would have', async () => {
    const note = writeNote(0, '.json', { 'activation text': 'mine', mine: 1 });
    await scan();
    for (const point of ['sidecar.copied', 'sidecar.merged']) {
      const killed = await home.run(['pages', models, '--sidecars', 'a1111', '--json'], {
        env: { CIVITARIUM_FAULT: `kill@${point}` },
      });

      expect(killed.signal).toBe('SIGKILL');
      expect(readFileSync(beside(0, '.json.orig'), 'utf8')).toBe(note);
      expect(json(beside(0, '.json'))).toMatchObject({ 'activation text': 'mine', mine: 1 });
    }
    const done = await run('pages', '--sidecars', 'a1111');
    expect(done.code, done.stderr).toBe(0);
    expect(json(beside(0, '.json'))['description']).toBeDefined();
    expect(readFileSync(beside(0, '.json.orig'), 'utf8')).toBe(note);
  });

  it('refuses a format it does not know, and writes nothing under --dry-run', async () => {
    const wrong = await scan('--sidecars', 'a1111,nonsense');
    expect(wrong.code).toBe(1);
    expect(wrong.json.failures[0]?.why).toContain('"nonsense"');

    const before = treeOf(home.folder);
    const dry = await scan('--sidecars', 'a1111', '--dry-run');
    expect(dry.code, dry.stderr).toBe(0);
    expect(treeOf(home.folder)).toEqual(before);
  });
});
