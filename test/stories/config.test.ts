import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeHome } from '../cli.ts';
import type { CliResult, Home } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { writeWorldLibrary } from '../world-library.ts';

const KEY = 'ci7very5secret9key2of4nobody8here';

let home: Home;
let standin: Standin;

beforeAll(async () => {
  home = makeHome();
  standin = await startStandin({ models: 12, seed: 11 });
  writeWorldLibrary(standin.world, join(home.folder, 'models'), 4);
});

afterAll(async () => {
  await standin.close();
  home.remove();
});

/** A folder to work in, with files. */
function place(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(home.folder, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

async function run(cwd: string, ...args: readonly string[]): Promise<CliResult> {
  return await home.run(args, { cwd });
}

function api(): string {
  return `api:\n  base_url: ${standin.apiUrl}\n  key: your_api_key\n  batch: { rate_limit: 6000 }\n`;
}

describe("CivitScraper's places", () => {
  it('are looked into last, and count only for what is a configuration of it', async () => {
    const jobs = 'jobs: { one: { type: missing } }\n';
    const folder = place('lookup', {
      'civitscraper.yaml': 'name: another program\n',
      'civitscraper.yml': `api: { timeout: 9 }\n${jobs}`,
      'config/default.yaml': `api: { key: ${KEY}, base_url: '${standin.apiUrl}', timeout: 5 }\n${jobs}`,
    });

    const theirs = await run(folder, 'config', 'print', '--json');
    const named = await home.run(['config', 'print', '--json'], {
      cwd: folder,
      env: { CIVITSCRAPER_CONFIG: 'config/default.yaml' },
    });
    writeFileSync(join(folder, 'civitarium.yaml'), 'roots: [here]\n');
    const ours = await run(folder, 'config', 'print', '--json');

    // What the file does not say of `api` comes from the default configuration beside it.
    expect(theirs.json['settings']).toMatchObject({
      configFile: join(folder, 'civitscraper.yml'),
      apiUrl: standin.apiUrl,
      key: 'set, not shown',
      asking: { timeoutMs: 9000, retries: 3 },
    });
    expect(named.json['settings']).toMatchObject({
      configFile: join(folder, 'config/default.yaml'),
      asking: { timeoutMs: 5000 },
    });
    expect(ours.json['settings']).toMatchObject({
      configFile: join(folder, 'civitarium.yaml'),
      apiUrl: 'https://civitai.com/api/v1',
      key: 'none',
    });
  });
});

describe('config check', () => {
  it('explains what is wrong, with file, line, key, the nearest word and what to do', async () => {
    const folder = place('wrong', {
      'civitarium.yaml': `api:
  rate: 50
  batch:
    rate_limit: 100
input_paths:
  lora: { path: models, type: LORA }
jobs:
  fetch:
    type: scan-paths
    skip_exsting: true
    paths: [loras]
    organization: { template: by_typ }
`,
    });
    const path = join(folder, 'civitarium.yaml');

    const check = await run(folder, 'config', 'check', '--json');
    const other = await run(folder, '-j', 'fetch');

    expect(check.code).toBe(3);
    expect(check.json.failures).toEqual([
      {
        what: `${path}:4:5`,
        code: 'config-invalid',
        why: 'api.batch.rate_limit: contradicts api.rate: 100 here, 50 there',
        next: 'Keep one of api.rate and api.batch.rate_limit.',
      },
      expect.objectContaining({
        what: `${path}:10:5`,
        why: 'jobs.fetch.skip_exsting: unknown key "skip_exsting"; did you mean "skip_existing"?',
      }),
      expect.objectContaining({
        what: `${path}:11:13`,
        why: 'jobs.fetch.paths.0: unknown input path "loras"; did you mean "lora"?',
        next: 'Input paths: lora.',
      }),
      expect.objectContaining({
        what: `${path}:12:21`,
        why: 'jobs.fetch.organization.template: unknown template "by_typ"; did you mean "by_type"?',
      }),
    ]);
    expect(other).toMatchObject({ code: 1, stdout: '' });
    expect(other.stderr).toContain('The configuration has 4 problems');
  });

  it('remarks on what is deprecated, without effect or not set, and ends well', async () => {
    const folder = place('noted', {
      'civitarium.yaml': `${api()}  domains: { sfw: civitai.com }
organization: { move_files: true }
roots: [$NOT_SET/models]
`,
    });

    const { code, stdout } = await run(folder, 'config', 'check');
    const told = await run(folder, 'missing', '--json');

    expect(code).toBe(0);
    const lines = stdout.split('\n').filter((line) => line.startsWith('note'));
    expect(lines.map((line) => /yaml:(\d+):\d+ (\S+):/.exec(line)?.slice(1))).toEqual([
      ['3', 'api.key'],
      ['5', 'api.domains'],
      ['6', 'organization.move_files'],
      ['7', 'roots.0'],
    ]);
    expect(stdout).toContain('Write operation_mode: move.');
    expect(stdout).toContain('civitarium.yaml is right.');
    expect(told.json.warnings).toEqual([expect.stringContaining('NOT_SET')]);
  });
});

describe('jobs', () => {
  let folder: string;

  beforeAll(() => {
    folder = place('jobs', {
      'civitarium.yaml': `${api()}
input_paths:
  lora: { path: ../models, type: LORA }
logging:
  level: DEBUG
  file: { enabled: true, directory: logs }
default_job: all-models
jobs:
  nowhere: { type: scan, paths: [not/there] }
  all-models: { type: scan, paths: [lora], images: none }
  too-late: { type: scan, paths: [lora], api: { base_url: 'http://127.0.0.1:9/api/v1', patience: 0.5 }, force_refresh: true }
  gone: { type: missing }
`,
    });
  });

  it('do nothing but tell what they would do under --dry-run', async () => {
    const before = treeOf(home.folder);

    const dry = await run(folder, '--dry-run', '--debug');

    expect(dry.code, dry.stderr).toBe(0);
    expect(treeOf(home.folder)).toEqual(before);
    expect(standin.asks()).toEqual([]);
  });

  it('run by default, with their own settings, and log where the file says', async () => {
    const { code, json, stderr } = await run(folder, '--json');

    expect(code, stderr).toBe(0);
    expect(json).toMatchObject({
      command: 'jobs',
      ok: true,
      counts: { jobs: 1, jobs_done: 1, jobs_failed: 0, files: 4, identified: 4 },
      jobs: [{ name: 'all-models', type: 'scan', exit: 0, counts: { files: 4 } }],
    });
    expect(existsSync(join(home.folder, 'models', 'gallery.html'))).toBe(true);
    const log = readFileSync(join(folder, 'logs', 'civitarium.1.log'), 'utf8');
    expect(
      log
        .trim()
        .split('\n')
        .map((line) => typeof JSON.parse(line)),
    ).toContain('object');
    expect(log).not.toContain('your_api_key');
  });

  it('say of a name that is not there which was meant', async () => {
    const result = await run(folder, '-j', 'all-model');

    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toContain('has no job "all-model". Did you mean "all-models"?');
    expect(result.stderr).toContain('Jobs: nowhere, all-models, too-late, gone.');
  });

  it('go on after one that failed, name it, and sum up what was done', async () => {
    const all = await run(folder, '--all-jobs', '--json');
    const told = await run(folder, '--all-jobs', '--quiet');

    expect(all.code).toBe(3);
    const jobs = all.json['jobs'] as { name: string; exit: number; counts: Record<string, number> }[];
    expect(jobs.map(({ name, exit }) => [name, exit])).toEqual([
      ['nowhere', 1],
      ['all-models', 0],
      ['too-late', 4],
      ['gone', 0],
    ]);
    expect(all.json.counts).toMatchObject({ jobs: 4, jobs_done: 2, jobs_failed: 2, files: 8 });
    expect(all.json.failures).toContainEqual(
      expect.objectContaining({ job: 'nowhere', code: 'path-missing' }),
    );
    expect(told.code).toBe(3);
    expect(told.stderr).toMatch(/Job nowhere: .*does not exist/);
    expect(told.stdout).toContain('Job gone (missing)');
    expect(told.stdout).toContain('4 jobs   2 done   2 failed: nowhere, too-late');
  });

  it('refresh when the command line says so', async () => {
    const known = await run(folder, '-j', 'all-models', '--json');
    const fresh = await run(folder, '-j', 'all-models', '--all-jobs', '--force-refresh', '--json');

    expect(known.json.requests.total).toBe(0);
    expect(fresh.json.counts).toMatchObject({ jobs: 1, files: 4 });
    expect(fresh.json.requests.total).toBeGreaterThan(0);
  });

  it('want a default when none is named', async () => {
    const plain = place('plain', { 'civitarium.yaml': 'jobs: { one: { type: missing } }\n' });

    const none = await run(plain);
    rmSync(join(plain, 'civitarium.yaml'));
    const [help, named] = [await run(plain), await run(plain, '-j', 'one')];

    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toContain('names no default_job');
    expect(none.stderr).toContain('Name one with -j: one.');
    expect(help).toMatchObject({ code: 0 });
    expect(help.stdout).toContain('Usage: civitarium');
    expect(named).toMatchObject({ code: 1 });
    expect(named.stderr).toContain('There is no configuration');
  });
});
