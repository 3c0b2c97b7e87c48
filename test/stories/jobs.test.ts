import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import type { RunResult } from '../../src/verbs/verb.ts';
import { treeOf } from '../tree.ts';
import { makeJobLibrary, USUAL_NAMES, USUAL_WISH } from './testing/job-library.ts';
import type { JobLibrary } from './testing/job-library.ts';

/** Of the parts that must make up `files`. */
function partsOf({ counts }: RunResult): number {
  return ['identified', 'missing', 'removed', 'unchecked', 'failed'].reduce(
    (sum, part) => sum + (counts[part] ?? NaN),
    0,
  );
}

function organisedParts({ counts }: RunResult): number {
  return ['organised', 'organise_identical', 'organise_skipped', 'organise_failed'].reduce(
    (sum, part) => sum + (counts[part] ?? NaN),
    0,
  );
}

const MODEL = /\.(?:safetensors|ckpt|pt|gguf)$/;

describe('a job scan-paths', () => {
  let standin: Standin;
  let library: JobLibrary;

  beforeAll(async () => {
    standin = await startStandin({ models: 100, seed: 11, speed: 0 });
  });
  beforeEach(() => {
    standin.faults.use('');
    standin.reset();
    library = makeJobLibrary(standin);
  });
  afterEach(() => library.home.remove());
  afterAll(() => standin.close());

  const paths = (): string[] => Object.keys(treeOf(library.folder)).sort();
  const stem = (path: string): string => join(library.folder, path.replace(/\.\w+$/, ''));

  it('writes notes, pages, previews and the gallery where the configuration says, at the first run (B0-5)', async () => {
    const result = await library.run(library.job());

    expect(result.failures).toEqual([]);
    expect(result.exitCode).toBe(0);
    expect(result.counts['files']).toBe(library.files.length);
    expect(partsOf(result)).toBe(library.files.length);
    for (const file of library.files) {
      const note = JSON.parse(readFileSync(`${stem(file.path)}.json`, 'utf8')) as Record<string, unknown>;
      expect(note).toMatchObject({ id: file.versionId, modelId: file.modelId });
      expect(note['model']).toMatchObject({ type: standin.world.model(file.modelId)?.type });
      expect(readFileSync(`${stem(file.path)}.html`, 'utf8')).toContain('<html');
    }
    expect(readFileSync(join(library.folder, 'gallery.html'), 'utf8')).toContain('<title>Model Gallery');
    expect(paths().filter((path) => path.endsWith('.civitai.info') || path.includes('.preview.'))).toEqual(
      [],
    );
  });

  it('numbers previews from 1 in front of their true extension, with one wanted too', async () => {
    await library.run(library.job({ images: 1 }));
    const one = paths().filter((path) => path.includes('.preview') && !path.startsWith('gallery'));
    await library.run(library.job({ images: 2 }));
    const two = paths().filter((path) => path.includes('.preview') && !path.startsWith('gallery'));

    expect(one.length).toBeGreaterThan(3);
    expect(one.every((path) => /\.preview1\.(?:png|jpeg|webp|mp4)$/.test(path))).toBe(true);
    expect(two.filter((path) => /\.preview2\.\w+$/.test(path)).length).toBeGreaterThan(3);
    expect(two).toEqual(expect.arrayContaining(one));
  });

  it('asks and writes nothing when nothing changed, and later verbs write where it did', async () => {
    await library.run(library.job({ maxAgeMs: 86_400_000, verifyHashes: true }));
    const before = treeOf(library.folder);
    standin.reset();
    const again = await library.run(library.job({ maxAgeMs: 86_400_000, verifyHashes: true }));
    const unsettled = await library.run(library.job({ maxAgeMs: 86_400_000 }));
    const pages = await library.home.run(['pages', library.folder, '--json', '--api-url', standin.apiUrl]);
    const scan = await library.home.run([
      'scan',
      library.folder,
      '--json',
      '--images',
      'none',
      '--api-url',
      standin.apiUrl,
    ]);

    expect(again.counts).toMatchObject({ files: library.files.length, hashed: 0, previews: 0, pages: 0 });
    expect(again.data?.['galleries']).toEqual([join(library.folder, 'gallery.html')]);
    expect(unsettled.failures).toEqual([]);
    expect(pages.code, pages.stderr).toBe(0);
    expect(scan.code, scan.stderr).toBe(0);
    expect(standin.requests()).toEqual({});
    expect(treeOf(library.folder)).toEqual(before);
  });

  it('touches nothing under --dry-run, whatever the job says of dry_run (B0-1)', async () => {
    await library.run(library.job());
    const before = treeOf(library.home.folder);
    standin.reset();

    const result = await library.run(library.job({ organise: USUAL_WISH, skipExisting: false }), {
      'dry-run': true,
    });

    expect(treeOf(library.home.folder)).toEqual(before);
    expect(standin.requests()).toEqual({});
    expect(result.counts['organised']).toBe(library.files.length);
    expect(organisedParts(result)).toBe(result.counts['organise_files']);
    expect(result.summary.join('\n')).toContain('organized');
  });

  it('says under --dry-run, before its first run, that what is not scanned would stay', async () => {
    const before = treeOf(library.home.folder);

    const result = await library.run(library.job({ organise: USUAL_WISH }), { 'dry-run': true });

    const [files, all] = [library.files.length, result.counts['files'] ?? Number.NaN];
    expect(treeOf(library.home.folder)).toEqual(before);
    expect(all).toBeGreaterThanOrEqual(files);
    expect(result.counts).toMatchObject({ organise_files: all, organise_skipped: all, organised: 0 });
    expect(result.warnings).toContainEqual(expect.stringMatching(`^${all} files stay: Not scanned yet`));
  });

  it('only plans where organization.dry_run is set: no file moves (B0-2), nothing is written (B0-3)', async () => {
    const before = treeOf(library.folder);

    const result = await library.run(library.job({ organise: { ...USUAL_WISH, dryRun: true } }));

    expect(treeOf(library.folder)).toEqual(before);
    expect(result.counts).toMatchObject({
      identified: library.files.length,
      organised: library.files.length,
      pages: 0,
    });
    const real = await library.run(library.job({ organise: USUAL_WISH }));
    expect(real.counts).toMatchObject({ organised: library.files.length });
    expect(
      paths()
        .filter((path) => MODEL.test(path))
        .every((path) => path.includes('/organized/')),
    ).toBe(true);
  });

  it('takes a bare gallery_path to lie in the root (B0-4), and one absolute page for all roots', async () => {
    const types = readdirSync(library.folder).slice(0, 2);
    const inputs = types.map((type) => library.input(type, { type }));
    const one = join(library.home.folder, 'all', 'models.html');

    const bare = await library.run(library.job({ inputs }));
    const shared = await library.run(
      library.job({
        inputs,
        names: { ...USUAL_NAMES, gallery: { path: one, title: undefined, includeExisting: true } },
      }),
    );

    expect(bare.data?.['galleries']).toEqual(types.map((type) => join(library.folder, type, 'gallery.html')));
    expect(shared.exitCode).toBe(0);
    expect(shared.data?.['galleries']).toEqual([one]);
    expect(existsSync(join(dirname(one), 'models.files'))).toBe(true);
    expect(existsSync(join(dirname(one), 'gallery.html'))).toBe(false);
  });

  it('identifies files without verify_hashes as well, from hashes it has (B0-6)', async () => {
    const first = await library.run(library.job({ verifyHashes: false }));
    const second = await library.run(library.job({ verifyHashes: false, skipExisting: false }));

    expect(first.counts).toMatchObject({ identified: library.files.length, hashed: library.files.length });
    expect(second.counts).toMatchObject({ identified: library.files.length, hashed: 0 });
  });

  it('identifies what it can among unknown files (B0-7)', async () => {
    for (let count = 0; count < 8; count += 1)
      writeFileSync(join(library.folder, `0-unknown-${count}.safetensors`), `unknown ${count}`);

    const result = await library.run(library.job());

    expect(result.counts).toMatchObject({ identified: library.files.length, missing: 8 });
    expect(result.exitCode).toBe(0);
    expect(existsSync(join(library.folder, '0-unknown-1.json'))).toBe(false);
    expect(existsSync(join(library.folder, '0-unknown-1.html'))).toBe(true);
  });

  it.each(['move', 'copy', 'symlink'] as const)(
    'never organises its own output by %s, run three times (B0-8)',
    async (mode) => {
      const job = library.job({ skipExisting: false, organise: { ...USUAL_WISH, mode } });
      const first = await library.run(job);
      const after = treeOf(library.folder);
      const second = await library.run(job);
      const third = await library.run(job);

      expect(first.failures).toEqual([]);
      expect(first.counts).toMatchObject({ organised: library.files.length });
      for (const again of [second, third]) {
        expect(again.failures).toEqual([]);
        expect(again.counts).toMatchObject({
          files: library.files.length,
          organised: 0,
          previews: 0,
          hashed: 0,
        });
        expect(organisedParts(again)).toBe(again.counts['organise_files']);
      }
      expect(treeOf(library.folder)).toEqual(after);
      expect(Object.keys(after).filter((path) => /organized.*organized/.test(path))).toEqual([]);
    },
  );

  it.each(['move', 'copy', 'symlink'] as const)(
    'writes at the new place after a %s, and shows the organised file',
    async (mode) => {
      await library.run(library.job({ organise: { ...USUAL_WISH, mode } }));

      const notes = paths().filter(
        (path) => /\.(?:json|html)$|\.preview/.test(path) && !path.startsWith('gallery'),
      );
      expect(notes.length).toBeGreaterThan(library.files.length);
      expect(notes.filter((path) => !path.includes('/organized/'))).toEqual([]);
      const cards = readdirSync(join(library.folder, 'gallery.files'))
        .filter((name) => /^data|^cards|\.js$/.test(name))
        .map((name) => readFileSync(join(library.folder, 'gallery.files', name), 'utf8'))
        .join('\n');
      for (const file of library.files) expect(cards).toContain(basename(file.path).replace(/\.\w+$/, ''));
      const undone = await library.home.run(['undo', '--yes', '--json']);
      expect(undone.code, undone.stderr).toBe(0);
      expect(undone.json.counts).toMatchObject({ left: 0, failed: 0 });
      expect(undone.json.counts['restored']).toBeGreaterThanOrEqual(library.files.length);
      for (const file of library.files) expect(existsSync(join(library.folder, file.path))).toBe(true);
    },
  );

  it.each(['move', 'copy', 'symlink', 'hardlink'] as const)(
    'organises by %s into one folder elsewhere, keeps up what it brought there and counts each file once',
    async (mode) => {
      const output = join(library.home.folder, 'sorted');
      const job = library.job({ organise: { ...USUAL_WISH, mode, outputDir: output } });

      const first = await library.run(job);
      const after = treeOf(output);
      const planned = await library.run(job, { 'dry-run': true });
      const second = await library.run(job);

      expect(first.counts).toMatchObject({ organised: library.files.length });
      expect(
        Object.keys(after).filter((path) => path.endsWith('.json') && !path.startsWith('gallery')),
      ).toHaveLength(library.files.length);
      expect(planned.counts).toMatchObject({ files: library.files.length, organised: 0 });
      expect(second.exitCode).toBe(0);
      expect(second.counts).toMatchObject({ files: library.files.length, organised: 0 });
      expect(second.warnings.join().includes('holds no')).toBe(mode === 'move');
      // Nothing is left to show where they came from.
      for (const one of [first, second])
        expect(one.data?.['galleries']).toEqual([join(output, 'gallery.html')]);
      expect(existsSync(join(library.folder, 'gallery.html'))).toBe(false);
      const inPlace = { organise_files: library.files.length, organise_identical: library.files.length };
      for (const again of [planned, second]) expect(again.counts).toMatchObject(inPlace);
      expect(treeOf(output)).toEqual(after);
    },
  );

  it('says that it organised nothing when nothing changed', async () => {
    const job = library.job({ organise: { ...USUAL_WISH, mode: 'copy' } });
    await library.run(job);

    const again = await library.run(job);

    expect(again.counts).toMatchObject({ files: library.files.length, hashed: 0 });
    expect(organisedParts(again)).toBe(0);
    expect(again.counts['organise_files']).toBe(0);
  });

  it('keeps previews that are there when the site has none to give (B0-10)', async () => {
    await library.run(library.job());
    const [file] = library.files;
    writeFileSync(`${stem(file?.path ?? '')}.preview.mine.txt`, 'my words');
    writeFileSync(join(library.folder, '[x] a.preview1.png'), 'mine');
    const before = treeOf(library.folder);
    standin.faults.use('media:503=1');

    await library.run(library.job({ skipExisting: false }), { 'force-refresh': true });

    expect(treeOf(library.folder)).toEqual(before);
  });

  it('keeps a model without images (B0-13)', async () => {
    library.home.remove();
    library = makeJobLibrary(standin, 70);
    const bare = library.files.filter((file) => standin.world.imagesOf(file.versionId).length === 0);

    const result = await library.run(library.job());

    expect(bare.length).toBeGreaterThan(0);
    expect(result.counts['identified']).toBeGreaterThanOrEqual(library.files.length - 2);
    for (const file of bare) {
      expect(existsSync(`${stem(file.path)}.json`)).toBe(true);
      expect(existsSync(`${stem(file.path)}.html`)).toBe(true);
    }
  });

  it('knows the type of a file by whole folder names, and takes overlapping inputs and patterns once (B0-14, B0-15)', async () => {
    const types = readdirSync(library.folder);
    const [a = ''] = types;
    renameSync(join(library.folder, a), join(library.folder, 'lora'));
    mkdirSync(join(library.folder, 'lora_ckpt'));
    writeFileSync(join(library.folder, 'lora_ckpt', 'x.safetensors'), 'x');
    const inputs = [
      library.input('lora', { type: 'LORA', patterns: ['*.safetensors', '*.s*', '*'] }),
      library.input('.', { path: library.folder, type: 'Checkpoint', patterns: ['*'] }),
      library.input('lora', { type: 'LORA', patterns: ['*'] }),
    ];
    const page = { path: '{model_dir}', filename: '{model_type}-{model_name}.html' };

    const result = await library.run(library.job({ inputs, names: { ...USUAL_NAMES, page } }));

    expect(result.counts['files']).toBe(library.files.length + 1);
    expect(existsSync(join(library.folder, 'lora_ckpt', 'Checkpoint-x.html'))).toBe(true);
    const inLora = readdirSync(join(library.folder, 'lora')).filter((name) => name.endsWith('.html'));
    expect(inLora.length).toBeGreaterThan(0);
    expect(inLora.every((name) => name.startsWith('LORA-'))).toBe(true);
  });

  it('takes only what patterns and recursive mean, and leaves other files alone', async () => {
    writeFileSync(join(library.folder, 'top.pt'), 'top');
    writeFileSync(join(library.folder, 'top.safetensors'), 'tops');

    const result = await library.run(
      library.job({
        inputs: [library.input('.', { path: library.folder, patterns: ['*.pt'], recursive: false })],
      }),
    );
    const again = await library.run(
      library.job({
        inputs: [library.input('.', { path: library.folder, patterns: ['*.pt'], recursive: false })],
      }),
    );

    expect(result.counts).toMatchObject({ files: 1, hashed: 1, missing: 1 });
    expect(again.counts).toMatchObject({ files: 1, hashed: 0 });
    expect(existsSync(join(library.folder, 'top.html'))).toBe(true);
  });

  it('leaves notes of the user alone and puts its own beside them, which counts as existing (B0-17)', async () => {
    const [file] = library.files;
    const own = `${stem(file?.path ?? '')}.json`;
    writeFileSync(own, '{"activation text": "my words", "notes": "mine"}');

    const first = await library.run(library.job());
    const before = treeOf(library.folder);
    standin.reset();
    const second = await library.run(library.job());
    const third = await library.run(library.job({ skipExisting: false }));

    expect(first.warnings.join('\n')).toContain(own);
    expect(first.exitCode).toBe(0);
    expect(readFileSync(own, 'utf8')).toContain('my words');
    expect(JSON.parse(readFileSync(own.replace(/json$/, 'civitai.json'), 'utf8'))).toMatchObject({
      id: file?.versionId,
    });
    expect([second.counts['pages'], third.counts['hashed']]).toEqual([0, 0]);
    expect(standin.requests()).toEqual({});
    expect(treeOf(library.folder)).toEqual(before);
  });

  it('writes notes of its own anew that were cut off or taken away, and no others (B0-17)', async () => {
    await library.run(library.job());
    const before = treeOf(library.folder);
    const [a, b, c] = library.files.map((file) => `${stem(file.path)}.json`);
    if (a === undefined || b === undefined || c === undefined) throw new Error('No files.');
    truncateSync(a, 40);
    writeFileSync(b, '');
    rmSync(c);

    const result = await library.run(library.job());

    expect(result.exitCode).toBe(0);
    expect(treeOf(library.folder)).toEqual(before);
  });

  it('ends with items that failed when some did (B0-20)', async () => {
    standin.faults.use('media:404=1');
    rmSync(join(library.folder, library.files[0]?.path ?? ''));
    const result = await library.run(
      library.job({ inputs: [...library.job().inputs, library.input('away')] }),
    );

    expect(result.exitCode).toBe(3);
    expect(result.failures.map((failure) => failure.what)).toContain(join(library.folder, 'away'));
  });

  it('ends before it begins when no input is there', async () => {
    await expect(library.run(library.job({ inputs: [library.input('away')] }))).rejects.toThrow('away');
  });

  it('keeps files of one name and type from two folders apart in one folder (B0-23)', async () => {
    const [a, b] = library.files.map((file) => file.path);
    for (const [folder, from] of [
      ['one', a],
      ['two', b],
    ] as const) {
      mkdirSync(join(library.folder, folder));
      renameSync(join(library.folder, from ?? ''), join(library.folder, folder, 'same.safetensors'));
    }
    const out = join(library.home.folder, 'out');
    const info = { path: `${out}/{model_type}`, filename: '{model_name}.json' };

    const result = await library.run(library.job({ names: { ...USUAL_NAMES, info } }));
    const before = treeOf(out);
    const alone = await library.run(
      library.job({ inputs: [library.input('two')], names: { ...USUAL_NAMES, info } }),
    );

    expect(result.failures).toEqual([]);
    expect(alone.failures).toEqual([]);
    const ids = readdirSync(join(out, 'LORA')).map(
      (name) => (JSON.parse(readFileSync(join(out, 'LORA', name), 'utf8')) as { id: number }).id,
    );
    expect(new Set(ids)).toEqual(new Set(library.files.map((file) => file.versionId)));
    expect(ids).toHaveLength(library.files.length);
    expect(Object.keys(treeOf(out))).toEqual(expect.arrayContaining(Object.keys(before)));
  });

  it('reads a file once, and not again while it is as it was (B0-24)', async () => {
    const first = await library.run(library.job({ verifyHashes: true }));
    const second = await library.run(library.job({ verifyHashes: true, skipExisting: false }));

    expect(first.counts['hashed']).toBe(library.files.length);
    expect(second.counts['hashed']).toBe(0);
  });

  it('reads files whose hash another program noted, and tells of one that is not so', async () => {
    const [file] = library.files;
    const path = join(library.folder, file?.path ?? '');
    writeFileSync(`${path}.sha256`, `${'ab'.repeat(32)}  ${basename(path)}\n`);
    const noted = await library.run(library.job());
    const verified = await library.run(library.job({ verifyHashes: true }));

    const adopted = library.files.length - (noted.counts['hashed'] ?? 0);
    expect(verified.counts['hashed']).toBe(adopted);
    expect(verified.counts['identified']).toBe(library.files.length);
    if (adopted > 0) expect(verified.failures.map((failure) => failure.code)).toEqual(['hash-mismatch']);
  });

  it('leaves a gallery from before whole where none is wanted any more', async () => {
    await library.run(library.job());
    const side = (): string[] => paths().filter((path) => path.startsWith('gallery.'));
    const before = side();

    const result = await library.run(
      library.job({ names: { ...USUAL_NAMES, gallery: undefined }, skipExisting: false }),
    );

    expect(result.failures).toEqual([]);
    expect(before).toContain('gallery.files/cards.js');
    expect(side()).toEqual(before);
  });

  it('writes neither pages nor gallery where they are off', async () => {
    await library.run(
      library.job({ names: { ...USUAL_NAMES, page: undefined, gallery: undefined }, images: 'none' }),
    );

    expect(paths().filter((path) => !MODEL.test(path) && !path.endsWith('.json'))).toEqual([]);
    const again = await library.run(
      library.job({ names: { ...USUAL_NAMES, page: undefined, gallery: undefined }, images: 'none' }),
    );
    expect(again.exitCode).toBe(0);
  });
});

