import { configJsonSchema } from '../../src/config/schema.ts';
import { VERBS } from '../../src/verbs/list.ts';
import { code, generatedFrom, table } from './markdown.ts';

/** The parts of a JSON Schema that this page shows. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A configuration that says something with every fixed section; the docs test reads it. */
export const EXAMPLE_CONFIG = `# ~/.config/civitarium/config.yaml, or civitarium.yaml in the folder you work in
roots:
  - ~/models
api:
  key: \${CIVITAI_API_KEY}
  rate: 60
media:
  concurrency: 4
hashing:
  also: [BLAKE3, CRC32]
scan:
  images: all
  max_age: 30d
`;

/** Every key of the configuration, from its schema. */
export async function configPage(): Promise<string> {
  const verbs = await Promise.all(VERBS.map((entry) => entry.load()));
  const schema = configJsonSchema(verbs) as Schema;
  const names = new Set(verbs.map((verb) => verb.name));
  const keys = Object.entries(schema.properties ?? {});
  const rows = (wanted: boolean): string[][] =>
    keys.filter(([name]) => names.has(name) === wanted).flatMap(([name, inner]) => rowsOf(name, inner));
  const parts = [
    generatedFrom('src/config/schema.ts'),
    '# Configuration',
    'One YAML file, all of it optional. It is looked for in this order: `-c FILE`, `CIVITARIUM_CONFIG`, `./civitarium.yaml`, `./civitarium.yml`, then `config.yaml` in the folder for configuration (see [files](files.md)). Flags win over the environment, the environment over the file. `${NAME}` stands for an environment variable.',
    `\`\`\`yaml\n${EXAMPLE_CONFIG}\`\`\``,
    'An unknown key is an error, named with line and column: `civitarium config check`. `civitarium config schema` prints the JSON Schema for your editor.',
    '## Keys',
    table(['key', 'type', 'default', 'meaning'], rows(false)),
    '## A section for each command',
    'The flags of a command, with `_` for `-`. They count when the command line does not give the flag.',
    table(
      ['key', 'type', 'meaning'],
      rows(true).map(([key = '', type = '', , meaning = '']) => [key, type, meaning]),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

function rowsOf(name: string, schema: Schema): string[][] {
  if (schema.properties !== undefined) {
    return Object.entries(schema.properties).flatMap(([key, inner]) => rowsOf(`${name}.${key}`, inner));
  }
  const extra = schema.additionalProperties;
  if (typeof extra === 'object' && extra.properties !== undefined) return rowsOf(`${name}.NAME`, extra);
  const fallback = schema.default === undefined ? '' : code(JSON.stringify(schema.default));
  return [[code(name), typeOf(schema), fallback, schema.description ?? '']];
}

function typeOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(', ');
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.type === 'array')
    return `list of ${schema.items?.enum === undefined ? 'texts' : typeOf(schema.items)}`;
  if (schema.type === 'integer' || schema.type === 'number') return rangeOf(schema);
  if (Array.isArray(schema.type)) return schema.type.map((type: string) => typeOf({ type })).join(' or ');
  return schema.type === 'string'
    ? 'text'
    : schema.type === 'boolean'
      ? '`true`, `false`'
      : String(schema.type ?? '');
}

function rangeOf({ minimum, maximum }: Schema): string {
  const isOpen = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER;
  if (minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER) return 'number';
  return isOpen ? `number from ${minimum}` : `number ${minimum} to ${maximum}`;
}
