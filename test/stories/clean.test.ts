import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { treeOf } from '../tree.ts';
import { makeOrganiseLibrary } from './testing/organise-library.ts';
import type { OrganiseLibrary } from './testing/organise-library.ts';

describe('a library that is cleaned up', () => {
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

  /** The n-th known model file: its path in the library, and what all that is written about it begins with. */
  function model(n: number): { path: string; stem: string } {
    const path = library.known[n]?.path ?? '';
    return { path, stem: path.replace(/\.\w+$/, '') };
  }

  /** All but the gallery, which shows other cards when files went. */
  function besides(tree: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(tree).filter(([path]) => !path.startsWith('gallery')));
  }

  function remove(...paths: readonly string[]): void {
    for (const path of paths) rmSync(join(library.folder, path));
  }

  function write(path: string, text: string): void {
    writeFileSync(join(library.folder, path), text);
  }

  it('loses what was written about files that are gone, and nothing else', async () => {
    const [one, two] = [model(0), model(1)];
    write(`${one.stem}.note.txt`, 'mine');
    remove(one.path, two.path);
    const before = library.tree();

    const result = await library.run('clean', '--yes');
    const after = library.tree();

    expect(result.code, result.stderr).toBe(0);
    const gone = Object.keys(besides(before)).filter((path) => !(path in after));
    expect(gone).toEqual(
      expect.arrayContaining([`${one.stem}.html`, `${one.stem}.civitai.info`, `${two.stem}.html`]),
    );
    expect(gone.filter((path) => !path.startsWith(one.stem) && !path.startsWith(two.stem))).toEqual([]);
    expect(gone.some((path) => path.includes('.preview.'))).toBe(true);
    expect(result.json.counts).toMatchObject({ refused: 0 });
    expect(result.json.counts['planned']).toBe(result.json.counts['trashed']);
    expect(result.json.counts['trashed']).toBeGreaterThanOrEqual(gone.length);
    expect(Object.keys(after)).toContain(`${one.stem}.note.txt`);
    const others = Object.fromEntries(
      Object.entries(besides(before)).filter(([path]) => !gone.includes(path)),
    );
    expect(besides(after)).toEqual(others);
    expect(readFileSync(join(library.folder, 'gallery.files/cards.js'), 'utf8')).not.toContain(
      `${one.stem}.html`,
    );
  });

  it('wants --yes when nobody can be asked, and touches nothing under --dry-run', async () => {
    remove(model(0).path);
    const before = treeOf(library.home.folder);

    const bare = await library.run('clean');
    const dry = await library.run('clean', '--dry-run');
    const text = await library.home.run(['clean', '--dry-run']);
    const emptying = await library.run('clean', '--empty-trash');

    expect([bare.code, emptying.code]).toEqual([1, 1]);
    expect(bare.stderr).toContain('nobody is here to be asked');
    expect(bare.stderr).toContain('--yes');
    expect(emptying.stderr).toContain('for good');
    expect(dry.code, dry.stderr).toBe(0);
    expect(dry.json.counts['planned']).toBeGreaterThan(2);
    expect(text.stdout).toContain(`${model(0).stem.split('/').at(-1) ?? ''}.html`);
    expect(text.stdout).toContain('Nothing was changed.');
    expect(treeOf(library.home.folder)).toEqual(before);
  });

  it('gets everything back byte for byte, and once more is as it was before', async () => {
    remove(model(0).path, model(3).path);
    await library.run('clean', '--yes');
    const cleaned = library.tree();
    library.reset();
    remove(model(0).path, model(3).path);
    const before = library.tree();
    await library.run('clean', '--yes');

    const listed = await library.run('clean', '--list');
    const restored = await library.run('clean', '--restore');
    const after = library.tree();
    const again = await library.run('clean', '--yes');

    expect(listed.json.counts).toMatchObject({ runs: 1 });
    expect(listed.json.counts['total']).toBe(restored.json.counts['restored']);
    expect(restored.code, restored.stderr).toBe(0);
    expect(restored.json.counts).toMatchObject({ left: 0, failed: 0 });
    expect(besides(after)).toEqual(besides(before));
    expect(again.code, again.stderr).toBe(0);
    expect(besides(library.tree())).toEqual(besides(cleaned));
    expect((await library.run('clean', '--restore')).json.counts).toMatchObject({ left: 0, failed: 0 });
    expect((await library.home.run(['clean', '--restore'])).stdout).toContain('The trash is empty.');
    expect(existsSync(join(library.home.folder, 'state/civitarium/trash'))).toBe(true);
    expect(Object.keys(treeOf(join(library.home.folder, 'state/civitarium/trash')))).toEqual([]);
  });

  it('brings back what can be, and says what is in the way', async () => {
    const { path, stem } = model(2);
    remove(path);
    const before = library.tree();
    await library.run('clean', '--yes');
    write(`${stem}.html`, 'mine now');

    const restored = await library.run('clean', '--restore');

    expect(restored.code).toBe(3);
    expect(restored.json.counts['left']).toBe(1);
    expect(restored.json.failures).toEqual([
      expect.objectContaining({ what: join(library.folder, `${stem}.html`), code: 'left' }),
    ]);
    expect(readFileSync(join(library.folder, `${stem}.html`), 'utf8')).toBe('mine now');
    const others = ({ [`${stem}.html`]: _own, ...rest }: Record<string, string>): Record<string, string> =>
      rest;
    expect(others(besides(library.tree()))).toEqual(others(besides(before)));
    rmSync(join(library.folder, `${stem}.html`));
    const rest = await library.run('clean', '--restore');
    expect(rest.json.counts).toMatchObject({ steps: 1, restored: 1 });
    expect(besides(library.tree())).toEqual(besides(before));
  });

  it('leaves a page that was edited, and says so', async () => {
    const { path, stem } = model(1);
    remove(path);
    appendFileSync(join(library.folder, `${stem}.html`), '<p>my own words</p>');

    const result = await library.run('clean', '--yes');

    expect(result.code).toBe(3);
    expect(result.json.counts['refused']).toBe(1);
    expect(result.json.counts['planned']).toBe((result.json.counts['trashed'] ?? 0) + 1);
    expect(result.json.failures).toEqual([
      expect.objectContaining({ what: join(library.folder, `${stem}.html`), code: 'not-ours' }),
    ]);
    expect(readFileSync(join(library.folder, `${stem}.html`), 'utf8')).toContain('my own words');
  });

  it.each(['gone', 'empty'])('refuses a root that is %s: nothing follows from it', async (how) => {
    const away = `${library.folder}-away`;
    rmSync(away, { recursive: true, force: true });
    renameSync(library.folder, away);
    if (how === 'empty') mkdirSync(library.folder);
    const before = treeOf(away);

    const result = await library.run('clean', '--yes');
    const named = await library.run('clean', library.folder, '--yes');

    expect([result.code, named.code]).toEqual([1, 1]);
    expect(result.stderr).toContain('looks absent');
    rmSync(library.folder, { recursive: true, force: true });
    renameSync(away, library.folder);
    expect(library.tree()).toEqual(before);
    const back = await library.run('clean', '--yes');
    expect(back.json.counts).toMatchObject({ planned: 0 });
  });

  it('takes away notes under the name that a file had before, once a scan has seen the new one', async () => {
    const { path, stem } = model(4);
    const to = `${stem} [new] #1?.safetensors`;
    renameSync(join(library.folder, path), join(library.folder, to));
    const unseen = await library.run('clean', '--yes');
    await library.run('scan', library.folder, '--images', '2');

    const result = await library.run('clean', '--yes');
    const tree = library.tree();

    expect(unseen.json.counts).toMatchObject({ planned: 0 });
    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts['trashed']).toBeGreaterThan(1);
    expect(tree[`${stem}.html`]).toBeUndefined();
    expect(tree[`${stem} [new] #1?.html`]).toBeDefined();
    expect(Object.keys(tree).filter((name) => name.startsWith(`${stem} [new] #1?.preview`)).length).toBe(
      Object.keys(tree).filter((name) => name.startsWith(`${stem} [new] #1?.`) && name.includes('preview'))
        .length,
    );
    const scan = await library.run('scan', library.folder, '--images', '2');
    expect(scan.json.counts).toMatchObject({ previews: 0, failed: 0 });
  });

  it('leaves the only copy of a preview where it is, whatever the name of its file is now', async () => {
    const { path, stem } = model(4);
    renameSync(join(library.folder, path), join(library.folder, `${stem} new.safetensors`));
    await library.run('scan', library.folder, '--images', 'none');
    const previews = Object.keys(library.tree()).filter((name) => name.startsWith(`${stem}.preview`));

    const result = await library.run('clean', '--yes');

    expect(result.json.counts).toMatchObject({ planned: 2, trashed: 2 });
    expect(previews.length).toBeGreaterThan(0);
    expect(Object.keys(library.tree())).toEqual(expect.arrayContaining(previews));
  });

  it('keeps one of equal files by the shortest path, and the page of the other goes along', async () => {
    const { path } = model(5);
    mkdirSync(join(library.folder, 'longer/way'), { recursive: true });
    const copy = `longer/way/${path.split('/').at(-1) ?? ''}`;
    writeFileSync(join(library.folder, copy), readFileSync(join(library.folder, path)));
    await library.run('scan', library.folder, '--images', '2');
    const before = library.tree();

    const without = await library.run('clean', '--dry-run');
    const result = await library.run('clean', '--yes', '--duplicates');
    const after = library.tree();
    const scan = await library.run('scan', library.folder, '--images', '2');
    const restored = await library.run('clean', '--restore');
    const rescan = await library.run('scan', library.folder, '--images', '2');

    expect(without.json.counts).toMatchObject({ planned: 0 });
    expect(result.code, result.stderr).toBe(0);
    expect(result.json['plan']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          path: join(library.folder, copy),
          reason: 'duplicate',
          kept: join(library.folder, path),
          why: expect.stringContaining('the shorter path') as string,
        }),
      ]),
    );
    expect(after[path]).toBe(before[path]);
    expect(Object.keys(after).filter((name) => name.startsWith('longer/'))).toEqual([]);
    expect(readFileSync(join(library.folder, 'gallery.files/cards.js'), 'utf8')).toContain('longer/way');
    expect(scan.json.counts['files']).toBe(library.known.length + 1);
    expect(restored.code, restored.stderr).toBe(0);
    expect(besides(library.tree())).toEqual(besides(before));
    expect(rescan.json.counts).toMatchObject({ files: library.known.length + 2, hashed: 0 });
  });

  it('takes files with the same tensors under another header only when asked to', async () => {
    const bytes = (title: string): Buffer => {
      const tensor = { w: { dtype: 'F32', shape: [64], data_offsets: [0, 256] } };
      const header = Buffer.from(JSON.stringify({ __metadata__: { title }, ...tensor }));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(header.length));
      return Buffer.concat([length, header, Buffer.alloc(256, 7)]);
    };
    writeFileSync(join(library.folder, 'own', 'a.safetensors'), bytes('one'));
    writeFileSync(join(library.folder, 'own', 'b long.safetensors'), bytes('another title'));
    await library.run('scan', library.folder, '--images', '2');

    const plain = await library.run('duplicates');
    const deep = await library.run('duplicates', '--same-tensors');
    const bare = await library.run('clean', '--yes', '--duplicates');
    const result = await library.run('clean', '--yes', '--same-tensors');

    expect(plain.json.counts).toMatchObject({ total: 0, same_tensors: 0 });
    expect(deep.json.counts).toMatchObject({ total: 0, same_tensors: 2, same_tensors_groups: 1 });
    expect(bare.json.counts).toMatchObject({ planned: 0 });
    expect(result.code, result.stderr).toBe(0);
    expect(result.json['plan']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          path: join(library.folder, 'own/b long.safetensors'),
          reason: 'same-tensors',
          kept: join(library.folder, 'own/a.safetensors'),
        }),
      ]),
    );
    expect(existsSync(join(library.folder, 'own/a.safetensors'))).toBe(true);
    expect(existsSync(join(library.folder, 'own/b long.safetensors'))).toBe(false);
  });

  it('removes for good only what is old enough, and never the last copy', async () => {
    const { path } = model(6);
    const copy = `own/${'a much longer name '.repeat(4)}.ckpt`;
    writeFileSync(join(library.folder, copy), readFileSync(join(library.folder, path)));
    await library.run('scan', library.folder, '--images', '2');
    remove(model(0).path);
    await library.run('clean', '--yes', '--duplicates');
    const trash = join(library.home.folder, 'state/civitarium/trash');
    const full = Object.keys(treeOf(trash)).length;
    remove(path);

    const young = await library.run('clean', '--empty-trash', '--yes');
    const dry = await library.run('clean', '--empty-trash', '--older-than', '0d', '--dry-run');
    const kept = Object.keys(treeOf(trash)).length;
    const all = await library.run('clean', '--empty-trash', '--older-than', '0d', '--yes');

    expect(young.json.counts).toMatchObject({ total: 0, removed: 0 });
    expect(dry.code, dry.stderr).toBe(0);
    expect(kept).toBe(full);
    expect(all.code).toBe(3);
    expect(all.json.counts).toMatchObject({ total: full, removed: full - 1, left: 1 });
    expect(Object.keys(treeOf(trash)).map((name) => name.split('/').at(-1))).toEqual([copy.slice(4)]);
    const restored = await library.run('clean', '--restore');
    expect(restored.json.counts).toMatchObject({ steps: 1, restored: 1 });
    expect(existsSync(join(library.folder, copy))).toBe(true);
  });

  it('lets two at once take turns: one does it, the other finds nothing or is told to wait', async () => {
    remove(model(0).path, model(1).path);
    const results = await Promise.all([library.run('clean', '--yes'), library.run('clean', '--yes')]);

    const trashed = results.reduce((sum, { json }) => sum + (json.counts?.['trashed'] ?? 0), 0);
    const listed = await library.run('clean', '--list');
    expect(results.map(({ code }) => code).filter((code) => code !== 0 && code !== 1)).toEqual([]);
    expect(results.some(({ code }) => code === 0)).toBe(true);
    expect(listed.json.counts['total']).toBe(trashed);
    expect((await library.run('clean', '--yes')).json.counts).toMatchObject({ planned: 0 });
  });

  it('knows from a collected folder only what it wrote there', async () => {
    const output = join(library.home.folder, 'other');
    await library.run('scan', library.folder, '--profile', 'collected', '--output', output, '--images', '1');
    mkdirSync(join(output, 'a [b].c d'));
    writeFileSync(join(output, 'a [b].c d', 'a [b].c d.html'), 'of another program');
    const { path, stem } = model(7);
    const base = stem.split('/').at(-1) ?? '';
    writeFileSync(join(output, base, 'mine.txt'), 'mine');
    remove(path, model(8).path);

    const result = await library.run('clean', '--yes');

    expect(result.code, result.stderr).toBe(0);
    expect(Object.keys(treeOf(join(output, base)))).toEqual(['mine.txt']);
    expect(existsSync(join(output, model(8).stem.split('/').at(-1) ?? ''))).toBe(false);
    expect(readFileSync(join(output, 'a [b].c d', 'a [b].c d.html'), 'utf8')).toBe('of another program');
    const restored = await library.run('clean', '--restore');
    expect(restored.code, restored.stderr).toBe(0);
    expect(
      existsSync(
        join(output, model(8).stem.split('/').at(-1) ?? '', `${model(8).stem.split('/').at(-1) ?? ''}.html`),
      ),
    ).toBe(true);
  });

  it('is not what undo takes back', async () => {
    remove(model(0).path);
    const result = await library.run('clean', '--yes');

    const undone = await library.run('undo', '--yes', '--run', String(result.json['run']));

    expect(undone.code).toBe(1);
    expect(undone.stderr).toContain('clean --restore');
    expect((await library.run('undo', '--yes')).json.counts).toMatchObject({ steps: 0 });
  });
});