describe('a job sync-lora-triggers', () => {
  let standin: Standin;
  let library: JobLibrary;

  beforeAll(async () => {
    standin = await startStandin({ models: 60, seed: 5, speed: 0 });
    library = makeJobLibrary(standin, 40);
  });
  afterAll(async () => {
    library.home.remove();
    await standin.close();
  });

  it('matches by path from any folder, backslashes and comments or not, with words of the site or of a note (B0-21)', async () => {
    const lora = join(library.folder, 'LORA');
    mkdirSync(join(lora, 'own'));
    writeFileSync(join(lora, 'own', 'mine.safetensors'), 'mine');
    writeFileSync(join(lora, 'own', 'mine.json'), '{"activation text": "my words, "}');
    const known = library.files.find((file) => {
      const versions = standin.world.model(file.modelId)?.versions ?? [];
      return (
        file.path.startsWith('LORA/') &&
        (versions.find((one) => one.id === file.versionId)?.trainedWords.length ?? 0) > 0
      );
    });
    const list = join(library.home.folder, 'krita', 'loras.json');
    mkdirSync(dirname(list));
    writeFileSync(
      list,
      `// kept by hand\n${JSON.stringify([
        { id: basename(known?.path ?? ''), name: 'a', metadata: {} },
        { id: 'own\\mine.safetensors', name: 'b', metadata: { extra: 1 } },
      ])}`,
    );
    const sync = {
      kind: 'sync-lora-triggers',
      name: 'sync-triggers',
      inputs: [library.input('LORA')],
      lorasFile: list,
      overwrite: 'always',
    } as const;

    const unscanned = await library.run(sync);
    await library.run(library.job({ images: 'none' }));
    const scanned = await library.run(sync);

    expect(unscanned.counts).toMatchObject({ entries: 2, matched: 2, changed: 1 });
    expect(scanned.counts).toMatchObject({ entries: 2, matched: 2, changed: 1, ambiguous: 0 });
    const entries = JSON.parse(readFileSync(list, 'utf8')) as { metadata: Record<string, unknown> }[];
    expect(entries[0]?.metadata['lora_triggers']).not.toBe('');
    expect(entries[1]?.metadata).toMatchObject({ lora_triggers: 'my words', extra: 1 });
  });
});
