import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeHome } from '../cli.ts';
import type { CliOptions, CliResult, Home } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { safetensors, unknownModel } from './testing/model-bytes.ts';
import { partsOfFiles } from './testing/sums.ts';

let standin: Standin;
let home: Home;

beforeAll(async () => {
  standin = await startStandin({ models: 20, images: 0, seed: 61 });
  home = makeHome();
});

afterAll(async () => {
  home.remove();
  await standin.close();
});

function scan(folder: string, more: readonly string[] = [], options: CliOptions = {}): Promise<CliResult> {
  return home.run(
    ['scan', folder, '--api-url', standin.apiUrl, '--rate', '60000', '--json', ...more],
    options,
  );
}

/** A new folder in the home, with these files in it. */
function folderWith(files: Readonly<Record<string, Buffer>>): string {
  const folder = mkdtempSync(join(home.folder, 'models-'));
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

/** The bytes of some model that the site knows. */
function knownModel(index = 0): Buffer {
  const files = standin.world
    .modelIds()
    .flatMap((id) => standin.world.model(id)?.versions ?? [])
    .flatMap((version) => (version.status === 'Published' ? version.files : []));
  const file = files.filter(
    (one) => one.format === 'SafeTensor' && one.scan === 'Success' && one.visibility === 'Public',
  )[index];
  if (file === undefined) throw new Error('The world has no such file.');
  return standin.world.bytesOf(file);
}

describe('paths that can not be scanned', () => {
  beforeEach(() => standin.reset());

  /** Nothing was made or asked because of a path that makes no sense. */
  function expectRefused(result: CliResult, code: string, sentence: RegExp): void {
    expect(result.code, result.stderr).toBe(1);
    expect(result.json.failures).toEqual([
      expect.objectContaining({ code, why: expect.stringMatching(sentence) }),
    ]);
    expect(result.stderr).toMatch(sentence);
    expect(standin.requests()).toEqual({});
  }

  it('a missing one', async () => {
    expectRefused(await scan('nowhere'), 'path-missing', /nowhere does not exist/);
  });

  it('an empty one, and none at all', async () => {
    expectRefused(await scan(''), 'path-empty', /empty/);
    expectRefused(await home.run(['scan', '--json']), 'no-path', /Which folder/);
  });

  it('a file that is no model, and a pipe', async () => {
    const folder = folderWith({ 'notes.txt': Buffer.from('no model') });
    execFileSync('mkfifo', [join(folder, 'pipe.safetensors')]);

    expectRefused(await scan(join(folder, 'notes.txt')), 'path-not-model', /not a model file/);
    expectRefused(
      await scan(join(folder, 'pipe.safetensors')),
      'path-special',
      /neither a folder nor a file/,
    );
  });

  it('a folder without models', async () => {
    expectRefused(
      await scan(folderWith({ 'notes.txt': Buffer.alloc(1) })),
      'no-models',
      /holds no model files/,
    );
  });

  it('one good and one missing: neither is scanned', async () => {
    const good = folderWith({ 'a.safetensors': unknownModel() });
    const result = await home.run([
      'scan',
      good,
      join(home.folder, 'nowhere'),
      '--api-url',
      standin.apiUrl,
      '--json',
    ]);
    expectRefused(result, 'path-missing', /nowhere does not exist/);
    expect(readdirSync(good)).toEqual(['a.safetensors']);
  });

  it('wrong values of flags', async () => {
    const folder = folderWith({ 'a.safetensors': unknownModel() });
    for (const [flag, value] of [
      ['--images', 'some'],
      ['--images', '-3'],
      ['--images', '1.5'],
      ['--max-age', 'old'],
      ['--rate', 'fast'],
      ['--browsing-level', 'Q'],
      ['--profile', 'elsewhere'],
      ['--only', 'old'],
    ] as const) {
      const result = await scan(folder, [`${flag}=${value}`]);
      expect([flag, value, result.code]).toEqual([flag, value, 1]);
      expect(result.json.failures[0]?.why).toContain(value);
    }
    expect(readdirSync(folder)).toEqual(['a.safetensors']);
    expect(standin.requests()).toEqual({});
  });
});

describe('a folder that was there before', () => {
  it.for([
    ['gone', (folder: string) => renameSync(folder, `${folder}-away`), 'path-missing'],
    [
      'empty now',
      (folder: string) => {
        renameSync(folder, `${folder}-away`);
        mkdirSync(folder);
      },
      'root-absent',
    ],
    [
      'empty of models, as an unmounted drive is',
      (folder: string) => {
        renameSync(folder, `${folder}-away`);
        mkdirSync(folder);
        writeFileSync(join(folder, 'not mounted'), '');
      },
      'root-absent',
    ],
  ] as const)('%s is absent, not emptied: nothing follows from it', async ([, takeAway, code]) => {
    const folder = folderWith({ 'a.safetensors': knownModel(), 'b.safetensors': unknownModel() });
    expect((await scan(folder)).code).toBe(0);
    takeAway(folder);
    const others = treeOf(folder.replace(/[^/]+$/, ''), (path) => path.startsWith('models-'));

    const result = await scan(folder);

    expect(result.code, result.stderr).toBe(1);
    expect(result.json.failures[0]).toMatchObject({ code });
    expect(treeOf(folder.replace(/[^/]+$/, ''), (path) => path.startsWith('models-'))).toEqual(others);
    const pages = await home.run(['pages', '--json']);
    expect(pages.code, pages.stderr).toBe(0);

    rmSync(folder, { recursive: true, force: true });
    renameSync(`${folder}-away`, folder);
    const back = await scan(folder);
    expect(back.code, back.stderr).toBe(0);
    expect(back.json.counts).toMatchObject({ files: 2, identified: 1, missing: 1, hashed: 0, previews: 0 });
  });
});

describe('damaged model files', () => {
  const known = (): Buffer => knownModel(1);
  const broken: Readonly<Record<string, () => Buffer>> = {
    'zero bytes.safetensors': () => Buffer.alloc(0),
    'four bytes.safetensors': () => Buffer.from([1, 2, 3, 4]),
    'truncated header.safetensors': () => known().subarray(0, 40),
    'truncated data.safetensors': () => known().subarray(0, known().length - 100),
    'header of 2^63 bytes.safetensors': () => safetensors('{}', Buffer.alloc(64), 1n << 63n),
    'header of 2^64-1 bytes.safetensors': () => safetensors('{}', Buffer.alloc(64), (1n << 64n) - 1n),
    'not utf-8.safetensors': () => safetensors(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
    'not json.safetensors': () => safetensors('certainly not JSON'),
    'an array.safetensors': () => safetensors('[1,2,3]'),
    'deep.safetensors': () => safetensors(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
    'prototype.safetensors': () =>
      safetensors('{"__proto__":{"polluted":1},"__metadata__":{"__proto__":"x"}}'),
    'html.ckpt': () => Buffer.from('<!doctype html><title>Sign in</title>'),
    'empty.zip': () => Buffer.alloc(0),
    'bad.gguf': () => Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(20, 0xff)]),
  };

  it('are warnings, are looked up by their hash all the same, and get a page', async () => {
    const folder = folderWith({
      ...Object.fromEntries(Object.entries(broken).map(([name, bytes]) => [name, bytes()])),
      'whole.safetensors': known(),
    });
    standin.reset();

    const result = await scan(folder);

    const count = Object.keys(broken).length + 1;
    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts).toMatchObject({
      files: count,
      identified: 1,
      missing: count - 1,
      failed: 0,
      hashed: count,
    });
    expect(partsOfFiles(result.json)).toBe(count);
    for (const name of Object.keys(broken).filter(
      (one) => one.endsWith('.safetensors') && !/prototype|deep/.test(one),
    )) {
      expect(
        result.json.warnings.filter((warning) => warning.startsWith(`${name}: `)),
        name,
      ).toHaveLength(1);
    }
    expect(
      Object.keys(broken).filter((name) => !existsSync(join(folder, name.replace(/\.\w+$/, '.html')))),
    ).toEqual([]);
    expect(standin.requests()['model-versions/by-hash/ids']).toBe(1);
  });
});

