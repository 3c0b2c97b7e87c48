import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readHostId } from './host.ts';

/** The moment at which two meet is short: tried this often. */
const ROUNDS = 400;

describe('readHostId', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'civitarium-host-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives the same id every time, and another one to another user', () => {
    const state = join(folder, 'state');
    const id = readHostId(state, { keep: true });

    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(readHostId(state, { keep: true })).toBe(id);
    expect(readHostId(state, { keep: false })).toBe(id);
    expect(readHostId(join(folder, 'other'), { keep: true })).not.toBe(id);
  });

  it('makes neither folder nor file when it is not to be kept', () => {
    const state = join(folder, 'state');

    readHostId(state, { keep: false });

    expect(existsSync(state)).toBe(false);
  });

  it('replaces rubbish', () => {
    writeFileSync(join(folder, 'host-id'), 'not an id');

    const id = readHostId(folder, { keep: true });

    expect(readFileSync(join(folder, 'host-id'), 'utf8')).toBe(`${id}\n`);
  });

  it.each(['nothing', 'rubbish'])(
    'agrees on one id with processes that start at once and find %s',
    { timeout: 30_000 },
    async (found) => {
      const states = Array.from({ length: ROUNDS }, (_, round) => join(folder, String(round)));
      for (const state of states) mkdirSync(state);
      if (found === 'rubbish') for (const state of states) writeFileSync(join(state, 'host-id'), '');
      const startAt = Date.now() + 800;

      const ids = await Promise.all(Array.from({ length: 3 }, () => idsOfProcess(states, startAt)));

      const kept = states.map((state) => readHostId(state, { keep: true }));
      for (const one of ids) expect(one).toEqual(kept);
      expect(states.flatMap((state) => readdirSync(state))).toEqual(states.map(() => 'host-id'));
    },
  );

  it('says in a sentence when the state folder can not be', () => {
    writeFileSync(join(folder, 'file'), '');

    expect(() => readHostId(join(folder, 'file', 'state'), { keep: true })).toThrow(
      expect.objectContaining({ code: 'state-unwritable', exitCode: 1 }),
    );
  });

  it('says in a sentence when the id can not be read', () => {
    mkdirSync(join(folder, 'host-id'));

    expect(() => readHostId(folder, { keep: true })).toThrow(
      expect.objectContaining({ code: 'state-unreadable', exitCode: 1 }),
    );
  });
});

/** Another process that asks for the id in each folder, one a millisecond from a time of day on. */
async function idsOfProcess(states: readonly string[], startAt: number): Promise<unknown> {
  const script = `
    const { readHostId } = await import(${JSON.stringify(new URL('./host.ts', import.meta.url).href)});
    const ids = ${JSON.stringify(states)}.map((state, round) => {
      while (Date.now() < ${startAt} + round);
      return readHostId(state, { keep: true });
    });
    process.stdout.write(JSON.stringify(ids));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  return JSON.parse(stdout);
}
