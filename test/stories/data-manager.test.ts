import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { readDuplicateList, readMissingList } from '../../src/formats/sidecars/collected-files.ts';
import { makeHome } from '../cli.ts';
import type { CliResult, Home } from '../cli.ts';
import { runOnTerminal } from '../terminal.ts';
import { treeOf } from '../tree.ts';
import { unknownModel } from './testing/model-bytes.ts';

/** Names that trip links, globs, shells and regular expressions. */
const ODD = `[FLUX.1 [dev] - LoRa] [Style] 'True Real Photo' [SPECTRUM #0001] 100% "q" & c?`;

let standin: Standin;
let home: Home;
let first: CliResult;

beforeAll(async () => {
  standin = await startStandin({ models: 40, images: 0, seed: 95 });
  home = makeHome();
  const [one = Buffer.alloc(0), two = Buffer.alloc(0)] = shownFiles();
  for (const folder of ['models/a', 'models/b']) mkdirSync(join(home.folder, folder), { recursive: true });
  const at = (path: string): string => join(home.folder, 'models', path);
  writeFileSync(at('a/ink.safetensors'), one);
  writeFileSync(at('b/ink.safetensors'), two);
  writeFileSync(at(`b/${ODD}.safetensors`), two);
  writeFileSync(at('a/own.safetensors'), unknownModel());
  writeFileSync(at('b/own.safetensors'), unknownModel('other'));
  first = await run('--all', 'models', '--output', 'out', '--images');
});

afterAll(async () => {
  home.remove();
  await standin.close();
});

afterEach(() => {
  rmSync(join(home.folder, 'config.json'), { force: true });
});

/** Runs a command line in their words. */
function run(...args: readonly string[]): Promise<CliResult> {
  return home.run([...args, '--api-url', standin.apiUrl, '--notimeout', '--json']);
}

/** Bytes of models of which the site shows at least two pictures. */
function shownFiles(): Buffer[] {
  const models = standin.world.modelIds().flatMap((id) => standin.world.model(id) ?? []);
  return models.flatMap((model) => {
    const version = model.versions[0];
    const file = version?.files[0];
    const isShown =
      model.status === 'Published' &&
      model.availability === 'Public' &&
      model.mode === null &&
      version?.status === 'Published' &&
      file?.format === 'SafeTensor' &&
      file.scan === 'Success' &&
      file.visibility === 'Public';
    if (!isShown || standin.world.imagesOf(version.id).length < 2) return [];
    return [standin.world.bytesOf(file)];
  });
}

interface Linked {
  readonly columns: {
    readonly page: readonly string[];
    readonly siteVersion: readonly number[];
    readonly siteFile: readonly number[];
  };
}

/** What the index links to. */
function linkedCards(): Linked['columns'] {
  const window: { civitariumCards: Linked[] } = { civitariumCards: [] };
  runInNewContext(readFileSync(out('gallery.files/cards.js'), 'utf8'), { window });
  return window.civitariumCards[0]?.columns ?? { page: [], siteVersion: [], siteFile: [] };
}

function out(...parts: readonly string[]): string {
  return join(home.folder, 'out', ...parts);
}

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}

