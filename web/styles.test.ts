import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, 'styles');
const sheets = readdirSync(folder).filter((name) => name.endsWith('.css') && name !== 'tokens.css');

/** Rules without comments and without the conditions of media queries, where CSS can name nothing. */
function rules(name: string): string {
  return readFileSync(join(folder, name), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/@media[^{]*/g, '@media ');
}

describe('the style sheets', () => {
  it.each(sheets)('name no colour in %s: tokens.css does', (name) => {
    expect(rules(name)).not.toMatch(/#[0-9a-f]{3,8}\b(?=[^{]*;)|\b(?:rgb|hsl|oklch|color-mix)a?\(/i);
  });

  it.each(sheets)('name no length in %s: tokens.css does', (name) => {
    expect(rules(name)).not.toMatch(/\d(?:px|rem|pt|cm)\b/);
  });

  it.each(sheets)('use only tokens that exist in %s', (name) => {
    const tokens = new Set(readFileSync(join(folder, 'tokens.css'), 'utf8').match(/--[\w-]+(?=:)/g));
    const setByScripts = ['--columns', '--list-columns', '--bar-now'];
    const used = [...rules(name).matchAll(/var\((--[\w-]+)/g)].map(([, token]) => token ?? '');

    expect(used.filter((token) => !tokens.has(token) && !setByScripts.includes(token))).toEqual([]);
  });
});
