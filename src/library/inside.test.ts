import fc from 'fast-check';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertInside, boundsOf } from './inside.ts';

let base = '';
let root = '';
beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'civitarium-inside-')));
  root = join(base, 'root');
  mkdirSync(join(root, 'a', 'b'), { recursive: true });
  mkdirSync(join(base, 'rootless'));
  mkdirSync(join(base, 'elsewhere', 'sub'), { recursive: true });
  symlinkSync(join(base, 'elsewhere'), join(root, 'link'));
  symlinkSync(join(root, 'a'), join(root, 'inner'));
  symlinkSync(root, join(base, 'alias'));
  symlinkSync(join(root, 'circle'), join(root, 'circle'));
});
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});

const refused = expect.objectContaining({ code: 'outside-root' }) as Error;

describe('assertInside', () => {
  it.each(['x', 'a/x', 'a/b/../x', 'new/folder/x', 'inner/x', '..x', 'a/..x', 'back\\slash'])(
    'accepts %s',
    (path) => {
      expect(() => assertInside(root, `${root}/${path}`)).not.toThrow();
    },
  );

  it.each([
    '',
    '..',
    '../rootless/x',
    '../root',
    'a/../../x',
    'link/x',
    'link/sub/new/x',
    'a\0/x',
    'circle/x',
  ])('refuses %j', (path) => {
    expect(() => assertInside(root, `${root}/${path}`)).toThrow(refused);
  });

  it('accepts a root that is itself a link', () => {
    expect(() => assertInside(join(base, 'alias'), join(base, 'alias', 'a', 'x'))).not.toThrow();
  });

  it('counts what lies behind a link the user made as inside, but not what climbs out of it', () => {
    const bounds = boundsOf(root, ['link']);
    expect(() => bounds.check(join(root, 'link', 'sub', 'x'))).not.toThrow();
    expect(() => bounds.check(join(base, 'elsewhere', 'x'))).toThrow(refused);
  });

  it('never lets a path through that stands elsewhere once it is made plain', () => {
    const part = fc.constantFrom('..', '.', 'a', 'b', 'link', 'inner', 'new', '', 'rootless');
    const property = fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const path = `${root}/${parts.join('/')}/x`;
      let accepted = true;
      try {
        assertInside(root, path);
      } catch {
        accepted = false;
      }
      if (accepted) {
        expect(normalize(path).startsWith(`${root}/`)).toBe(true);
        expect(normalize(path).startsWith(`${root}/link/`)).toBe(false);
      }
    });
    fc.assert(property, { numRuns: 300 });
  });
});
