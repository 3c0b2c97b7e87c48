import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { ordinalOf } from '../../standin/world/oddities.ts';
import type { CliOptions, CliResult } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { makeStoryLibrary } from './testing/story-library.ts';
import type { StoryLibrary } from './testing/story-library.ts';

let standin: Standin;
let library: StoryLibrary;
/** A file whose bytes were published in two versions. */
let shared: string;

function run(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return library.run([...args, '--json'], options);
}

/** Without `--json`, as a person reads it. */
function tell(...args: readonly string[]): Promise<CliResult> {
  return library.run(args);
}

beforeAll(async () => {
  standin = await startStandin({ models: 60, images: 0, seed: 81 });
  library = makeStoryLibrary(standin, { models: 15 });
  const model = standin.world.model(standin.world.modelIds()[ordinalOf('same-bytes-in-versions')] ?? 0);
  const file = model?.versions[0]?.files[0];
  if (file === undefined) throw new Error('The world has no such model.');
  shared = join(library.folder, 'own/shared bytes.safetensors');
  writeFileSync(shared, standin.world.bytesOf(file));
  const first = await library.run();
  if (first.code !== 0) throw new Error(first.stderr);
  standin.faults.down();
});

afterAll(async () => {
  library.remove();
  await standin.close();
});

