import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isInside, resolveTargets, withinKnownRoots } from './targets.ts';
import type { Target } from './targets.ts';

describe('resolveTargets', () => {
  let cwd: string;

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'civitarium-targets-'));
    mkdirSync(join(cwd, 'models/lora'), { recursive: true });
    mkdirSync(join(cwd, 'other'));
    for (const name of ['models/a.safetensors', 'models/lora/b.ckpt', 'models/notes.txt'])
      writeFileSync(join(cwd, name), '');
  });

  afterEach(() => rmSync(cwd, { recursive: true }));

  function targets(...paths: string[]): (Omit<Target, 'only'> & { only: string[] | undefined })[] {
    return resolveTargets(paths, cwd).map(({ root, only }) => ({
      root,
      only: only === undefined ? undefined : [...only].sort(),
    }));
  }

  it('takes folders as they are, relative to where it was started', () => {
    expect(targets('models', join(cwd, 'other'))).toEqual([
      { root: join(cwd, 'models'), only: undefined },
      { root: join(cwd, 'other'), only: undefined },
    ]);
  });

  it('takes files by their folder', () => {
    expect(targets('models/a.safetensors', 'models/lora/b.ckpt')).toEqual([
      { root: join(cwd, 'models'), only: ['a.safetensors'] },
      { root: join(cwd, 'models/lora'), only: ['b.ckpt'] },
    ]);
  });

  it('counts once what lies inside another path given, or is given twice', () => {
    const given = ['models/lora', 'models', 'models/', 'models/a.safetensors', 'models/lora/b.ckpt'];

    expect(targets(...given)).toEqual([{ root: join(cwd, 'models'), only: undefined }]);
  });

  it('sees through links when it counts', () => {
    symlinkSync(join(cwd, 'models'), join(cwd, 'link'));

    expect(targets('models', 'link')).toHaveLength(1);
    expect(targets('models/a.safetensors', 'link/a.safetensors')).toEqual([
      { root: join(cwd, 'models'), only: ['a.safetensors'] },
    ]);
  });

  it.each([
    [[], 'no-path'],
    [['nowhere'], 'path-missing'],
    [['models/notes.txt'], 'path-not-model'],
    [['models', 'nowhere'], 'path-missing'],
  ])('refuses %j as %s', (paths, code) => {
    expect(() => resolveTargets(paths, cwd)).toThrow(expect.objectContaining({ exitCode: 1, code }));
  });
});

describe('withinKnownRoots', () => {
  it('gives single files to the nearest known root around them, and leaves folders alone', () => {
    const given: Target[] = [
      { root: '/m', only: undefined },
      { root: '/m/lora/style', only: new Set(['a.pt']) },
      { root: '/m/lora', only: new Set(['b.pt', 'c.pt']) },
      { root: '/elsewhere', only: new Set(['d.pt']) },
    ];

    expect(withinKnownRoots(given, ['/m', '/m/lora', '/m/loras', '/x'])).toEqual([
      { root: '/m', only: undefined },
      { root: '/elsewhere', only: new Set(['d.pt']) },
      { root: '/m/lora', only: new Set(['style/a.pt', 'b.pt', 'c.pt']), deep: true },
    ]);
  });

  it('loses no file and changes none', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join('/')}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(path, name)), fc.array(path), (files, known) => {
        const given = files.map(([root, file]) => ({ root, only: new Set([file]) }));
        const wholes = (targets: readonly Target[]): string[] =>
          [
            ...new Set(
              targets.flatMap(({ root, only }) => [...(only ?? [])].map((file) => `${root}/${file}`)),
            ),
          ].sort();
        expect(wholes(withinKnownRoots(given, known))).toEqual(wholes(given));
      }),
    );
  });
});

describe('isInside', () => {
  it('tells a folder below from one that only begins alike', () => {
    expect([
      isInside('/m', '/m/a'),
      isInside('/', '/m'),
      isInside('/m', '/m'),
      isInside('/m', '/models'),
      isInside('/m/a', '/m'),
    ]).toEqual([true, true, false, false, false]);
  });
});
