import { readFileSync, writeFileSync, mkdirSync, existsSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE_NAMES } from '../../standin/library/hostile-names.ts';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeHome } from '../cli.ts';
import type { CliResult, Home } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { unknownModel } from './testing/model-bytes.ts';
import { partsOfFiles } from './testing/sums.ts';

let standin: Standin;
let home: Home;
let folder: string;

beforeAll(async () => {
  standin = await startStandin({ models: 60, images: 0, seed: 71 });
});

afterAll(() => standin.close());

function scan(...more: readonly string[]): Promise<CliResult> {
  return home.run(['scan', folder, '--api-url', standin.apiUrl, '--rate', '60000', '--json', ...more]);
}

/** Bytes of files that the site knows, each of another version. */
function knownFiles(): Buffer[] {
  const versions = standin.world
    .modelIds()
    .flatMap((id) =>
      standin.world.model(id)?.status === 'Published' ? (standin.world.model(id)?.versions ?? []) : [],
    );
  const files = versions.flatMap((version) =>
    version.status === 'Published' ? version.files.slice(0, 1) : [],
  );
  return files
    .filter((one) => one.format === 'SafeTensor' && one.scan === 'Success' && one.visibility === 'Public')
    .map((file) => standin.world.bytesOf(file));
}

/** `path` may be bytes: not every name on a Linux disk is text. */
function write(path: string | Buffer, bytes: Buffer): void {
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path as string)]), bytes);
}

/** The addresses of all pages, as the gallery hands them to its pages. */
function pagesInGallery(root: string): string[] {
  const window: { civitariumNav?: readonly (readonly [number, string, string])[] } = {};
  runInNewContext(readFileSync(join(root, 'gallery.files/nav.js'), 'utf8'), { window });
  return (window.civitariumNav ?? []).map(([, href]) => href);
}

describe('file names that try something', () => {
  const latin1 = Buffer.concat([Buffer.from('caf'), Buffer.from([0xe9]), Buffer.from('.safetensors')]);
  const names = [
    ...HOSTILE_NAMES.map(({ name }) => name),
    '../not above.safetensors'.replace('../', '..'),
    'a"b\'c`d.safetensors',
    'NUL.safetensors',
    'trailing dot..safetensors',
    '.hidden start.safetensors',
    'e\u0301 e\u0301.safetensors',
    '\u00e9 \u00e9.safetensors',
  ];
  let result: CliResult;

  beforeAll(async () => {
    home = makeHome();
    folder = join(home.folder, 'models');
    mkdirSync(folder);
    const bytes = knownFiles();
    for (const [index, name] of names.entries())
      write(name, index % 2 === 0 ? (bytes[index] ?? unknownModel(name)) : unknownModel(name));
    write(latin1, bytes[1] ?? unknownModel('latin'));
    result = await scan();
  });

  afterAll(() => home.remove());

  it('are all scanned and known, and each has a page of its own', () => {
    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts).toMatchObject({
      files: names.length + 1,
      failed: 0,
      unchecked: 0,
      pages: names.length + 1,
    });
    expect(partsOfFiles(result.json)).toBe(names.length + 1);
    const pages = Object.keys(treeOf(folder)).filter(
      (path) => path.endsWith('.html') && !path.startsWith('gallery.'),
    );
    expect(pages).toHaveLength(names.length + 1);
  });

  it('lead to nothing outside their folder', () => {
    const outside = Object.keys(treeOf(home.folder)).filter(
      (path) => !/^(?:models|data|state|cache|config)\//.test(path),
    );
    expect(outside).toEqual([]);
    expect(
      Object.keys(treeOf(folder)).filter((path) => path.includes('/') && !path.startsWith('gallery.files/')),
    ).toEqual([]);
  });

  it('are linked from the gallery by addresses that lead to the files', () => {
    const hrefs = pagesInGallery(folder);
    expect(new Set(hrefs).size).toBe(names.length + 1);
    expect(hrefs.filter((href) => !existsSync(join(folder, decodeURIComponent(href))))).toEqual([]);
  });

  it('cost nothing at the next scan and change nothing', async () => {
    const before = treeOf(folder);
    const again = await scan();
    expect(again.code, again.stderr).toBe(0);
    expect(again.json.counts).toMatchObject({ files: names.length + 1, hashed: 0 });
    expect(again.json.requests.total).toBe(0);
    expect(treeOf(folder)).toEqual(before);
  });

  it('are verified like any other', async () => {
    const verified = await home.run(['verify', '--json']);
    expect(verified.code, verified.stderr).toBe(0);
    expect(verified.json.counts).toMatchObject({ total: names.length + 1, right: names.length + 1 });
  });

  it('are shown on a terminal without doing anything to it', async () => {
    const { stdout } = await home.run(['missing']);
    // oxlint-disable-next-line no-control-regex -- control characters are what must not come through
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    expect(stdout.split('\n').filter((line) => line.startsWith('missing'))).toHaveLength(
      Number((await home.run(['missing', '--json'])).json.counts['missing']),
    );
  });
});

