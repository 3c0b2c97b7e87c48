import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findConfig } from './file.ts';
import type { ConfigSearch } from './file.ts';

describe('findConfig', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'civitarium-config-'));
    for (const name of ['cwd', 'user']) mkdirSync(join(root, name));
  });

  afterEach(() => rmSync(root, { recursive: true }));

  function put(...paths: string[]): void {
    for (const path of paths) writeFileSync(join(root, path), `# ${path}`);
  }

  function find(search: Partial<ConfigSearch> = {}): string | undefined {
    return findConfig({
      given: undefined,
      env: {},
      cwd: join(root, 'cwd'),
      folder: join(root, 'user'),
      ...search,
    })?.text;
  }

  it('finds none where there is none', () => {
    expect(find()).toBeUndefined();
    expect(find({ env: { CIVITARIUM_CONFIG: '' } })).toBeUndefined();
  });

  it('takes the flag before the variable, that before the working directory, and the user folder last', () => {
    put('user/config.yaml');
    expect(find()).toBe('# user/config.yaml');
    put('cwd/civitarium.yml');
    expect(find()).toBe('# cwd/civitarium.yml');
    put('cwd/civitarium.yaml');
    expect(find()).toBe('# cwd/civitarium.yaml');
    put('cwd/env.yaml', 'cwd/flag.yaml');
    expect(find({ env: { CIVITARIUM_CONFIG: 'env.yaml' } })).toBe('# cwd/env.yaml');
    expect(find({ env: { CIVITARIUM_CONFIG: 'env.yaml' }, given: 'flag.yaml' })).toBe('# cwd/flag.yaml');
  });

  it('says so when a file that was named is not there or can not be read', () => {
    put('cwd/civitarium.yaml');

    expect(() => find({ given: 'nowhere.yaml' })).toThrow(
      expect.objectContaining({ code: 'config-missing', exitCode: 1 }),
    );
    expect(() => find({ env: { CIVITARIUM_CONFIG: 'nowhere.yaml' } })).toThrow(
      expect.objectContaining({ code: 'config-missing' }),
    );
    expect(() => find({ given: join(root, 'user') })).toThrow(
      expect.objectContaining({ code: 'config-unreadable', exitCode: 1 }),
    );
  });
});