describe('missing', () => {
  it('lists what the site does not have, by state', async () => {
    const { code, json } = await run(['missing']);
    expect(code).toBe(0);
    expect(json.counts).toEqual({ total: 1, missing: 1, removed: 0, unchecked: 0 });
    expect(json['items']).toEqual([
      expect.objectContaining({
        path: join(library.folder, 'own/mine #1 "?%.safetensors'),
        state: 'missing',
      }),
    ]);
    expect((await run(['missing', '--removed'])).json.counts['total']).toBe(0);
    expect((await tell('missing')).stdout).toMatch(/^missing {4}.*mine #1/m);
  });
});

describe('duplicates', () => {
  it('lists the files of equal bytes and what one of each costs too much', async () => {
    const first = library.files[0]?.path ?? '';
    const { code, json } = await run(['duplicates']);
    expect(code).toBe(0);
    const size = statSync(join(library.folder, first)).size;
    expect(json.counts).toMatchObject({ total: 2, groups: 1, extra: 1, same_tensors: 0, bytes: size });
    expect(json['groups']).toEqual([
      expect.objectContaining({
        size,
        paths: [join(library.folder, first), join(library.folder, 'own/copy.safetensors')].sort(),
      }),
    ]);
  });
});

describe('inspect', () => {
  it('tells what a model and a picture say of themselves, without catalog or site', async () => {
    const before = treeOf(library.home.folder);
    const model = join(
      library.folder,
      library.files.find((file) => file.path.endsWith('.safetensors'))?.path ?? '',
    );
    const picture = Object.keys(treeOf(library.folder)).find(
      (path) => /\.preview\.(?:png|jpe?g)$/.test(path) && statSync(join(library.folder, path)).size > 100,
    );

    const { code, json } = await run(['inspect', '--hash', model, join(library.folder, picture ?? '')]);

    expect(code).toBe(0);
    expect(json.counts).toEqual({ total: 2, models: 1, images: 1, failed: 0 });
    expect(JSON.stringify(json['files'])).toMatch(
      /"format":"safetensors".*"SHA256":"[0-9A-F]{64}".*"BLAKE3"/,
    );
    expect(json.requests.total).toBe(0);
    expect(treeOf(library.home.folder)).toEqual(before);
  });

  it('says which file can not be read, and fails when none can', async () => {
    const some = await run(['inspect', shared, 'nowhere.safetensors']);
    expect([some.code, some.json.counts]).toEqual([3, { total: 2, models: 1, images: 0, failed: 1 }]);
    const none = await run(['inspect', 'nowhere.safetensors']);
    expect([none.code, none.json.failures]).toEqual([
      1,
      [
        expect.objectContaining({
          code: 'path-missing',
          why: 'nowhere.safetensors does not exist.',
          next: expect.stringContaining('spelling') as unknown,
        }),
      ],
    ]);
    expect((await run(['inspect', library.folder])).json.failures[0]?.why).toContain('It is no file.');
  });
});

describe('verify', () => {
  it('finds every byte as it was', async () => {
    const { code, json } = await run(['verify']);
    const total = library.files.length + 3;
    expect(code, JSON.stringify(json)).toBe(0);
    expect(json.counts).toMatchObject({ total, right: total, changed: 0, damaged: 0, failed: 0 });
  });

  it('finds a byte that turned over while the times stayed, and tells it from a file that was replaced', async () => {
    const rotten = join(library.folder, library.files[3]?.path ?? '');
    const replaced = join(library.folder, library.files[4]?.path ?? '');
    const [good, other] = [readFileSync(rotten), readFileSync(replaced)];
    const { atime, mtime } = statSync(rotten);
    const bad = Buffer.from(good);
    bad[bad.length - 1] = (bad.at(-1) ?? 0) ^ 1;
    writeFileSync(rotten, bad);
    utimesSync(rotten, atime, mtime);
    writeFileSync(replaced, `${String(other)} and more`);

    const { code, json } = await run(['verify']);

    expect(code).toBe(3);
    expect(json.counts).toMatchObject({ damaged: 1, changed: 1, failed: 0 });
    expect(json.failures.map((failure) => [failure.what, failure.code]).sort()).toEqual(
      [
        [rotten, 'file-damaged'],
        [replaced, 'file-changed'],
      ].sort(),
    );
    writeFileSync(rotten, good);
    writeFileSync(replaced, other);
    for (const path of [rotten, replaced]) utimesSync(path, atime, mtime);
  });
});

describe('pages', () => {
  it('restores whatever was deleted, byte for byte, without a question', async () => {
    const before = treeOf(library.folder);
    for (const path of Object.keys(before)) {
      if (
        path.endsWith('.html') ||
        path.startsWith('gallery.files/') ||
        (path.endsWith('.civitai.info') &&
          !path.includes(library.files[2]?.path.replace(/\.\w+$/, '') ?? '?'))
      )
        rmSync(join(library.folder, path));
    }
    expect(Object.keys(treeOf(library.folder)).length).toBeLessThan(Object.keys(before).length - 30);

    const { code, json } = await run(['pages', '--api-url', standin.apiUrl]);

    expect(code, JSON.stringify(json)).toBe(0);
    expect(json.requests.total).toBe(0);
    expect(treeOf(library.folder)).toEqual(before);
    expect(json.counts['total']).toBe(
      (json.counts['written'] ?? 0) + (json.counts['unchanged'] ?? 0) + (json.counts['failed'] ?? 0),
    );
  });

  it('takes a folder inside a scanned one, and refuses one that was never scanned', async () => {
    expect((await run(['pages', join(library.folder, 'own')])).code).toBe(0);
    const other = join(library.home.folder, 'other');
    mkdirSync(other, { recursive: true });
    const refused = await run(['pages', other]);
    expect([refused.code, refused.json.failures[0]?.code]).toEqual([1, 'not-scanned']);
  });
});

describe('pin', () => {
  it('decides which version a file counts as, for good', async () => {
    const refused = await run(['pin', shared, '1']);
    expect([refused.code, refused.json.failures[0]?.code]).toEqual([1, 'not-a-candidate']);
    const candidates = (refused.json.failures[0]?.next ?? '').match(/\d+/g) ?? [];
    expect(candidates.length).toBeGreaterThan(1);
    const info = (): number =>
      (JSON.parse(readFileSync(shared.replace(/\.\w+$/, '.civitai.info'), 'utf8')) as { id: number }).id;
    const other = candidates.map(Number).find((id) => id !== info()) ?? 0;

    expect((await run(['pin', shared, String(other)])).code).toBe(0);
    expect((await run(['pages', '--api-url', standin.apiUrl])).code).toBe(0);
    expect(info()).toBe(other);

    standin.faults.up();
    expect((await run(['update', '--api-url', standin.apiUrl, '--rate', '60000'])).code).toBe(0);
    expect((await run([...library.scan.filter((word) => word !== '--json'), '--force-refresh'])).code).toBe(
      0,
    );
    standin.faults.down();
    expect(info()).toBe(other);
    expect(readFileSync(shared.replace(/\.\w+$/, '.html'), 'utf8')).toContain(`modelVersionId=${other}`);
  });

  it('refuses what is no version and what was not scanned', async () => {
    expect((await run(['pin', shared, 'newest'])).json.failures[0]?.code).toBe('bad-argument');
    expect((await run(['pin', join(library.home.folder, 'elsewhere.safetensors'), '5'])).code).toBe(1);
  });
});

describe('doctor', () => {
  it('says that all is well, or what is not and what to do', async () => {
    const offline = await run(['doctor', '--offline']);
    expect(offline.code, JSON.stringify(offline.json)).toBe(0);
    expect(offline.json.counts).toMatchObject({ wrong: 0 });
    expect(offline.json.counts['total']).toBe(
      (offline.json.counts['fine'] ?? 0) +
        (offline.json.counts['notes'] ?? 0) +
        (offline.json.counts['wrong'] ?? 0),
    );

    const down = await run(['doctor', '--api-url', standin.apiUrl, '--patience', '1']);
    expect(down.code).toBe(3);
    expect(down.json.failures).toEqual([expect.objectContaining({ what: 'site', next: expect.any(String) })]);
  });

  it('lists what the last run could not do', async () => {
    const scan = await run([
      'scan',
      library.folder,
      '--force-refresh',
      '--api-url',
      standin.apiUrl,
      '--patience',
      '1',
    ]);
    expect(scan.code).toBe(4);

    const { code, json } = await run(['doctor', '--last']);

    expect(code).toBe(0);
    expect(json.failures).toEqual([expect.objectContaining({ what: 'Civitai', code: 'site-down' })]);
    expect(json['run']).toMatchObject({ verb: 'scan', exit_code: 4 });
    expect(json.counts['failures']).toBe(1);
  });
});

describe('config', () => {
  it('names every problem of a file with its line, and nothing is run with it', async () => {
    const file = join(library.home.folder, 'civitarium.yaml');
    writeFileSync(file, 'api:\n  rate: fast\nscan:\n  imagez: all\n');

    const check = await run(['config', 'check', '-c', file]);
    expect(check.code).toBe(3);
    expect(
      check.json.failures.map((failure) => failure.what.slice(file.length).split(':')[1]).sort(),
    ).toEqual(['2', '4']);
    expect((await run(['missing', '-c', file])).code).toBe(1);

    writeFileSync(
      file,
      `api:\n  rate: 30\n  key: secret-key-of-mine\nroots: [${JSON.stringify(library.folder)}]\n`,
    );
    expect((await run(['config', 'check', '-c', file])).json.counts).toEqual({
      total: 1,
      problems: 0,
      notes: 0,
    });
    const printed = await tell('config', 'print', '-c', file);
    expect(printed.stdout).toMatch(/^rate +30/im);
    expect(printed.stdout).not.toContain('secret-key-of-mine');
    rmSync(file);
  });

  it('describes itself as a JSON Schema', async () => {
    const { stdout } = await tell('config', 'schema');
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'object',
      properties: { api: expect.any(Object), scan: expect.any(Object) },
    });
  });
});
