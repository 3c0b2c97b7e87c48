import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { code, generatedFrom, table } from './markdown.ts';

const CATALOG = fileURLToPath(new URL('../../src/catalog/', import.meta.url));

/** The text of schema.ts and of the files that hold some of its tables. */
function schemaText(): string {
  const names = readdirSync(CATALOG).filter((name) => /^schema(?:-\w+)?\.ts$/.test(name));
  return names
    .sort()
    .map((name) => readFileSync(join(CATALOG, name), 'utf8'))
    .join('\n');
}

/** A table of the catalog, as its interface says. */
export interface CatalogTable {
  readonly name: string;
  readonly about: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly about: string }[];
}

/** The tables and columns of the catalog, from the interfaces and their doc comments. */
export function tablesPage(): string {
  const tables = readTables(schemaText());
  const parts = [
    generatedFrom('src/catalog/schema.ts'),
    '# Tables of the catalog',
    'The same on SQLite and PostgreSQL. Times are milliseconds since 1970 (`…_at`), sizes bytes, flags 0 or 1, lists and objects JSON text, 64-bit values text; paths have forward slashes. Read it with any tool, with `sqlite3 catalog.db` for one; write to it with Civitarium only.',
    tables.map(({ name }) => `[${name}](#${name})`).join(' · '),
    ...tables.flatMap(({ name, about, columns }) => [
      `## ${name}`,
      ...(about === '' ? [] : [about]),
      table(
        ['column', 'type', 'meaning'],
        columns.map((column) => [code(column.name), column.type, column.about]),
      ),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Reads the interfaces of schema.ts; comments above a table or column are its meaning. */
export function readTables(source: string): CatalogTable[] {
  const list = /export interface Tables \{([\s\S]*?)\n\}/.exec(source)?.[1] ?? '';
  return [...list.matchAll(/^ {2}(\w+): (\w+);$/gm)].map(([, name = '', type = '']) =>
    readTable(source, name, type),
  );
}

function readTable(source: string, name: string, type: string): CatalogTable {
  const found = new RegExp(
    `(?:/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\n)?export interface ${type} \\{([\\s\\S]*?)\\n\\}`,
  ).exec(source);
  if (found === null) throw new Error(`schema.ts has no interface ${type}.`);
  const columns = [
    ...(found[2] ?? '').matchAll(/(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?^ {2}(\w+): ([^;]+);$/gm),
  ];
  return {
    name,
    about: plain(found[1]),
    columns: columns.map(([, about, column = '', columnType = '']) => ({
      name: column,
      type: typeOf(columnType),
      about: plain(about),
    })),
  };
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'integer',
  Flag: '0 or 1',
  Bytes: 'bytes',
  Uint8Array: 'bytes',
  'Generated<number>': 'integer, given by the catalog',
  NoteField: 'text',
  SubjectState: '`found`, `missing`, `removed`, `unchecked`',
  SubjectKind: '`hash`, `version`, `model`, `image`',
};

function typeOf(type: string): string {
  const parts = type.split('|').map((part) => part.trim());
  const words = parts
    .filter((part) => part !== 'null')
    .map((part) => WORDS[part] ?? code(part.replaceAll("'", '')));
  return `${words.join(', ')}${parts.includes('null') ? ', or null' : ''}`;
}

function plain(comment: string | undefined): string {
  return (comment ?? '')
    .replace(/\n\s*\*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
