import { UserError } from '../base/errors.ts';
import { isRecord } from '../base/json.ts';
import { findConfig } from '../config/file.ts';
import { parseConfig } from '../config/parse.ts';
import { configJsonSchema, configSchema } from '../config/schema.ts';
import type { Verb } from './verb.ts';

/** `civitarium config check|print|schema`. */
export const config: Verb = {
  name: 'config',
  summary: 'check, print or describe the configuration',
  description:
    'check reads the configuration file and names every problem with file, line and key. print shows the settings in force, the key struck out. schema prints a JSON Schema; put "# yaml-language-server: $schema=FILE" at the top of the YAML to have an editor complete and check it.',
  examples: [
    ['civitarium config check', 'is the file right?'],
    ['civitarium config print', 'what is in force, after file, environment and flags'],
    ['civitarium config schema > civitarium.schema.json', 'completion for editors'],
  ],
  arguments: [{ name: 'what', many: false, required: true, summary: 'check, print or schema' }],
  options: [],
  async run(deps, input) {
    const what = input.arguments[0];
    if (what === 'schema') return await printSchema(deps);
    if (what === 'print') return printSettings(deps);
    if (what === 'check') return await check(deps);
    throw new UserError(`config knows check, print and schema, not "${what ?? ''}".`, {
      code: 'bad-argument',
      next: 'civitarium help config',
    });
  },
};

type Run = Verb['run'];
type Result = Awaited<ReturnType<Run>>;

const QUIET: Pick<Result, 'warnings' | 'failures'> = { warnings: [], failures: [] };

async function printSchema(deps: Parameters<Run>[0]): Promise<Result> {
  const schema = configJsonSchema(await deps.optionTables());
  deps.terminal.print(JSON.stringify(schema, undefined, 2));
  return { ...QUIET, counts: { total: 1 }, exitCode: 0, summary: [], data: { schema } };
}

function printSettings(deps: Parameters<Run>[0]): Result {
  const { key, ...shown } = deps.settings;
  const settings = {
    ...shown,
    catalog: withoutPassword(shown.catalog),
    key: key === undefined ? 'none' : 'set, not shown',
  };
  for (const [name, value] of Object.entries(settings).flatMap(singly))
    deps.terminal.print(`${spelledOut(name).padEnd(24)} ${inWords(name, value)}`);
  return {
    ...QUIET,
    counts: { total: Object.keys(settings).length },
    exitCode: 0,
    summary: [],
    data: { settings },
  };
}

/** Settings within a setting, one by one: `asking.breaker.resetMs`. */
function singly([name, value]: readonly [string, unknown]): (readonly [string, unknown])[] {
  if (!isRecord(value)) return [[name, value]];
  return Object.entries(value).flatMap(([inner, one]) => singly([`${name}.${inner}`, one]));
}

/** A setting's name as words: `patienceMs` is `Patience`. */
function spelledOut(name: string): string {
  const words = name
    .replace(/Ms$/, '')
    .replaceAll('.', ' ')
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`.replace(/^Api url$/, 'API');
}

function inWords(name: string, value: unknown): string {
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (name === 'rate') return `${String(value)} requests a minute`;
  if (name.endsWith('Ms')) return `${Number(value) / 1000} s`;
  if (Array.isArray(value)) return value.join(', ') || 'none';
  return String(value ?? 'none');
}

function withoutPassword(catalog: string): string {
  return catalog.replace(/^(postgres(?:ql)?:\/\/[^:@/]*):[^@/]*@/, '$1:***@');
}

async function check(deps: Parameters<Run>[0]): Promise<Result> {
  const path = deps.settings.configFile;
  if (path === undefined) {
    return {
      ...QUIET,
      counts: { total: 0, problems: 0 },
      exitCode: 0,
      summary: [
        'There is no configuration file; defaults are in force.',
        'civitarium config schema describes what one may hold.',
      ],
    };
  }
  const source = findConfig({ given: path, env: {}, cwd: deps.cwd, folder: deps.cwd });
  if (source === undefined)
    throw new UserError(`The configuration file ${path} is gone.`, { code: 'config-missing' });
  const { problems } = parseConfig(source, configSchema(await deps.optionTables()), process.env);
  const failures = problems.map((problem) => ({
    what: `${path}:${problem.line}:${problem.column}`,
    code: 'config-invalid',
    why: [problem.key, problem.message].filter(Boolean).join(': '),
  }));
  return {
    ...QUIET,
    counts: { total: 1, problems: failures.length },
    failures,
    exitCode: failures.length === 0 ? 0 : 3,
    summary: failures.length === 0 ? [`${path} is right.`] : [],
  };
}
