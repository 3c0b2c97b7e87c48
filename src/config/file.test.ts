import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

  const THEIRS = 'jobs:\n  one: { type: scan-paths }\n';

  it('looks where CivitScraper does after all of ours, in its order', () => {
    const env = { HOME: join(root, 'home') };
    const places = [
      'home/.civitscraper.yaml',
      'home/.config/civitscraper/config.yaml',
      'cwd/config/default.yaml',
    ];
    for (const place of [...places, 'cwd/civitscraper.yml', 'cwd/civitscraper.yaml', 'cwd/named.yaml']) {
      mkdirSync(dirname(join(root, place)), { recursive: true });
      writeFileSync(join(root, place), `# ${place}\n${THEIRS}`);
      const named = place === 'cwd/named.yaml' ? { CIVITSCRAPER_CONFIG: 'named.yaml' } : {};
      expect(find({ env: { ...env, ...named } })).toBe(`# ${place}\n${THEIRS}`);
    }
    put('user/config.yaml');
    expect(find({ env: { ...env, CIVITSCRAPER_CONFIG: 'named.yaml' } })).toBe('# user/config.yaml');
  });

  it('passes over files of these names without jobs and input_paths, and over a named one that is not there', () => {
    mkdirSync(join(root, 'cwd/config'));
    writeFileSync(join(root, 'cwd/config/default.yaml'), 'database:\n  jobs: 3\n');
    put('cwd/civitscraper.yaml');
    expect(find({ env: { CIVITSCRAPER_CONFIG: 'nowhere.yaml' } })).toBeUndefined();
    writeFileSync(join(root, 'cwd/civitscraper.yml'), '"input_paths" : {}\n');
    expect(find({ env: { CIVITSCRAPER_CONFIG: 'nowhere.yaml' } })).toBe('"input_paths" : {}\n');
  });

  it('gives a file with jobs the default configuration of the folder to fall back on, and no other file', () => {
    mkdirSync(join(root, 'cwd/config'));
    writeFileSync(join(root, 'cwd/config/default.yaml'), `api: { rate: 3 }\n${THEIRS}`);
    writeFileSync(join(root, 'cwd/mine.yaml'), THEIRS);
    writeFileSync(join(root, 'cwd/plain.yaml'), 'roots: [/m]\n');
    const fallback = (given: string): string | undefined =>
      findConfig({ given, env: {}, cwd: join(root, 'cwd'), folder: join(root, 'user') })?.fallback?.path;

    expect(fallback('mine.yaml')).toBe(join(root, 'cwd/config/default.yaml'));
    expect(fallback('plain.yaml')).toBeUndefined();
    expect(fallback('config/default.yaml')).toBeUndefined();
    writeFileSync(join(root, 'cwd/config/default.yaml'), 'api: { rate: 3 }\n');
    expect(fallback('mine.yaml')).toBeUndefined();
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
