import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { walk, walkFile } from './walk.ts';
import { withoutPower } from './testing/without-power.ts';
import { pathKey, type Walk } from './walked.ts';

const OPTIONS = { extensions: ['.safetensors', '.pt'] };
let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'civitarium-walk-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function put(path: string, text = 'x'): string {
  const full = join(root, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, text);
  return full;
}

function paths(found: Walk): string[] {
  return found.files.map((file) => file.path).sort();
}

describe('walk', () => {
  it('finds model files in every folder and says all that a stat tells', async () => {
    put('top.PT', 'abc');
    put('a/b/My model v1.0.safetensors');
    put('a/b/My model v1.0.preview.png');

    const found = await walk(root, OPTIONS);

    expect(paths(found)).toEqual(['a/b/My model v1.0.safetensors', 'top.PT']);
    expect(found.files.find((file) => file.ext === '.pt')).toMatchObject({
      path: 'top.PT',
      folder: '',
      name: 'top.PT',
      stem: 'top',
      size: 3,
      mtimeNs: expect.stringMatching(/^\d{19}$/) as string,
      device: found.device,
    });
    expect([...(found.names.get('a/b') ?? [])].sort()).toEqual([
      'My model v1.0.preview.png',
      'My model v1.0.safetensors',
    ]);
    expect(found.problems).toEqual([]);
  });

  it('leaves out hidden folders, our own folder, names that only begin with the dot, and what is ignored', async () => {
    put('.hidden/a.pt');
    put('gallery.files/a.pt');
    put('organized/a.pt');
    put('.pt');
    put('._copy.pt');
    put('kept.pt');

    const found = await walk(root, { ...OPTIONS, ignore: (folder) => folder === 'organized' });

    expect(paths(found)).toEqual(['kept.pt']);
  });

  it('keeps to the patterns and to the top folder when asked', async () => {
    put('a.pt');
    put('b.safetensors');
    put('deep/c.safetensors');

    expect(paths(await walk(root, { ...OPTIONS, patterns: ['*.safetensors', '*.safetensors'] }))).toEqual([
      'b.safetensors',
      'deep/c.safetensors',
    ]);
    expect(paths(await walk(root, { ...OPTIONS, recursive: false }))).toEqual(['a.pt', 'b.safetensors']);
  });

  it('follows links to files and folders, ends in loops, and prefers the real path', async () => {
    put('real/a.pt');
    const outside = mkdtempSync(join(tmpdir(), 'civitarium-outside-'));
    writeFileSync(join(outside, 'b.pt'), 'x');
    symlinkSync(join(root, 'real'), join(root, 'alias'));
    symlinkSync(root, join(root, 'real', 'loop'));
    symlinkSync(join(root, 'self'), join(root, 'self'));
    symlinkSync(outside, join(root, 'zlink'));
    symlinkSync(join(outside, 'b.pt'), join(root, 'c.pt'));

    const found = await walk(root, OPTIONS);
    rmSync(outside, { recursive: true });

    expect(paths(found)).toEqual(['c.pt', 'real/a.pt', 'zlink/b.pt']);
    expect(found.links).toEqual(['zlink']);
    expect(found.problems).toEqual([{ path: 'self', code: 'link-broken', why: 'The link leads nowhere.' }]);
  });

  it('reports a link to nothing instead of losing what was behind it', async () => {
    symlinkSync(join(root, 'unmounted'), join(root, 'drive'));
    const found = await walk(root, OPTIONS);
    expect(found.problems).toMatchObject([{ path: 'drive', code: 'link-broken' }]);
  });

  it('goes on past a folder it may not read and names it', async () => {
    put('locked/a.pt');
    put('open/b.pt');
    chmodSync(root, 0o755);
    chmodSync(join(root, 'locked'), 0);

    const found = await withoutPower(() => walk(root, OPTIONS));

    chmodSync(join(root, 'locked'), 0o755);
    expect(paths(found)).toEqual(['open/b.pt']);
    expect(found.problems).toEqual([{ path: 'locked', code: 'EACCES', why: 'Permission denied.' }]);
  });

  it.skipIf(process.platform === 'win32')('names a pipe but never opens it', async () => {
    execFileSync('mkfifo', [join(root, 'pipe.pt')]);
    const found = await walk(root, OPTIONS);
    expect(found.files).toEqual([]);
    expect(found.names.get('')?.has('pipe.pt')).toBe(true);
  });

  it.skipIf(process.platform !== 'linux')(
    'reaches files whose names are not UTF-8 by their bytes',
    async () => {
      const folder = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x64, 0xff])]);
      mkdirSync(folder);
      writeFileSync(Buffer.concat([folder, Buffer.from('/plain.pt')]), 'x');
      writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xe9]), Buffer.from('.pt')]), 'x');
      put('\uFFFD.pt');

      const found = await walk(root, OPTIONS);

      expect(paths(found)).toEqual(['d\uFFFD/plain.pt', '\uFFFD.pt', '\uFFFD.pt']);
      expect(found.files.map(pathKey).sort()).toEqual([
        'hex:64ff2f706c61696e2e7074',
        'hex:e92e7074',
        '\uFFFD.pt',
      ]);
      expect(found.problems).toEqual([]);
    },
  );

  it.skipIf(process.platform === 'win32')('takes names as they come', async () => {
    const names = [
      'new\nline.pt',
      '#?%"\'<>.pt',
      '\u202Ertl.pt',
      '🧪.pt',
      'CON.pt',
      `${'x'.repeat(252)}.pt`,
      ' blank .pt',
      'back\\slash.pt',
    ];
    for (const name of names) put(name);
    const found = await walk(root, OPTIONS);
    expect(paths(found)).toEqual([...names].sort());
  });

  it('fails with a sentence when the root is not there', async () => {
    await expect(walk(join(root, 'nowhere'), OPTIONS)).rejects.toMatchObject({
      code: 'path-missing',
      exitCode: 1,
    });
    put('file.pt');
    await expect(walk(join(root, 'file.pt'), OPTIONS)).rejects.toMatchObject({ code: 'path-missing' });
  });

  it('notices that the root went away while it was read', async () => {
    put('sub/b.pt');
    const vanished = walk(root, {
      ...OPTIONS,
      ignore: () => {
        rmSync(root, { recursive: true });
        return true;
      },
    });
    await expect(vanished).rejects.toMatchObject({ code: 'root-vanished' });
  });

  it('stops at the signal', async () => {
    await expect(walk(root, { ...OPTIONS, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'interrupted',
    });
  });

  it('gives equal digests exactly as long as nothing changed', async () => {
    const model = put('a/m.pt', 'one');
    put('a/m.json');
    const digest = async () => (await walk(root, OPTIONS)).digest;
    const first = await digest();
    expect(await digest()).toBe(first);

    const digests = [first];
    for (const change of [
      () => put('a/m.pt', 'two'),
      () => {
        utimesSync(model, 1, 1);
      },
      () => put('a/note.txt'),
      () => {
        unlinkSync(join(root, 'a/note.txt'));
        renameSync(model, join(root, 'a/n.pt'));
      },
      () => {
        mkdirSync(join(root, 'empty'));
      },
    ]) {
      change();
      digests.push(await digest());
    }
    expect(new Set(digests).size).toBe(digests.length);
  });
});

describe('walkFile', () => {
  it('gives the one file with the names beside it', async () => {
    const model = put('deep/a.pt');
    put('deep/a.png');
    put('deep/b.pt');

    const found = await walkFile(model, OPTIONS);

    expect(paths(found)).toEqual(['a.pt']);
    expect([...(found.names.get('') ?? [])].sort()).toEqual(['a.png', 'a.pt', 'b.pt']);
  });
});
