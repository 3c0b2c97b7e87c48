import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_KEY } from '../../standin/access.ts';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeWorld } from '../../standin/world/world.ts';
import type { CliResult } from '../cli.ts';
import { makeStoryLibrary } from './testing/story-library.ts';
import type { StoryLibrary } from './testing/story-library.ts';

const BAD_KEY = 'badbadbadbadbadbadbadbadbadbad00';
const world = makeWorld({ models: 20, images: 0, seed: 51 });

let standin: Standin;
let library: StoryLibrary;

async function begin(): Promise<void> {
  standin = await startStandin({ world, redirectMedia: true });
  library = makeStoryLibrary(standin, { models: 8 });
}

async function end(): Promise<void> {
  library.remove();
  await standin.close();
}

function run(key: string, ...args: readonly string[]): Promise<CliResult> {
  return library.run([...args, '--api-url', standin.apiUrl, '--rate', '60000', '--json'], {
    env: { CIVITAI_API_KEY: key },
  });
}

/** Files of the user (catalog, state, logs, library) in which a text stands, in any letter case. */
function filesWith(text: string): string[] {
  const names = readdirSync(library.home.folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return names
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).toString('latin1').toLowerCase().includes(text.toLowerCase()));
}

function timesIn(text: string, part: string): number {
  return text.split(part).length - 1;
}

describe('without a key', () => {
  beforeAll(begin);
  afterAll(end);

  it('scan, update and pages ask without one, and never whose it is', async () => {
    for (const args of [['scan', library.folder], ['update'], ['pages']]) {
      const result = await run('', ...args);
      expect(result.code, result.stderr).toBe(0);
      expect(result.json.warnings.filter((warning) => warning.includes('key'))).toEqual([]);
    }
    expect(standin.asks().filter((ask) => ask.withKey)).toEqual([]);
    expect(standin.requests()['me']).toBeUndefined();
    expect(standin.asks().length).toBeGreaterThan(8);
    expect(standin.problems()).toEqual([]);
  });
});

describe('with a good key', () => {
  beforeAll(begin);
  afterAll(end);

  it('asks once whose it is and remembers the answer from run to run', async () => {
    for (const args of [
      ['scan', library.folder],
      ['update'],
      ['scan', library.folder, '--force-refresh'],
      ['doctor'],
    ]) {
      const result = await run(SAMPLE_KEY, ...args);
      expect(result.code, result.stderr).toBe(0);
    }
    expect(standin.requests()['me']).toBe(1);
  });

  it('sends it to the API alone, not to media and not to where they are stored', () => {
    const asks = standin.asks();
    expect(asks.filter((ask) => ask.path.startsWith('/api/') && !ask.withKey)).toEqual([]);
    expect(asks.filter((ask) => !ask.path.startsWith('/api/')).length).toBeGreaterThan(4);
    expect(asks.filter((ask) => !ask.path.startsWith('/api/') && ask.withKey)).toEqual([]);
    expect(standin.problems()).toEqual([]);
  });

  it('keeps it in no file and prints it nowhere', async () => {
    const loud = await run(SAMPLE_KEY, 'scan', library.folder, '--force-refresh', '--debug');
    const printed = await run(SAMPLE_KEY, 'config', 'print');

    expect(loud.stdout + loud.stderr + printed.stdout + printed.stderr).not.toContain(SAMPLE_KEY);
    expect(filesWith(SAMPLE_KEY)).toEqual([]);
  });
});

describe('with a bad key', () => {
  let first: CliResult;

  beforeAll(async () => {
    await begin();
    first = await run(BAD_KEY, 'scan', library.folder);
  });
  afterAll(end);

  it('says so once and goes on without it: what is public needs none', () => {
    const about = first.json.warnings.filter((warning) => warning.includes('refuses the key'));
    expect(first.code, first.stderr).toBe(0);
    expect(about).toHaveLength(1);
    expect(about[0]).toMatch(/CIVITAI_API_KEY.*civitai\.com/);
    expect(first.json.counts).toMatchObject({ identified: 9, unchecked: 0 });
    expect(
      standin
        .asks()
        .filter((ask) => ask.withKey)
        .map((ask) => ask.endpoint),
    ).toEqual(['me']);
  });

  it('says the same to a person, in one line', async () => {
    const { code, stdout, stderr } = await library.run(
      ['update', '--api-url', standin.apiUrl, '--rate', '60000'],
      { env: { CIVITAI_API_KEY: BAD_KEY } },
    );

    expect(code).toBe(0);
    expect(timesIn(stdout + stderr, 'refuses the key')).toBe(1);
  });

  it('has doctor call it wrong', async () => {
    const { code, json } = await run(BAD_KEY, 'doctor');

    expect(code).toBe(3);
    expect(json.failures).toEqual([
      expect.objectContaining({ what: 'key', why: expect.stringContaining('refuses the key') }),
    ]);
  });

  it('keeps it in no file and prints it nowhere', async () => {
    const loud = await run(BAD_KEY, 'scan', library.folder, '--force-refresh', '--debug');

    expect(JSON.stringify(first) + loud.stdout + loud.stderr).not.toContain(BAD_KEY);
    expect(filesWith(BAD_KEY)).toEqual([]);
  });
});
