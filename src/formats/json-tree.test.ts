import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { JsonTreeError, parseTree, renderTree, stringMember, treeOf, withMember } from './json-tree.ts';
import type { JsonObject } from './json-tree.ts';

describe('parseTree and renderTree', () => {
  it('give back keys in their order and numbers as they were written', () => {
    const text =
      '{\n  "b": 1.0,\n  "10": -0.50e+2,\n  "2": 18446744073709551615,\n  "__proto__": null,\n  "a": [\n    true,\n    []\n  ],\n  "e": {}\n}';

    expect(renderTree(parseTree(text), { indent: '  ' })).toBe(text);
  });

  it('write ASCII as Python does: lower-case escapes, two for a character beyond the first plane', () => {
    const tree = treeOf({ word: 'naïve 墨 🎨 \u007f "q" \\ / \n\u0001' });

    expect(renderTree(tree, { indent: '', ascii: true })).toBe(
      '{"word":"na\\u00efve \\u58a8 \\ud83c\\udfa8 \\u007f \\"q\\" \\\\ / \\n\\u0001"}',
    );
  });

  it('agree with JSON.stringify and JSON.parse on any value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('', '  ', '\t'), fc.boolean(), (value, indent, ascii) => {
        const written = JSON.stringify(value, undefined, indent);
        const tree = parseTree(written);
        const again = renderTree(tree, { indent, ascii });

        expect(renderTree(tree, { indent })).toBe(written);
        expect(JSON.parse(again)).toEqual(JSON.parse(written));
        if (ascii) expect(/^[\n\t -~]*$/.test(again)).toBe(true);
        expect(renderTree(treeOf(value), { indent })).toBe(written);
      }),
    );
  });

  it('refuses what is no JSON, a key twice, and depth without end', () => {
    expect(() => parseTree('[1,]')).toThrow(JsonTreeError);
    expect(() => parseTree('{"a":1,"\\u0061":2}')).toThrow(/"a" twice/);
    expect(() => parseTree('['.repeat(300) + ']'.repeat(300))).toThrow(/deep/);
  });

  it('throws nothing but its own error on any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '1', 'a', '\\', ' ') }),
        (text) => {
          try {
            parseTree(text);
          } catch (error) {
            expect(error).toBeInstanceOf(JsonTreeError);
          }
        },
      ),
    );
  });
});

describe('withMember', () => {
  it('sets a member in its old place, or at the end, and leaves the given object as it was', () => {
    const tree = parseTree('{"a":1,"b":"x"}') as JsonObject;
    const changed = withMember(withMember(tree, 'a', treeOf('new')), 'c', treeOf([]));

    expect(renderTree(changed, { indent: '' })).toBe('{"a":"new","b":"x","c":[]}');
    expect(stringMember(changed, 'b')).toBe('x');
    expect(stringMember(tree, 'a')).toBeUndefined();
  });
});
