import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeHome } from '../cli.ts';
import type { CliResult, Home } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { writeWorldLibrary } from '../world-library.ts';

/** Another device than that of the state folder; in memory, so it is there on Linux alone. */
const OTHER =
  existsSync('/dev/shm') && statSync('/dev/shm').dev !== statSync(tmpdir()).dev ? '/dev/shm' : tmpdir();

/** Names as people and programs give them. */
const HOSTILE = [
  '[brackets] {and} braces',
  'dots...and blanks   here',
  '--yes',
  '-rf $(touch x) `id`; *',
  'quote " and \' and \\',
  'line\nfeed\ttab',
  '名前 🎨 é',
  'percent %2e%2e%2f # ? &',
  'n'.repeat(200),
];

describe('cleaning up on another drive, among hostile names', () => {
  let standin: Standin;
  let home: Home;
  let base: string;
  let folder: string;
  const raw = (): Buffer => Buffer.concat([Buffer.from(`${folder}/copies/`), Buffer.from([0xff, 0xfe, 0x41]), Buffer.from('.safetensors')]); // prettier-ignore

  beforeAll(async () => {
    standin = await startStandin({ models: 40, seed: 11, speed: 0 });
    home = makeHome();
    base = mkdtempSync(join(OTHER, 'civitarium-clean-'));
    folder = join(base, 'models');
    const [first] = writeWorldLibrary(standin.world, folder, 2);
    const bytes = readFileSync(join(folder, first?.path ?? ''));
    mkdirSync(join(folder, 'gone'));
    mkdirSync(join(folder, 'copies'));
    writeFileSync(join(folder, 'a.safetensors'), bytes);
    for (const name of HOSTILE) {
      writeFileSync(join(folder, 'gone', `${name}.safetensors`), `of ${name}`);
      writeFileSync(join(folder, 'copies', `${name}.safetensors`), bytes);
    }
    writeFileSync(raw(), bytes);
    const scan = await run('scan', folder);
    if (scan.code !== 0) throw new Error(scan.stderr);
    for (const name of HOSTILE) rmSync(join(folder, 'gone', `${name}.safetensors`));
  });

  afterAll(async () => {
    await standin.close();
    home.remove();
    rmSync(base, { recursive: true, force: true });
  });

  function run(...args: readonly string[]): Promise<CliResult> {
    return home.run([...args, '--api-url', standin.apiUrl, '--rate', '60000', '--json'], {
      timeoutMs: 60_000,
    });
  }

  /** All but the gallery, which shows other cards when files went. */
  function tree(): Record<string, string> {
    return Object.fromEntries(Object.entries(treeOf(folder)).filter(([path]) => !path.startsWith('gallery')));
  }

  it('moves them beside the library and gets each byte back, then leaves no trash folder', async () => {
    const before = tree();

    const result = await run('clean', '--yes', '--duplicates');
    const after = tree();
    const trash = Object.keys(treeOf(base)).filter((path) => path.startsWith('.civitarium-trash/'));
    const restored = await run('clean', '--restore');

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts).toMatchObject({ refused: 0 });
    expect(Object.keys(after).filter((path) => /^(?:gone|copies)\//.test(path))).toEqual([]);
    expect(existsSync(raw())).toBe(true);
    if (OTHER !== tmpdir()) expect(trash.length).toBe(result.json.counts['trashed']);
    expect(Object.keys(treeOf(folder)).filter((path) => path.includes('civitarium-trash'))).toEqual([]);
    expect(restored.code, restored.stderr).toBe(0);
    expect(restored.json.counts).toMatchObject({ restored: result.json.counts['trashed'], left: 0 });
    expect(tree()).toEqual(before);
    expect(existsSync(join(base, '.civitarium-trash'))).toBe(false);
    const scan = await run('scan', folder);
    expect(scan.json.counts).toMatchObject({ hashed: 0, failed: 0 });
  });

  it('shows a plan of one line a file, whatever the names hold', async () => {
    const plan = await home.run(['clean', '--dry-run', '--duplicates']);

    expect(plan.code, plan.stderr).toBe(0);
    const lines = plan.stdout.split('\n');
    expect(lines.some((line) => line.includes('line\uFFFDfeed'))).toBe(true);
    expect(lines.some((line) => line.startsWith('feed'))).toBe(false);
    expect(plan.stdout).toContain('The same bytes are kept in');
  });
});