describe('files of the user that stand where something would be written', () => {
  const mine: Readonly<Record<string, string>> = {
    'a.civitai.info': '{"mine": true}',
    'a.html': '<p>my own page</p>',
    'a.preview.png': 'my own picture',
    'gallery.html': '<p>my own gallery</p>',
    'b.preview.jpeg': 'another picture of mine',
    'b.civitarium.html': 'also mine',
    'b.html': 'mine again',
  };
  let result: CliResult;

  beforeAll(async () => {
    home = makeHome();
    folder = join(home.folder, 'models');
    mkdirSync(folder);
    const [first = Buffer.alloc(0), second = Buffer.alloc(0), third = Buffer.alloc(0)] = knownFiles();
    write('a.safetensors', first);
    write('b.safetensors', second);
    write('twin.safetensors', third);
    write('twin.ckpt', unknownModel('twin'));
    write('twin.pt', unknownModel('third twin'));
    for (const [name, text] of Object.entries(mine)) writeFileSync(join(folder, name), text);
    result = await scan();
  });

  afterAll(() => home.remove());

  function expectUntouched(): void {
    for (const [name, text] of Object.entries(mine))
      expect(readFileSync(join(folder, name), 'utf8'), name).toBe(text);
  }

  it('are left as they are and told of', () => {
    expectUntouched();
    expect(result.code, result.stderr).toBe(0);
    const told = result.json.warnings.join('\n');
    expect(told).toContain('a.civitai.info');
    expect(told).toMatch(/1 sidecar is a file of yours, not touched: .*a\.civitai\.info/);
    expect(told).toMatch(/1 page has another name.*a\.html/);
    expect(told).toContain('gallery.html');
  });

  it('make room for a page and a gallery of another name', () => {
    expect(readFileSync(join(folder, 'a.civitarium.html'), 'utf8')).toContain('gallery.civitarium.html');
    expect(readFileSync(join(folder, 'gallery.civitarium.html'), 'utf8')).toContain('gallery.files/');
    expect(result.json['galleries']).toEqual([join(folder, 'gallery.civitarium.html')]);
  });

  it('of which both names are taken: no page, and that is said', () => {
    expect(result.json.warnings.join('\n')).toMatch(/1 page was not written.*b\.html/);
    expect(pagesInGallery(folder).sort()).toEqual([
      'a.civitarium.html',
      'twin.ckpt.html',
      'twin.html',
      'twin.pt.html',
    ]);
  });

  it('files with one stem have a page and a sidecar each', () => {
    expect(
      ['twin.html', 'twin.ckpt.html', 'twin.pt.html', 'twin.civitai.info'].filter(
        (name) => !existsSync(join(folder, name)),
      ),
    ).toEqual([]);
    expect(readFileSync(join(folder, 'twin.ckpt.html'), 'utf8')).toContain('twin.ckpt');
    expect(readFileSync(join(folder, 'twin.html'), 'utf8')).toContain('twin.safetensors');
  });

  it('stay untouched by everything that writes again', async () => {
    const before = treeOf(folder);
    for (const args of [['scan', folder, '--force-refresh'], ['update'], ['pages']]) {
      const again = await home.run([...args, '--api-url', standin.apiUrl, '--rate', '60000', '--json']);
      expect(again.code, again.stderr).toBe(0);
    }
    expectUntouched();
    expect(treeOf(folder)).toEqual(before);
  });

  it('a page of ours that the user changed is theirs from then on', async () => {
    writeFileSync(join(folder, 'twin.html'), 'I wrote over it');
    chmodSync(join(folder, 'twin.html'), 0o600);

    const again = await home.run(['pages', '--json']);

    expect(again.code, again.stderr).toBe(0);
    expect(readFileSync(join(folder, 'twin.html'), 'utf8')).toBe('I wrote over it');
    expect(again.json.warnings.join('\n')).toContain('twin.html');
    expect(readFileSync(join(folder, 'twin.civitarium.html'), 'utf8')).toContain('twin.safetensors');
  });
});

describe('one stem five hundred times', () => {
  it('gives five hundred pages', async () => {
    home = makeHome();
    folder = join(home.folder, 'models');
    mkdirSync(folder);
    const endings = ['safetensors', 'ckpt', 'pt', 'pth', 'bin', 'gguf', 'zip', 'sft'];
    const files = 500;
    for (let index = 0; index < files; index += 1) {
      // Letter case makes names that one disk tells apart and another does not.
      const stem = [...'same_name']
        .map((letter, at) => ((Math.floor(index / endings.length) >> at) & 1 ? letter.toUpperCase() : letter))
        .join('');
      write(`${stem}.${endings[index % endings.length] ?? ''}`, unknownModel(String(index)));
    }
    const result = await scan();

    expect(result.code, result.stderr).toBe(0);
    const pages = Object.keys(treeOf(folder)).filter(
      (path) => path.endsWith('.html') && !path.startsWith('gallery.'),
    );
    const count = new Set(
      Object.keys(treeOf(folder)).filter((path) => endings.some((ending) => path.endsWith(`.${ending}`))),
    ).size;
    expect(result.json.counts['files']).toBe(count);
    expect(pages).toHaveLength(count);
    home.remove();
  });
});
