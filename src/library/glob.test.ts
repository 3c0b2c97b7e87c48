import fc from 'fast-check';
import { matchesGlob } from 'node:path/posix';
import { describe, expect, it } from 'vitest';
import { anyOf } from './glob.ts';

describe('anyOf', () => {
  const cases: [pattern: string, path: string, matches: boolean][] = [
    ['*.safetensors', 'deep/er/X.SAFETENSORS', true],
    ['*.safetensors', 'x.safetensors.txt', false],
    ['x?.ckpt', 'x1.ckpt', true],
    ['x?.ckpt', 'x.ckpt', false],
    ['loras/*', 'loras/a.pt', true],
    ['loras/*', 'loras/b/a.pt', false],
    ['loras/**', 'loras/b/a.pt', true],
    ['**/sdxl/*.pt', 'a/b/sdxl/x.pt', true],
    ['**/sdxl/*.pt', 'sdxl/x.pt', true],
    ['**', 'a/b/c', true],
    ['a[1].pt', 'a[1].pt', true],
    ['*', '.pt', true],
  ];

  it.each(cases)('%s on %s is %s', (pattern, path, matches) => {
    expect(anyOf([pattern])(path)).toBe(matches);
  });

  it('matches when any pattern does, and nothing without patterns', () => {
    expect(anyOf(['*.pt', '*.ckpt'])('x.ckpt')).toBe(true);
    expect(anyOf([])('x.ckpt')).toBe(false);
  });

  it('agrees with the platform on names of letters and wild cards', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 6 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 6 });
    const property = fc.property(part, name, (pattern, text) => {
      fc.pre(!pattern.includes('**'));
      expect(anyOf([`x/${pattern}`])(`x/${text}`)).toBe(matchesGlob(`x/${text}`, `x/${pattern}`));
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('is not slowed to a halt by many stars', () => {
    expect(anyOf([`${'*a'.repeat(100)}*b`])('a'.repeat(255))).toBe(false);
  });
});
