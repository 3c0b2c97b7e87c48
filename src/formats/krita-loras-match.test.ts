import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { indexLoras } from './krita-loras-match.ts';
import type { LoraFile } from './krita-loras-match.ts';

function file(path: string, sha256?: string, root = '/m'): LoraFile {
  return { path, relativePath: path.slice(root.length + 1), sha256 };
}

const A = 'aa'.repeat(32);
const B = 'bb'.repeat(32);
const entry = (id: string, more: { sha256?: string; path?: string } = {}) => ({
  id,
  sha256: more.sha256,
  path: more.path,
});

describe('indexLoras', () => {
  const files = [
    file('/m/loras/styles/ink.safetensors', A),
    file('/m/loras/brush.safetensors', B),
    file('/m/other/deep/wash.safetensors', 'cc'),
    file('/m/x/wash.safetensors', 'dd'),
  ];
  const index = indexLoras(files, { ignoreCase: false });

  it.each([
    'styles/ink.safetensors',
    'styles\\ink.safetensors',
    'loras/styles/ink.safetensors',
    './styles/ink.safetensors',
  ])('finds %s by its path', (id) => {
    expect(index.match(entry(id))).toEqual({ kind: 'matched', by: 'path', files: [files[0]] });
  });

  it('finds a path below a folder of any name, and an absolute one', () => {
    expect(index.match(entry('deep/wash.safetensors'))).toMatchObject({
      kind: 'matched',
      by: 'path',
      files: [files[2]],
    });
    expect(index.match(entry('renamed', { path: '/m/x/wash.safetensors' }))).toMatchObject({
      by: 'path',
      files: [files[3]],
    });
  });

  it('then by hash, whatever the name', () => {
    expect(index.match(entry('gone/renamed.safetensors', { sha256: B }))).toMatchObject({
      kind: 'matched',
      by: 'hash',
      files: [files[1]],
    });
  });

  it('then by a name that one file has; a name of several is ambiguous, unless a hash settles it', () => {
    expect(index.match(entry('elsewhere\\ink.safetensors'))).toMatchObject({
      kind: 'matched',
      by: 'name',
      files: [files[0]],
    });
    expect(index.match(entry('wash.safetensors'))).toMatchObject({
      kind: 'ambiguous',
      by: 'name',
      files: [files[2], files[3]],
    });
    expect(index.match(entry('wash.safetensors', { sha256: 'dd' }))).toMatchObject({
      kind: 'matched',
      by: 'hash',
      files: [files[3]],
    });
    expect(index.match(entry('nothing.safetensors'))).toMatchObject({ kind: 'none' });
  });

  it('takes copies with the same bytes for one, and differing ones at one path for none', () => {
    const twice = (second: string) =>
      indexLoras([file('/m/loras/a.safetensors', A, '/m'), file('/n/loras/a.safetensors', second, '/n')], {
        ignoreCase: false,
      });

    expect(twice(A).match(entry('a.safetensors'))).toMatchObject({ kind: 'matched', by: 'path' });
    expect(twice(B).match(entry('a.safetensors'))).toMatchObject({ kind: 'ambiguous', by: 'path' });
    expect(twice(B).match(entry('a.safetensors', { sha256: B }))).toMatchObject({
      kind: 'matched',
      by: 'hash',
    });
  });

  it('minds letter case where the disk does', () => {
    expect(index.match(entry('Styles/INK.safetensors'))).toMatchObject({ kind: 'none' });
    expect(indexLoras(files, { ignoreCase: true }).match(entry('Styles\\INK.safetensors'))).toMatchObject({
      by: 'path',
      files: [files[0]],
    });
  });

  it('compares names in one normal form', () => {
    expect(
      indexLoras([file('/m/loras/te\u0301.pt', A)], { ignoreCase: false }).match(entry('t\u00e9.pt')),
    ).toMatchObject({ by: 'path' });
  });

  it('gives each file the id under which it is found again', () => {
    const part = fc.constantFrom('a', 'b', 'loras', 'styles', 'é');
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const one = file(`/m/${parts.join('/')}.safetensors`, A);
        const own = indexLoras([one], { ignoreCase: false });
        expect(own.match(entry(own.idOf(one)))).toMatchObject({ kind: 'matched', by: 'path' });
      }),
    );
    expect(index.idOf(files[0] as LoraFile)).toBe('styles/ink.safetensors');
  });
});