describe('what else may lie in a folder', () => {
  it('links that go round, links that lead nowhere, pipes and sockets of model names', async () => {
    const folder = folderWith({ 'deep/er/a.safetensors': unknownModel() });
    symlinkSync('..', join(folder, 'deep', 'up'));
    symlinkSync('.', join(folder, 'deep', 'er', 'self'));
    symlinkSync('round', join(folder, 'round'));
    symlinkSync('/nowhere/at all', join(folder, 'lost.safetensors'));
    symlinkSync('deep/er/a.safetensors', join(folder, 'other name.safetensors'));
    execFileSync('mkfifo', [join(folder, 'pipe.safetensors')]);

    const result = await scan(folder, [], { timeoutMs: 30_000 });

    expect(result.signal).toBeNull();
    expect(result.code, result.stderr).toBe(3);
    expect(
      result.json.failures.map((failure) => [failure.what.slice(folder.length + 1), failure.code]),
    ).toContainEqual(['lost.safetensors', 'link-broken']);
    expect(result.json.counts).toMatchObject({ files: 2, hashed: 2 });
    expect(existsSync(join(folder, 'deep/er/a.html'))).toBe(true);
  });

  it('folders and files that may not be read', async () => {
    const isRoot = process.getuid?.() === 0;
    const place = mkdtempSync(join(tmpdir(), 'civitarium-unread-'));
    const uid = isRoot ? 65_534 : undefined;
    const own = makeHome();
    const folder = join(place, 'models');
    mkdirSync(join(folder, 'closed'), { recursive: true });
    writeFileSync(join(folder, 'open.safetensors'), knownModel());
    writeFileSync(join(folder, 'secret.safetensors'), unknownModel());
    writeFileSync(join(folder, 'closed', 'inner.safetensors'), unknownModel('inner'));
    try {
      if (uid !== undefined)
        for (const path of [place, folder, own.folder, join(folder, 'open.safetensors')])
          chownSync(path, uid, uid);
      chmodSync(join(folder, 'secret.safetensors'), 0);
      chmodSync(join(folder, 'closed'), 0);
      const options = { uid, cwd: place };
      const probe = await own.run(['--version'], options);
      expect(probe.code, `User ${uid} can't run the program from this checkout: ${probe.stderr}`).toBe(0);

      const result = await own.run(
        ['scan', folder, '--api-url', standin.apiUrl, '--rate', '60000', '--json'],
        options,
      );
      expect(result.code, result.stderr).toBe(3);
      expect(result.json.counts).toMatchObject({ files: 2, identified: 1, failed: 1 });
      expect(result.json.failures.map((failure) => failure.what).sort()).toEqual([
        join(folder, 'closed'),
        join(folder, 'secret.safetensors'),
      ]);
      expect(result.json.failures.map((failure) => failure.why).join(' ')).toMatch(/ermission denied/);
      expect(existsSync(join(folder, 'open.html'))).toBe(true);

      const closed = await own.run(
        ['scan', join(folder, 'closed'), '--api-url', standin.apiUrl, '--json'],
        options,
      );
      expect(closed.code).toBe(1);
      expect(closed.json.failures[0]).toMatchObject({ code: 'path-unreadable' });
    } finally {
      chmodSync(join(folder, 'closed'), 0o700);
      rmSync(place, { recursive: true });
      own.remove();
    }
  });

  it('a folder that may be read but not written: what is known is kept, what could not be written is told', async () => {
    const isRoot = process.getuid?.() === 0;
    const place = mkdtempSync(join(tmpdir(), 'civitarium-readonly-'));
    const uid = isRoot ? 65_534 : undefined;
    const own = makeHome();
    writeFileSync(join(place, 'a.safetensors'), knownModel());
    chmodSync(place, 0o555);
    try {
      if (uid !== undefined) chownSync(own.folder, uid, uid);
      const options = { uid, cwd: own.folder };
      const scanIt = ['scan', place, '--api-url', standin.apiUrl, '--rate', '60000', '--json'];

      const result = await own.run(scanIt, options);
      expect(result.code, result.stderr).toBe(3);
      expect(result.json.counts).toMatchObject({ files: 1, identified: 1 });
      expect(result.json.failures[0]?.why).toMatch(/permission denied|read-only/i);
      expect(readdirSync(place)).toEqual(['a.safetensors']);

      chmodSync(place, 0o777);
      const again = await own.run(scanIt, options);
      expect(again.code, again.stderr).toBe(0);
      expect(again.json.counts['hashed']).toBe(0);
      expect(readdirSync(place)).toEqual(
        expect.arrayContaining(['a.html', 'a.civitai.info', 'gallery.html']),
      );
    } finally {
      chmodSync(place, 0o777);
      rmSync(place, { recursive: true });
      own.remove();
    }
  });

  it('a file that is replaced while it is read is not taken for what it was', async () => {
    const folder = folderWith({
      'a.safetensors': unknownModel(),
      'big.safetensors': safetensors('{}', Buffer.alloc(64 * 1024 * 1024)),
    });
    const result = await scan(folder, [], {
      whileRunning: (child) => {
        const timer = setInterval(() => {
          writeFileSync(join(folder, 'big.safetensors'), Buffer.alloc(1000, Math.floor(performance.now())));
        }, 20);
        child.once('close', () => clearInterval(timer));
      },
    });
    expect([0, 3]).toContain(result.code);

    utimesSync(join(folder, 'big.safetensors'), 1_700_000_000, 1_700_000_000);
    writeFileSync(join(folder, 'big.safetensors'), knownModel());
    const again = await scan(folder);

    expect(again.code, again.stderr).toBe(0);
    expect(again.json.counts).toMatchObject({ files: 2, identified: 1, missing: 1, failed: 0 });
    const verified = await home.run(['verify', folder, '--json']);
    expect(verified.json.counts).toMatchObject({ total: 2, right: 2 });
  });
});
