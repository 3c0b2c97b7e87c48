import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readHostId } from './host.ts';

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
