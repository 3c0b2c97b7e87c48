import { describe, expect, it } from 'vitest';
import { pythonLiteral } from './python-literal.ts';

describe('pythonLiteral', () => {
  it.each([
    [null, 'None'],
    [true, 'True'],
    [1.5, '1.5'],
    ["it's", `"it's"`],
    [`it's "so"`, `'it\\'s "so"'`],
    ['a\nb\\c\u0007', `'a\\nb\\\\c\\x07'`],
    ['夜 \u{1F319}', `'夜 \u{1F319}'`],
    ['\uD800x', `'\\ud800x'`],
    [[], '[]'],
    [{ b: [1, null], a: 'x' }, `{'a': 'x', 'b': [1, None]}`],
  ])('writes %j as Python does', (value, text) => {
    expect(pythonLiteral(value, 180)).toBe(text);
  });

  it('breaks what is wider, under its beginning', () => {
    expect(pythonLiteral({ a: [1111, 2222], b: 'x' }, 12)).toBe(`{'a': [1111,\n       2222],\n 'b': 'x'}`);
  });

  it('does not fall over what is nested without end', () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 3000; depth += 1) deep = [deep];
    expect(pythonLiteral(deep, 10)).toContain('None');
  });
});
