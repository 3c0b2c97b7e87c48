import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { UserError } from '../base/errors.ts';
import { byteLength } from './file-name.ts';
import { isInside, parseTemplate, renderTemplate } from './template.ts';

/** Any UTF-16 unit, lone halves of pairs too. */
const anyLetter = fc.nat(0xffff).map((code) => String.fromCharCode(code));

const NAMES = ['type', 'creator', 'base_model', 'model_name'];

function render(source: string, values: Record<string, string | undefined>): string {
  return renderTemplate(parseTemplate(source, NAMES), values);
}

describe('renderTemplate', () => {
  it.each([
    ['{type}/{creator}', { type: 'LORA', creator: 'alice' }, 'LORA/alice'],
    ['{type}/{creator|nobody}', { type: 'LORA', creator: undefined }, 'LORA/nobody'],
    ['{creator|model_name|nobody}', { model_name: 'Ink' }, 'Ink'],
    ['{creator|model_name}', {}, 'Unknown'],
    ['models\\{type} by {creator}/', { type: 'VAE', creator: 'bo' }, 'models/VAE by bo'],
    ['{type}', { type: 'a/b\\c' }, 'a_b_c'],
    ['{type}/{creator}', { type: '..', creator: '../../etc' }, 'Unknown/_.._etc'],
    ['{type}', { type: '{creator}', creator: 'x' }, '{creator}'],
    ['{base_model}', { base_model: 'CON' }, '_CON'],
    ['{creator|nobody}', { creator: '   ' }, 'nobody'],
  ])('renders %s', (source, values, path) => {
    expect(render(source, values)).toBe(path);
  });

  it('does not read values from the prototype', () => {
    expect(renderTemplate(parseTemplate('{toString}', ['toString']), {})).toBe('Unknown');
  });

  it('stays inside, in safe segments, for any values', () => {
    const value = fc.oneof(
      fc.string({ unit: anyLetter }),
      fc.constantFrom('..', '.', '/', 'C:\\x', '{type}', 'nul', ''),
    );
    fc.assert(
      fc.property(value, value, value, (type, creator, model) => {
        const path = render('{type}/by {creator}/{model_name|none}{base_model}', {
          type,
          creator,
          model_name: model,
        });
        expect(isInside(path)).toBe(true);
        expect(path.split('/')).toHaveLength(3);
        for (const segment of path.split('/')) expect(byteLength(segment)).toBeLessThanOrEqual(255);
      }),
    );
  });
});

describe('parseTemplate', () => {
  it.each([
    ['{typ}', 'did you mean {type}?'],
    ['{zzzzzz}', 'there are {type} {creator}'],
    ['{}', 'not known'],
    ['{nobody|type}', 'not known'],
    ['{type', 'never closed'],
    ['type}', 'no "{"'],
    ['/abs/{type}', 'relative'],
    ['C:\\{type}', 'relative'],
    ['{type}//{creator}', "can't be a folder"],
    ['../{type}', "can't be a folder"],
    ['{type}/./x', "can't be a folder"],
    ['', "can't be a folder"],
    ['x/'.repeat(40), 'folders'],
    ['x'.repeat(2000), 'too long'],
  ])('refuses %s with a sentence', (source, why) => {
    expect(() => parseTemplate(source, NAMES)).toThrow(UserError);
    expect(() => parseTemplate(source, NAMES)).toThrow(why);
  });

  it('refuses or renders inside, for any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{type}', '{', '}', '/', '.', '..', '|', 'a', ':', '\\', '\0') }),
        (source) => {
          let path: string;
          try {
            path = render(source, { type: 'LORA' });
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
            return;
          }
          expect(isInside(path)).toBe(true);
        },
      ),
    );
  });
});

describe('isInside', () => {
  it.each(['', '/a', 'a/../b', '..', 'a//b', 'a/.', 'C:x', '\\\\host\\x', 'a\0', 'a\\..\\b'])(
    'says no to %j',
    (path) => {
      expect(isInside(path)).toBe(false);
    },
  );

  it.each(['a', 'a/b c/d.e', '...'])('says yes to %j', (path) => {
    expect(isInside(path)).toBe(true);
  });
});
