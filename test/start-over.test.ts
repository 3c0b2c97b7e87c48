import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../bin/civitarium.js', import.meta.url));

/** Loaded into the program: tells at its end what it was started with, and what it would hand on. */
const TELL = `
import { readFileSync } from 'node:fs';
process.on('exit', () => {
  const given = readFileSync('/proc/self/environ', 'utf8').split('\\0');
  const handedOn = process.env.MALLOC_ARENA_MAX ?? null;
  console.error('TOLD ' + JSON.stringify({ pid: process.pid, given: given.includes('MALLOC_ARENA_MAX=1'), handedOn }));
});
`;

describe.skipIf(process.platform !== 'linux')('the program on Linux', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'civitarium-start-'));
    writeFileSync(join(folder, 'tell.mjs'), TELL);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const tell = (
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): { pid: number; told: unknown } => {
    const { pid, stderr } = spawnSync(
      process.execPath,
      ['--import', join(folder, 'tell.mjs'), PROGRAM, ...args],
      { env: { PATH: process.env['PATH'], HOME: folder, ...env }, encoding: 'utf8' },
    );
    const told = /^TOLD (.*)$/m.exec(stderr)?.[1] ?? 'null';
    return { pid, told: JSON.parse(told) };
  };

  it('starts over as the same process with one heap for all threads, and hands that on to nobody', () => {
    const { pid, told } = tell(['scan', join(folder, 'nowhere')]);

    expect(told).toEqual({ pid, given: true, handedOn: null });
  });

  it('leaves what a person set, and does not start over for the quickest commands', () => {
    const set = tell(['scan', join(folder, 'nowhere')], { MALLOC_ARENA_MAX: '3' });
    const quick = tell(['--version']);

    expect(set.told).toEqual({ pid: set.pid, given: false, handedOn: '3' });
    expect(quick.told).toEqual({ pid: quick.pid, given: false, handedOn: null });
  });
});
