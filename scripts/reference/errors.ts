import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ERROR_MEANINGS } from './error-meanings.ts';
import { code, generatedFrom, table } from './markdown.ts';

const SOURCE = fileURLToPath(new URL('../../src', import.meta.url));

/** Every error code with its meaning. Throws when the list and the source do not agree. */
export function errorsPage(): string {
  const wrong = disagreements(sourceTexts());
  if (wrong.length > 0) throw new Error(`scripts/reference/error-meanings.ts: ${wrong.join(', ')}`);
  const rows = Object.entries(ERROR_MEANINGS).map(([name, [exit, meaning, help]]) => [
    code(name),
    exit,
    meaning,
    help,
  ]);
  const parts = [
    generatedFrom('scripts/reference/error-meanings.ts, checked against src'),
    '# Error codes',
    'They stand in `failures[].code` of `--json`. *Exit* is the [exit code](exit-codes.md) when a run ends with it; *item* means that one file or request failed, the run went on and ended with 3.',
    table(['code', 'exit', 'meaning', 'what helps'], rows),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Codes that the source has and the list has not, and the other way round. */
export function disagreements(source: string): string[] {
  // System errors that a test or a parser makes up are in capitals; the hasher's `unknown` never leaves its thread.
  const used = [...source.matchAll(/\bcode: '([a-z][a-z-]*)'/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => name !== 'unknown');
  const unlisted = [...new Set(used)].filter((name) => !Object.hasOwn(ERROR_MEANINGS, name));
  const unused = Object.keys(ERROR_MEANINGS).filter((name) => !source.includes(`'${name}'`));
  return [
    ...unlisted.map((name) => `"${name}" is not explained`),
    ...unused.map((name) => `"${name}" is not in the source`),
  ];
}

function sourceTexts(): string {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  return files.map((name) => readFileSync(join(SOURCE, name), 'utf8')).join('\n');
}
