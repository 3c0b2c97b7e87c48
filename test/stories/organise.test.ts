import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import type { JsonResult } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { makeOrganiseLibrary } from './testing/organise-library.ts';
import type { OrganiseLibrary } from './testing/organise-library.ts';

/** What `files` must be the sum of. */
function partsOf({ counts }: Pick<JsonResult, 'counts'>): number {
  return ['done', 'identical', 'skipped', 'failed'].reduce((sum, part) => sum + (counts[part] ?? NaN), 0);
}

describe('a library that is organised', () => {
  let standin: Standin;
  let library: OrganiseLibrary;

  beforeAll(async () => {
    standin = await startStandin({ models: 40, seed: 11, speed: 0 });
    library = await makeOrganiseLibrary(standin);
  });

  beforeEach(() => library.reset());

  afterAll(async () => {
    library.remove();
    await standin.close();
  });

  it('goes into folders by type and base model with all that lies beside, and undo gives every byte back', async () => {
    const before = library.tree();

    const result = await library.run('organize', library.folder);
    const after = library.tree();
    const undone = await library.run('undo', '--yes');

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts).toMatchObject({
      files: library.known.length + 1,
      done: library.known.length,
      identical: 0,
      skipped: 1,
      failed: 0,
    });
    for (const file of library.known) {
      const model = standin.world.model(file.modelId);
      const version = model?.versions.find((one) => one.id === file.versionId);
      const stem = join(
        'organized',
        model?.type ?? '',
        version?.baseModel ?? '',
        (file.path.split('/').at(-1) ?? '').replace(/\.\w+$/, ''),
      );
      expect(Object.keys(after)).toEqual(
        expect.arrayContaining([
          `${stem}.safetensors`.replace(/\.safetensors$/, file.path.slice(file.path.lastIndexOf('.'))),
          `${stem}.html`,
          `${stem}.civitai.info`,
        ]),
      );
      expect(Object.keys(after)).not.toContain(file.path);
    }
    expect(library.modelHashes(after)).toEqual(library.modelHashes(before));
    expect(undone.code, undone.stderr).toBe(0);
    expect(undone.json.counts).toMatchObject({ left: 0, failed: 0 });
    expect(undone.json.counts['steps']).toBe(undone.json.counts['restored']);
    expect(library.tree()).toEqual(before);
    expect(existsSync(join(library.folder, 'organized'))).toBe(false);
  });

  it('is in its place when it is organised again, and known without reading it again', async () => {
    await library.run('organize', library.folder);
    const after = library.tree();

    const again = await library.run('organize', library.folder);
    const third = await library.run('organize', join(library.folder, 'organized'));
    const scan = await library.run('scan', library.folder, '--images', '2');

    expect(again.json.counts).toMatchObject({ done: 0, identical: library.known.length, skipped: 1 });
    expect(third.json.counts).toMatchObject({ done: 0, identical: library.known.length, skipped: 0 });
    expect(scan.json.counts).toMatchObject({ hashed: 0, identified: library.known.length, previews: 0 });
    expect(scan.json.requests.total).toBe(0);
    expect(library.tree()).toEqual(after);
  });

  it('writes pages that lead to their pictures and to the gallery from the new place', async () => {
    await library.run('organize', library.folder);

    for (const path of Object.keys(library.tree()).filter(
      (name) => name.startsWith('organized/') && name.endsWith('.html'),
    )) {
      const page = readFileSync(join(library.folder, path), 'utf8');
      const links = [...page.matchAll(/(?:src|href)="([^"#:]+)"/g)].map((match) =>
        decodeURIComponent(match[1] ?? ''),
      );
      expect(links.length).toBeGreaterThan(2);
      expect(links.filter((link) => !existsSync(join(library.folder, dirname(path), link)))).toEqual([]);
    }
  });

  it('touches nothing under --dry-run and prints the tree that would result', async () => {
    const before = treeOf(library.home.folder);

    const result = await library.run(
      'organize',
      library.folder,
      '--dry-run',
      '--template',
      '{type}/{creator|nobody}',
    );
    const text = await library.home.run(['organize', library.folder, '--dry-run']);

    expect(result.code, result.stderr).toBe(0);
    expect(partsOf(result.json)).toBe(result.json.counts['files']);
    expect(result.json['plan']).toHaveLength(library.known.length);
    expect(text.stdout).toContain(`${library.folder}/organized/\n`);
    expect(text.stdout).toContain('Nothing was changed.');
    expect(treeOf(library.home.folder)).toEqual(before);
  });

  it.each([
    'by_type',
    'by_creator',
    'by_date',
    'by_nsfw',
    'by_model_info',
    'by_thumbs',
    'by_type_and_raw_rating',
    '{base_model}/{year}-{month}-{day}/{model_id}_{version_id}',
  ])('follows the template %s, and undo takes it back', async (template) => {
    const before = library.tree();

    const result = await library.run('organize', library.folder, '--template', template);
    const undone = await library.run('undo', '--yes');

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts['done']).toBe(library.known.length);
    expect(undone.code, undone.stderr).toBe(0);
    expect(library.tree()).toEqual(before);
  });

  it.each([
    ['../{type}', "can't be a folder"],
    ['{type}/../../x', "can't be a folder"],
    ['/etc/{type}', 'must be relative'],
    ['{typ}', '{typ} is not known; did you mean {type}?'],
    ['', 'There is no template'],
    ['by_tpye', 'Did you mean by_type?'],
    ['{type', 'never closed'],
  ])('refuses the template %s before anything moves', async (template, why) => {
    const before = library.tree();

    const result = await library.run('organize', library.folder, '--template', template);

    expect(result.code).toBe(1);
    expect(result.json.failures[0]).toMatchObject({
      code: 'bad-template',
      why: expect.stringContaining(why) as string,
    });
    expect(library.tree()).toEqual(before);
  });

  it.each(['copy', 'symlink', 'hardlink'])(
    'can be made of files by %s, which stay, and undo removes what was made',
    async (mode) => {
      const before = library.tree();

      const result = await library.run('organize', library.folder, '--mode', mode);
      const after = library.tree();
      const again = await library.run('organize', library.folder, '--mode', mode);
      const scan = await library.run('scan', library.folder, '--images', '2');
      const undone = await library.run('undo', '--yes');

      expect(result.code, result.stderr).toBe(0);
      expect(result.json.counts).toMatchObject({ done: library.known.length, failed: 0 });
      for (const [path, hash] of Object.entries(before))
        if (!/\.html$|gallery\.files/.test(path)) expect(after[path]).toBe(hash);
      const made = Object.keys(after).filter(
        (path) => path.startsWith('organized/') && path.endsWith('.safetensors'),
      );
      expect(made.length).toBeGreaterThan(0);
      for (const path of made) expect(after[path]?.startsWith('link ')).toBe(mode === 'symlink');
      expect(again.json.counts).toMatchObject({ done: 0 });
      expect(scan.json.counts).toMatchObject({ hashed: 0, files: 2 * library.known.length + 1 });
      expect(undone.code, undone.stderr).toBe(0);
      expect(library.tree()).toEqual(before);
    },
  );

  it('goes into a folder outside the library, and undo leaves nothing there', async () => {
    const before = library.tree();
    const elsewhere = join(library.home.folder, 'elsewhere', 'sorted');

    const result = await library.run('organize', library.folder, '--output', elsewhere);
    const there = treeOf(elsewhere);
    const scan = await library.run('scan', elsewhere, '--images', '2');
    const undone = await library.run('undo', '--yes');

    expect(result.code, result.stderr).toBe(0);
    expect(Object.keys(there)).toContain('gallery.html');
    expect(scan.json.counts).toMatchObject({
      files: library.known.length,
      hashed: 0,
      identified: library.known.length,
    });
    expect(undone.code, undone.stderr).toBe(0);
    expect(library.tree()).toEqual(before);
    expect(existsSync(join(library.home.folder, 'elsewhere'))).toBe(false);
  });

  it("takes notes of other programs along, and leaves what is nobody's", async () => {
    const [first] = library.known;
    const stem = join(library.folder, (first?.path ?? '').replace(/\.\w+$/, ''));
    const theirs = [
      '.json',
      '.metadata.json',
      '.preview.mine.txt',
      '.txt',
      '.cm-info.json',
      '.thumb.jpg',
      '_3.jpg',
    ];
    for (const ending of theirs) writeFileSync(stem + ending, `theirs ${ending}`);
    writeFileSync(`${stem}-other.txt`, 'somebody else');

    const result = await library.run('organize', library.folder, '--template', 'by_type');

    expect(result.code, result.stderr).toBe(0);
    const names = Object.keys(library.tree());
    const base = stem.split('/').at(-1) ?? '';
    for (const ending of theirs.filter((one) => one !== '.preview.mine.txt'))
      expect(
        names.filter((name) => name.startsWith('organized/') && name.endsWith(base + ending)),
      ).toHaveLength(1);
    expect(existsSync(`${stem}.preview.mine.txt`)).toBe(true);
    expect(existsSync(`${stem}-other.txt`)).toBe(true);
  });

  it('wants --yes to take a run back where nobody can be asked', async () => {
    await library.run('organize', library.folder);
    const after = library.tree();

    const refused = await library.run('undo');
    const shown = await library.home.run(['undo', '--dry-run']);

    expect(refused.code).toBe(1);
    expect(refused.json.failures[0]).toMatchObject({ code: 'needs-yes' });
    expect(shown.stdout).toContain('→');
    expect(library.tree()).toEqual(after);
  });

  it('says that there is nothing to take back', async () => {
    const result = await library.run('undo', '--yes');

    expect(result.code).toBe(0);
    expect(result.json.counts).toEqual({ steps: 0, restored: 0, left: 0, failed: 0 });
  });

  it('leaves what was changed since, tells it, and takes the rest back', async () => {
    await library.run('organize', library.folder);
    const models = Object.keys(library.tree()).filter(
      (path) => path.startsWith('organized/') && library.isModel(path),
    );
    const [changed, removed] = models.map((path) => join(library.folder, path));
    writeFileSync(changed ?? '', 'mine now');
    mkdirSync(join(library.folder, 'kept'));
    const [, , blocked] = library.known;
    writeFileSync(join(library.folder, blocked?.path ?? ''), 'something new');
    const keep = readFileSync(removed ?? '');

    const result = await library.run('undo', '--yes');

    expect(result.code).toBe(3);
    expect(result.json.counts['left']).toBeGreaterThanOrEqual(2);
    expect(result.json.counts['steps']).toBe(
      (result.json.counts['restored'] ?? 0) +
        (result.json.counts['left'] ?? 0) +
        (result.json.counts['failed'] ?? 0),
    );
    expect(readFileSync(changed ?? '', 'utf8')).toBe('mine now');
    expect(readFileSync(join(library.folder, blocked?.path ?? ''), 'utf8')).toBe('something new');
    expect(Object.values(library.tree())).toContain(library.hashOf(keep));
    expect(result.json.failures.map((failure) => failure.why)).toEqual(
      expect.arrayContaining([
        'It was changed since it was put there.',
        'Something else stands where it was.',
      ]),
    );
  });

  it('takes the run before back when undo is said twice, and a certain run when it is named', async () => {
    const before = library.tree();
    const first = await library.run('organize', library.folder, '--template', 'by_type');
    const between = library.tree();
    const second = await library.run('organize', library.folder, '--template', 'by_creator');

    expect(second.json.counts['done']).toBe(library.known.length);
    await library.run('undo', '--yes');
    expect(library.tree()).toEqual(between);
    const named = await library.run('undo', '--yes', '--run', String(first.json['run']));
    expect(named.code, named.stderr).toBe(0);
    expect(library.tree()).toEqual(before);
    const none = await library.run('undo', '--yes', '--run', '9999');
    expect(none.code).toBe(1);
  });

  it('wants a scan first', async () => {
    const other = join(library.home.folder, 'other');
    mkdirSync(other);

    const result = await library.run('organize', other);

    expect(result.code).toBe(1);
    expect(result.json.failures[0]).toMatchObject({ code: 'not-scanned' });
  });
});
