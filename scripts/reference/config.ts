import { configJsonSchema } from '../../src/config/schema.ts';
import { VERBS } from '../../src/verbs/list.ts';
import { code, generatedFrom, table } from './markdown.ts';

/** The parts of a JSON Schema that this page shows. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
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

const HEADINGS = ['key', 'type', 'default', 'meaning'];
/** Told with the jobs. */
const JOB_KEYS: ReadonlySet<string> = new Set(['jobs', 'output', 'organization']);

/** Every key of the configuration, from its schema. */
export async function configPage(): Promise<string> {
  const verbs = await Promise.all(VERBS.map((entry) => entry.load()));
  const schema = configJsonSchema(verbs) as Schema;
  const names = new Set(verbs.map((verb) => verb.name));
  const keys = Object.entries(schema.properties ?? {});
  const rows = (wanted: boolean): string[][] =>
    keys
      .filter(([name]) => names.has(name) === wanted && !JOB_KEYS.has(name))
      .flatMap(([name, inner]) => rowsOf(name, inner));
  const jobs = branchesOf(schema.properties?.['jobs']);
  const jobRows = (type: string): string[][] => {
    const job = jobs.find((branch) => branch.properties?.['type']?.const === type);
    return Object.entries(job?.properties ?? {})
      .filter(([name]) => !(name in (schema.properties ?? {})) || JOB_KEYS.has(name))
      .flatMap(([name, inner]) => rowsOf(name, inner));
  };
  const parts = [
    generatedFrom('src/config/schema.ts'),
    '# Configuration',
    'One YAML file, all of it optional. It is looked for in this order: `-c FILE`, `CIVITARIUM_CONFIG`, `./civitarium.yaml`, `./civitarium.yml`, then `config.yaml` in the folder for configuration (see [files](files.md)), then [where CivitScraper looks](../guide/coming-from-civitscraper.md#where-the-file-is-looked-for). The first one counts; files are not joined. Flags win over the environment, the environment over the file. `${NAME}` and `$NAME` stand for an environment variable; one that is not set stays as written, and is told.',
    `\`\`\`yaml\n${EXAMPLE_CONFIG}\`\`\``,
    'An unknown key is an error, named with line and column: `civitarium config check`. `civitarium config schema` prints the JSON Schema for your editor.',
    '## Keys',
    table(HEADINGS, rows(false)),
    '## Jobs',
    'Below `jobs`, by name. A job may also hold `api`, `media`, `hosts`, `hashing`, `logging`, `scanner`, `catalog` and `input_paths`: they count for it alone, on top of those of the file. `output` and `organization` may stand at the top too, for all jobs. [Coming from CivitScraper](../guide/coming-from-civitscraper.md) tells more.',
    '### scan-paths',
    table(HEADINGS, jobRows('scan-paths')),
    '### sync-lora-triggers',
    table(HEADINGS, jobRows('sync-lora-triggers')),
    '### Any command',
    '`type` is the command with its first words, for example `update` or `krita sync`; `paths` are its other arguments, input paths by name or folders; its flags are keys, with `_` for `-`.',
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
  const section = schema.anyOf?.find((branch) => branch.properties !== undefined);
  if (section !== undefined)
    return [[code(name), 'true, false or a section', '', schema.description ?? ''], ...rowsOf(name, section)];
  const extra = schema.additionalProperties;
  if (typeof extra === 'object' && extra.properties !== undefined) return rowsOf(`${name}.NAME`, extra);
  const fallback = schema.default === undefined ? '' : code(JSON.stringify(schema.default));
  return [[code(name), typeOf(schema), fallback, schema.description ?? '']];
}

/** What a job may be. */
function branchesOf(jobs: Schema | undefined): readonly Schema[] {
  const extra = jobs?.additionalProperties;
  return typeof extra === 'object' ? (extra.anyOf ?? []) : [];
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return code(String(schema.const));
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