describe('the layout', () => {
  it('is what the documentation of Civitai Data Manager shows', () => {
    expect(first.code, first.stderr).toBe(0);
    expect(first.json).toMatchObject({ command: 'scan', counts: { files: 5, identified: 3, missing: 2 } });
    expect(readdirSync(out())).toEqual(
      expect.arrayContaining([
        'duplicate_models.txt',
        'index.html',
        'ink',
        'missing_from_civitai.txt',
        'own',
        'processed_files.json',
      ]),
    );
    const names = readdirSync(out('ink'));
    for (const name of ['ink.html', 'ink_hash.json', 'ink_metadata.json', 'ink_preview_0.json'])
      expect(names).toContain(name);
    expect(names).toContain('ink_civitai_model.json');
    expect(names).toContain('ink_civitai_model_version.json');
    const previews = names.filter((name) => /^ink_preview_\d+\./.test(name));
    expect(previews.length).toBeGreaterThanOrEqual(4);
  });

  it('lists what was processed, with the time of each', () => {
    const list = readJson(out('processed_files.json'));
    const paths = ['a/ink', `b/${ODD}`, 'b/ink'].map((name) =>
      join(home.folder, 'models', `${name}.safetensors`),
    );
    expect(list['files']).toEqual(paths);
    expect(Object.keys(list['processed'] as object)).toEqual(paths);
    expect(list['last_update']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
    expect(
      Object.values(list['processed'] as object)
        .toSorted()
        .at(-1),
    ).toBe(list['last_update']);
  });

  it('lists what the site has not, two files of one name apart', () => {
    const text = readFileSync(out('missing_from_civitai.txt'), 'utf8');
    expect(text.split('\n').slice(0, 5)).toEqual([
      '# Files not found on Civitai',
      '# Format: Timestamp | Status Code | Filename',
      '# This file is automatically updated when the script runs',
      '# A file is removed from this list when it becomes available again',
      '',
    ]);
    expect(readMissingList(text).map(({ status, fileName }) => [status, fileName])).toEqual([
      [404, join(home.folder, 'models/a/own.safetensors')],
      [404, join(home.folder, 'models/b/own.safetensors')],
    ]);
  });

  it('lists copies, and the one that clean would keep', () => {
    expect(readDuplicateList(readFileSync(out('duplicate_models.txt'), 'utf8'))).toEqual([
      {
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        kept: join(home.folder, 'models/b/ink.safetensors'),
        removed: [join(home.folder, `models/b/${ODD}.safetensors`)],
      },
    ]);
  });

  it('has an index by type, with every model and links that survive any name', () => {
    const page = readFileSync(out('index.html'), 'utf8');
    expect(page).toContain('data-kind="browser"');
    expect(page).toContain('src="gallery.files/cards.js"');
    const linked = linkedCards();
    expect(linked.page).toHaveLength(5);
    for (const href of linked.page) {
      const url = new URL(href, pathToFileURL(out('index.html')));
      expect([url.hash, url.search, existsSync(fileURLToPath(url))]).toEqual(['', '', true]);
    }
    const known = linked.siteVersion.filter((id) => id !== -1);
    expect([known.length, linked.siteFile.filter((id) => id !== -1).length]).toEqual([3, 3]);
  });

  it('is written by scan, too, and asks for nothing and writes nothing the second time', async () => {
    const before = treeOf(home.folder, (path) => /^(?:models|out)\//.test(path));
    standin.reset();
    const again = await run('--all', 'models', '--output', 'out', '--images');
    expect(again.json).toMatchObject({ ok: true, requests: { total: 0 } });
    const ours = await home.run(
      ['scan', 'models', '--profile', 'collected', '--output', 'out', '--images', '--json'].concat(
        '--api-url',
        standin.apiUrl,
      ),
    );
    expect(ours.json).toMatchObject({ ok: true, requests: { total: 0 } });
    expect(standin.requests()).toEqual({});
    expect(treeOf(home.folder, (path) => /^(?:models|out)\//.test(path))).toEqual(before);
  });

  it('goes on through --onlynew, --onlyupdate and --onlyhtml, none of which changes what is known', async () => {
    const before = treeOf(out());
    for (const flags of [['--onlynew', '--skipmissing'], ['--onlyupdate'], ['--onlyhtml']]) {
      const result = await run('--all', 'models', '--output', 'out', ...flags);
      expect(result.code, result.stderr).toBe(0);
      expect(treeOf(out())).toEqual(before);
    }
  });

  it('--onlyhtml and --generateimagejson ask for nothing; the latter brings back what lies beside a preview', async () => {
    rmSync(out('ink/ink_preview_0.json'));
    standin.reset();
    const result = await run('--all', '', '--output', 'out', '--generateimagejson');
    expect(result.code, result.stderr).toBe(0);
    expect(readJson(out('ink/ink_preview_0.json'))).toMatchObject({ url: expect.any(String) });
    expect(standin.requests()).toEqual({});
  });
});

describe('what was there before', () => {
  it('is set aside and never lost: spoilt lists, and a list of another program that is taken over', async () => {
    mkdirSync(join(home.folder, 'old'), { recursive: true });
    const old = join(home.folder, 'old');
    const elsewhere = join(home.folder, 'models/a/ink.safetensors');
    writeFileSync(
      join(old, 'processed_files.json'),
      JSON.stringify({ files: ['rel/x.safetensors', elsewhere, '/gone/y.safetensors'], last_update: 'x' }),
    );
    writeFileSync(join(old, 'missing_from_civitai.txt'), '\0\0 spoilt');
    writeFileSync(join(old, 'index.html'), 'their page');
    mkdirSync(join(old, 'ink'));
    writeFileSync(join(old, 'ink/ink_hash.json'), '{"hash_va');

    mkdirSync(join(home.folder, 'alone'));
    writeFileSync(join(home.folder, 'alone/own.safetensors'), unknownModel('third'));
    const result = await run('--single', 'alone/own.safetensors', '--output', 'old', '--noimages');

    expect(result.code, result.stderr).toBe(0);
    expect(readJson(join(old, 'processed_files.json'))['files']).toEqual([elsewhere, 'rel/x.safetensors']);
    expect(readJson(join(old, 'processed_files.before-civitarium.json'))['last_update']).toBe('x');
    expect(readFileSync(join(old, 'missing_from_civitai.before-civitarium.txt'), 'utf8')).toBe('\0\0 spoilt');
    expect(readFileSync(join(old, 'index.html'), 'utf8')).toBe('their page');
    expect(existsSync(join(old, 'index.civitarium.html'))).toBe(true);
    expect(readFileSync(join(old, 'ink/ink_hash.json'), 'utf8')).toBe('{"hash_va');
    expect(readMissingList(readFileSync(join(old, 'missing_from_civitai.txt'), 'utf8'))).toMatchObject([
      { fileName: 'own.safetensors' },
    ]);
  });

  it('stays when another folder is collected in the same place: lists and index show both', async () => {
    mkdirSync(join(home.folder, 'more'));
    const [, , third = Buffer.alloc(0)] = shownFiles();
    writeFileSync(join(home.folder, 'more/late.safetensors'), third);

    const result = await run('--single', 'more/late.safetensors', '--output', 'out', '--noimages');

    expect(result.code, result.stderr).toBe(0);
    expect(readJson(out('processed_files.json'))['files']).toHaveLength(4);
    const linked = linkedCards();
    expect(linked.page.filter((href) => href !== '')).toHaveLength(6);
  });
});

describe('a run that is cut short', () => {
  it('has said what it processed before the first preview came, and --single says it too', async () => {
    const own = makeHome();
    const folder = join(own.folder, 'models');
    mkdirSync(folder);
    writeFileSync(join(folder, 'ink.safetensors'), shownFiles()[0] ?? '');
    const single = ['--single', 'models/ink.safetensors', '--output', 'out', '--api-url', standin.apiUrl];

    const killed = await own.run(single, { env: { CIVITARIUM_FAULT: 'kill@previews.intended' } });

    expect(killed.signal).toBe('SIGKILL');
    const list = readFileSync(join(own.folder, 'out/processed_files.json'), 'utf8');
    expect(JSON.parse(list)).toMatchObject({ files: [join(folder, 'ink.safetensors')] });
    expect((await own.run(single)).code).toBe(0);
    expect(readFileSync(join(own.folder, 'out/processed_files.json'), 'utf8')).toBe(list);
    own.remove();
  });

  it('takes no outage for an answer: the missing list waits for one, and heals', async () => {
    const own = makeHome();
    const folder = join(own.folder, 'models');
    mkdirSync(folder);
    writeFileSync(join(folder, 'own.safetensors'), unknownModel());
    const scan = ['--all', 'models', '--output', 'out', '--api-url', standin.apiUrl, '--json'];
    const list = join(own.folder, 'out/missing_from_civitai.txt');
    standin.faults.down();
    const down = await own.run([...scan, '--patience', '1', '--notimeout']);
    standin.faults.up();
    expect([down.code, existsSync(list)]).toEqual([4, false]);

    expect((await own.run(scan)).code).toBe(0);
    expect(readMissingList(readFileSync(list, 'utf8'))).toMatchObject([{ fileName: 'own.safetensors' }]);
    // Now it holds what the site knows.
    writeFileSync(join(folder, 'own.safetensors'), shownFiles()[0] ?? '');
    expect((await own.run(scan)).code).toBe(0);
    expect(existsSync(list)).toBe(false);
    own.remove();
  });
});

describe('what can not be', () => {
  it.for([
    [['--all', 'nowhere', '--output', 'out2'], /does not exist/],
    [['--single', 'nowhere.safetensors', '--output', 'out2'], /does not exist/],
    [['--single', 'models', '--output', 'out2'], /is a folder/],
    [['--all', 'models/a/ink.safetensors', '--output', 'out2'], /is a file/],
    [['--all', 'models'], /nobody is here to be asked/],
    [['--all', 'models', '--output', 'out2', '--images', '--noimages'], /exclude each other/],
    [['--all', 'models', '--clean'], /nobody is here to be asked/],
    [['--all', 'models', '--output', 'models/a/ink.safetensors'], /is no folder/],
  ] as const)('%j ends with 1 and a sentence, and nothing is written', async ([args, sentence]) => {
    const before = treeOf(home.folder, (path) => /^(?:models|out)/.test(path));
    const result = await run(...args);
    expect(result.json.failures[0]?.why).toMatch(sentence);
    expect(result.code).toBe(1);
    expect(treeOf(home.folder, (path) => /^(?:models|out)/.test(path))).toEqual(before);
  });

  it('says without --yes what --clean needs, and cleans with it', async () => {
    const refused = await run('--all', 'models', '--clean');
    expect(refused.json.failures[0]).toMatchObject({
      code: 'needs-yes',
      next: expect.stringContaining('--yes'),
    });
    expect((await run('--all', 'models', '--clean', '--yes')).json).toMatchObject({
      ok: true,
      command: 'clean',
      counts: { planned: 0 },
    });
  });
});

describe('config.json', () => {
  function write(content: unknown): void {
    writeFileSync(join(home.folder, 'config.json'), JSON.stringify(content));
  }

  it('says what the command line does not, and the command line beats it', async () => {
    write({ all: 'models', output: 'out', images: true, onlyhtml: true });
    expect((await run()).json).toMatchObject({ command: 'pages', ok: true });
    expect((await run('--onlyupdate')).json).toMatchObject({ command: 'update', ok: true });
    const without = await run('--onlyupdate', '--noconfig');
    expect(without.json.failures[0]?.why).toMatch(/Say what it is about/);
  });

  it('of another program is left alone, and a spoilt one is named', async () => {
    write({ samples_save: true, outdir: 'x' });
    expect((await run('--all', 'models')).json.failures[0]?.code).toBe('no-output');
    write({ all: true });
    expect((await run('--onlynew')).json.failures[0]).toMatchObject({ code: 'config-invalid' });
    writeFileSync(join(home.folder, 'config.json'), '{"all": "mod');
    expect((await run('--onlynew')).json.failures[0]).toMatchObject({ code: 'config-invalid' });
    expect((await home.run([])).stdout).toContain('First steps');
  });
});

describe('--output that is not there', () => {
  it('is asked for on a terminal, with a default', { timeout: 120_000 }, async () => {
    const said = await onTerminal('\r');
    if (said === undefined) return;
    expect(existsSync(join(home.folder, 'output', 'processed_files.json')), said).toBe(true);
  });

  it('ends with a sentence when the terminal hangs up', { timeout: 120_000 }, async () => {
    const said = await onTerminal('\u0004');
    if (said === undefined) return;
    expect(said).toContain('No folder to collect in was named');
  });

  const onTerminal = (typed: string): Promise<string | undefined> =>
    runOnTerminal(home, ['--all', 'models', '--noimages', '--api-url', standin.apiUrl], {
      question: 'Folder for everything',
      typed,
    });
});
