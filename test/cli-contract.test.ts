import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERBS } from '../src/verbs/list.ts';
import { startStandin } from '../standin/start.ts';
import type { Standin } from '../standin/start.ts';
import { makeHome } from './cli.ts';
import type { CliResult, Home } from './cli.ts';
import { writeWorldLibrary } from './world-library.ts';

const KEY = 'ci7very5secret9key2of4nobody8here';
const ESCAPE = '\u001B';

let home: Home;

beforeAll(() => {
  home = makeHome();
});

afterAll(() => {
  home.remove();
});

function lines(text: string): string[] {
  return text.trimEnd().split('\n');
}

describe('help and version', () => {
  it('shows help without a command, and ends well', async () => {
    const result = await home.run([]);

    expect(result.code).toBe(0);
    expect(result.stdout).toContain('Usage: civitarium');
    expect(result.stdout).toContain('civitarium demo');
    expect(result.stderr).toBe('');
  });

  it('has a page of help for every command, with its flags, the common ones and an example', async () => {
    const pages = await Promise.all(VERBS.map((entry) => home.run([entry.name, '--help'])));

    for (const [index, entry] of VERBS.entries()) {
      const verb = await entry.load();
      const { code, stdout } = pages[index] as CliResult;
      expect(code, entry.name).toBe(0);
      for (const { name } of verb.options) expect(stdout, entry.name).toContain(`--${name}`);
      expect(stdout, entry.name).toContain('--dry-run');
      expect(stdout, entry.name).toContain('Examples:\n  civitarium');
    }
  });

  it('says the same for `help scan` and `scan --help`', async () => {
    const [one, other] = await Promise.all([home.run(['help', 'scan']), home.run(['scan', '--help'])]);

    expect(one?.stdout).toBe(other?.stdout);
  });

  it('prints the version of the package and nothing else', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };

    const result = await home.run(['--version']);

    expect(result).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('arguments that can not be', () => {
  const cases: readonly (readonly [name: string, args: readonly string[], says: RegExp])[] = [
    ['an unknown command', ['scam'], /unknown command 'scam'/i],
    ['an unknown flag', ['scan', '--imagse', 'all', '.'], /unknown option '--imagse'/i],
    ['an argument too many', ['missing', 'what'], /too many arguments/i],
    ['a missing argument', ['inspect'], /missing required argument/i],
    ['a flag without its value', ['scan', '--output'], /argument missing/i],
    ['a value that is not among the choices', ['scan', '--profile', 'sideways', '.'], /beside, collected/],
    ['a number that is none', ['--rate', 'fast', 'missing'], /--rate takes a number/],
    ['a span that is none', ['scan', '--max-age', 'soon', '.'], /--max-age takes a span/],
    ['an address over plain http', ['missing', '--api-url', 'http://example.com/api/v1'], /in the clear/],
    ['an address that is none', ['missing', '--api-url', 'civitai'], /not an address/],
    ['levels that are none', ['missing', '--browsing-level', 'PG,Z'], /rating levels/],
    ['a path that is not there', ['scan', 'nowhere'], /does not exist/],
    ['no path at all', ['scan'], /Which folder\?/],
    ['a file that is no model', ['scan', 'notes.txt'], /not a model file/],
    ['a folder without models', ['scan', 'empty'], /holds no model files/],
    ['a configuration that is not there', ['-c', 'nowhere.yaml', 'missing'], /does not exist/],
    ['a folder that was never scanned', ['pages', 'unscanned'], /scanned/],
    ['a word that config does not know', ['config', 'explain'], /check, print and schema/],
  ];

  beforeAll(() => {
    mkdirSync(join(home.folder, 'empty'));
    mkdirSync(join(home.folder, 'unscanned'));
    writeFileSync(join(home.folder, 'notes.txt'), 'not a model');
  });

  it.each(cases)('end with 1 and a sentence: %s', async (_name, args, says) => {
    const { code, json, stdout, stderr } = await home.run([...args, '--json']);

    expect(code).toBe(1);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(lines(stdout)).toHaveLength(1);
    expect([json.command, join(home.folder, 'nowhere')]).toContain(json.failures[0]?.what);
    expect(json).toMatchObject({
      ok: false,
      exit: 1,
      failures: [{ why: expect.stringMatching(says) as unknown }],
    });
  });

  it('say nothing on stdout without --json', async () => {
    const result = await home.run(['scan', 'nowhere']);

    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(lines(result.stderr)).toEqual([
      `${join(home.folder, 'nowhere')} does not exist.`,
      'Check the spelling, or connect the drive it lies on.',
    ]);
  });

  it('suggest the command or flag that was meant', async () => {
    const [command, flag] = await Promise.all([
      home.run(['sacn', '.']),
      home.run(['scan', '--imges', 'all']),
    ]);

    expect(command.stderr).toContain('Did you mean scan?');
    expect(flag.stderr).toContain('Did you mean --images?');
  });
});

describe('common flags', () => {
  it('may stand before or after the command', async () => {
    const flags = ['--api-url', 'http://127.0.0.1:9/api/v1', '--rate', '7', '--patience', '3', '--json'];

    const [before, after] = await Promise.all([
      home.run([...flags, 'config', 'print']),
      home.run(['config', 'print', ...flags]),
    ]);

    for (const { json } of [before, after]) {
      expect(json['settings']).toMatchObject({
        apiUrl: 'http://127.0.0.1:9/api/v1',
        rate: 7,
        patienceMs: 3000,
      });
    }
  });

  it('win over the environment, and the environment over the file', async () => {
    writeFileSync(join(home.folder, 'three.yaml'), 'catalog: from-file.db\napi:\n  rate: 11\n');
    const print = ['-c', 'three.yaml', 'config', 'print', '--json'];

    const file = await home.run(print);
    const env = await home.run(print, { env: { CIVITARIUM_CATALOG: 'from-env.db' } });
    const flag = await home.run([...print, '--catalog', 'from-flag.db', '--rate', '12'], {
      env: { CIVITARIUM_CATALOG: 'from-env.db' },
    });

    expect(file.json['settings']).toMatchObject({ catalog: join(home.folder, 'from-file.db'), rate: 11 });
    expect(env.json['settings']).toMatchObject({ catalog: join(home.folder, 'from-env.db') });
    expect(flag.json['settings']).toMatchObject({ catalog: join(home.folder, 'from-flag.db'), rate: 12 });
  });
});

describe('what is printed', () => {
  it('is one line of JSON on stdout with --json, and the rest on stderr', async () => {
    const commands = [
      ['config', 'print'],
      ['config', 'check'],
      ['config', 'schema'],
      ['missing'],
      ['duplicates'],
    ];

    for (const args of commands) {
      const result = await home.run([...args, '--json']);

      expect(lines(result.stdout), args.join(' ')).toHaveLength(1);
      expect(result.json).toMatchObject({
        command: args[0],
        ok: true,
        exit: 0,
        counts: expect.any(Object) as unknown,
        requests: { total: 0, byEndpoint: {}, cached: 0, retried: 0, waited_ms: { total: 0 }, breakers: [] },
        warnings: [],
        failures: [],
      });
      expect(result.json.took_ms, args.join(' ')).toBeGreaterThanOrEqual(0);
    }
  });

  it('has no colour where there is no terminal, or where NO_COLOR asks for none', async () => {
    const [plain, none] = await Promise.all([
      home.run(['doctor', '--offline']),
      home.run(['doctor', '--offline'], { env: { NO_COLOR: '1', FORCE_COLOR: '1' } }),
    ]);

    for (const { stdout, stderr } of [plain, none]) expect(stdout + stderr).not.toContain(ESCAPE);
  });

  it('may be cut by whoever reads it', async () => {
    const result = await home.run(['config', 'schema'], { whileRunning: (child) => child.stdout?.destroy() });

    expect(result).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('the configuration', () => {
  const write = (name: string, text: string): string => {
    writeFileSync(join(home.folder, name), text);
    return join(home.folder, name);
  };

  it('is not needed, and check says so', async () => {
    const result = await home.run(['config', 'check']);

    expect(result.code).toBe(0);
    expect(result.stdout).toContain('There is no configuration file');
  });

  it('is right, and check says so', async () => {
    const path = write('right.yaml', 'roots: [~/models]\nscan:\n  images: 3\n  max_age: 30d\n');

    const result = await home.run(['-c', path, 'config', 'check']);

    expect(result).toMatchObject({ code: 0 });
    expect(result.stdout).toContain(`${path} is right.`);
  });

  const wrong: readonly (readonly [name: string, text: string, at: string, says: string])[] = [
    [
      'an unknown key',
      'catalog: a.db\ncatlog: b.db\n',
      '2:1',
      'unknown key "catlog"; did you mean "catalog"?',
    ],
    [
      'an unknown key in a section',
      'scan:\n  images: all\n  maxAge: 30d\n',
      '3:3',
      'scan.maxAge: unknown key "maxAge"; did you mean "max_age"?',
    ],
    ['an unknown key like no other', 'bananas: 3\n', '1:1', 'unknown key "bananas"'],
    ['a value of the wrong kind', 'api:\n  rate: fast\n', '2:3', 'api.rate'],
    ['a value that is not among the choices', 'scan:\n  profile: sideways\n', '2:3', 'scan.profile'],
    ['YAML that is none', 'scan:\n  images: [all\nroots: x\n', '3:1', ''],
    ['a key given twice', 'catalog: a\ncatalog: b\n', '2:1', 'unique'],
  ];

  it.each(wrong)('names %s with file, line and column', async (name, text, at, says) => {
    const path = write(`${name.replaceAll(' ', '-')}.yaml`, text);

    const check = await home.run(['-c', path, 'config', 'check', '--json']);

    expect(check.code).toBe(3);
    expect(check.json.failures[0]).toMatchObject({
      what: `${path}:${at}`,
      why: expect.stringContaining(says) as unknown,
    });
  });

  it('stops every other command when it is wrong', async () => {
    const path = write('wrong.yaml', 'catalog: a.db\ncatlog: b.db\n');

    const result = await home.run(['-c', path, 'missing']);

    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toContain(`${path}:2:1`);
    expect(result.stderr).toContain('civitarium config check');
  });

  it('reads `~` and the environment', async () => {
    const path = write('places.yaml', 'catalog: ~/here/${NAME}.db\n');

    const result = await home.run(['-c', path, 'config', 'print', '--json'], { env: { NAME: 'mine' } });

    expect(result.json['settings']).toMatchObject({ catalog: join(home.folder, 'here', 'mine.db') });
  });

  it('gives a command its paths and flags, and the command line wins', async () => {
    mkdirSync(join(home.folder, 'fromconfig'));
    const path = write('defaults.yaml', 'roots: [~/fromconfig]\nscan:\n  max_age: nonsense\n');

    const configured = await home.run(['-c', path, 'scan']);
    const given = await home.run(['-c', path, 'scan', '--max-age', '3d']);

    expect(configured.stderr).toContain('not "nonsense"');
    expect(given.stderr).toContain(`${join(home.folder, 'fromconfig')} holds no model files`);
  });

  it('has a schema for editors that knows every command with flags', async () => {
    const schema = JSON.parse((await home.run(['config', 'schema'])).stdout) as {
      properties: Record<string, unknown>;
    };

    const verbs = await Promise.all(VERBS.map((entry) => entry.load()));
    const sections = verbs.filter((verb) => verb.options.length > 0).map((verb) => verb.name);
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining(['catalog', 'api', 'hosts', 'roots', ...sections]),
    );
  });
});

describe('the key', () => {
  let standin: Standin;

  beforeAll(async () => {
    standin = await startStandin({ models: 12, seed: 3 });
    writeWorldLibrary(standin.world, join(home.folder, 'keyed'), 6);
  });

  afterAll(async () => {
    await standin.close();
  });

  it('is used, and stands in no output, log, catalog, state, page or sidecar', async () => {
    const api = ['--api-url', standin.apiUrl, '--rate', '6000', '--patience', '2', '--debug'];
    const env = { CIVITAI_API_KEY: KEY };
    const runs = [
      await home.run(['config', 'print'], { env }),
      await home.run(['config', 'print', '--json'], { env }),
      await home.run(['scan', 'keyed', ...api, '--json'], { env }),
      await home.run(['doctor', ...api], { env }),
      await home.run(['update', '--api-url', 'http://127.0.0.1:9/api/v1', '--patience', '1', '--debug'], {
        env,
      }),
    ];

    expect(runs[0]?.stdout).toContain('set, not shown');
    expect(standin.asks().some((ask) => ask.withKey)).toBe(true);
    expect(runs[4]?.code).toBe(4);
    for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toContain(KEY);
    expect(filesHolding(home.folder, KEY)).toEqual([]);
  });

  it('from the configuration is struck out just the same', async () => {
    const path = join(home.folder, 'keyed.yaml');
    writeFileSync(path, `api:\n  key: ${KEY}\n  rate: -1\n`);

    const [check, print] = await Promise.all([
      home.run(['-c', path, 'config', 'check', '--debug']),
      home.run(['-c', path, 'config', 'print', '--json']),
    ]);

    for (const { stdout, stderr } of [check, print]) expect(stdout + stderr).not.toContain(KEY);
  });

  it('may not be one of the samples that configurations ship', async () => {
    const result = await home.run(['config', 'print', '--json'], {
      env: { CIVITAI_API_KEY: 'YOUR_API_KEY_HERE' },
    });

    expect(result.json['settings']).toMatchObject({ key: 'none' });
  });
});

function filesHolding(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(folder, name);
    return statSync(path).isFile() && readFileSync(path).includes(text);
  });
}
