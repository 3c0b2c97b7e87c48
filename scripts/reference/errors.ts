import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ERROR_MEANINGS } from './error-meanings.ts';
import { code, generatedFrom, table } from './markdown.ts';

const SOURCE = fileURLToPath(new URL('../../src', import.meta.url));

const EXITS: Readonly<Record<string, string>> = {
  UserError: '1',
  LibraryError: '1',
  CatalogError: '1',
  SourceError: '4',
  IntegrityError: 'item',
};

/** What the reference says of a code: the exit code or `item`, the meaning, what helps. */
export type Explanation = readonly [exit: string, meaning: string, help: string];

/** Every error code with its meaning. Throws when the list and the source do not agree. */
export function errorsPage(): string {
  const source = sourceTexts();
  const wrong = disagreements(source);
  if (wrong.length > 0) throw new Error(`scripts/reference/error-meanings.ts: ${wrong.join(', ')}`);
  const all = new Map([...Object.entries(ERROR_MEANINGS), ...messagesIn(source)]);
  for (const [name, explained] of Object.entries(ERROR_MEANINGS)) all.set(name, explained);
  const rows = [...all].map(([name, [exit, meaning, help]]) => [code(name), exit, meaning, help]);
  const parts = [
    generatedFrom('src and scripts/reference/error-meanings.ts'),
    '# Error codes',
    'They stand in `failures[].code` of `--json`. *Exit* is the [exit code](exit-codes.md) when a run ends with it; *item* means that one file or request failed, the run went on and ended with 3.',
    table(['code', 'exit', 'meaning', 'what helps'], rows),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Codes that the source has and nothing explains, and those that are explained and not in the source. */
export function disagreements(source: string): string[] {
  const told = messagesIn(source);
  // The hasher's `unknown` never leaves its thread.
  const used = [...source.matchAll(/\bcode: '([a-z][a-z-]*)'/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => name !== 'unknown');
  const unexplained = [...new Set(used)].filter(
    (name) => !Object.hasOwn(ERROR_MEANINGS, name) && !told.has(name),
  );
  const gone = Object.keys(ERROR_MEANINGS).filter((name) => !source.includes(`'${name}'`));
  return [
    ...unexplained.map((name) => `"${name}" is not explained`),
    ...gone.map((name) => `"${name}" is not in the source`),
  ];
}

/** What errors say where they are thrown, for codes that need no better words. */
export function messagesIn(source: string): Map<string, Explanation> {
  const thrown =
    /new (\w+Error)\(\s*(?:`([^`]+)`|'([^'\n]+)'|"([^"\n]+)"),\s*\{\s*code: '([a-z][a-z-]*)'(?:,\s*next:\s*(?:`([^`]+)`|'([^'\n]+)'|"([^"\n]+)"))?/g;
  const found = new Map<string, Explanation>();
  for (const [, kind = '', a, b, c, name = '', d, e, f] of source.matchAll(thrown)) {
    found.set(name, [EXITS[kind] ?? '', plain(a ?? b ?? c ?? ''), plain(d ?? e ?? f ?? '')]);
  }
  return found;
}

function plain(text: string): string {
  return text
    .replace(/\$\{[^}]*\}/g, '…')
    .replace(/\s+/g, ' ')
    .replaceAll('*', '\\*');
}

function sourceTexts(): string {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort();
  return files.map((name) => readFileSync(join(SOURCE, name), 'utf8')).join('\n');
}
