import { UserError } from '../base/errors.ts';
import { isRecord } from '../base/json.ts';
import { findConfig } from '../config/file.ts';
import type { ConfigText } from '../config/file.ts';
import type { ConfigProblem } from '../config/finding.ts';
import { jobNames } from '../config/job-layer.ts';
import { jobOf } from '../config/jobs.ts';
import { parseConfig, problemLine } from '../config/parse.ts';
import type { ParsedConfig } from '../config/parse.ts';
import { configJsonSchema, configSchema } from '../config/schema.ts';
import type { ConfigFile } from '../config/schema.ts';
import type { Job } from './jobs/job.ts';
import type { OptionTable } from './option.ts';
import type { Verb } from './verb.ts';

/** `civitarium config check|print|schema`. */
export const config: Verb = {
  name: 'config',
  summary: 'check, print or describe the configuration',
  description:
    'check reads the configuration file and names every problem with file, line and key, and what is deprecated or without effect. print shows the settings in force, the key struck out, and the jobs with everything they inherit. schema prints a JSON Schema; put "# yaml-language-server: $schema=FILE" at the top of the YAML to have an editor complete and check it.',
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
    if (what === 'print') return await printSettings(deps);
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

async function printSettings(deps: Parameters<Run>[0]): Promise<Result> {
  const { key, ...shown } = deps.settings;
  const settings = {
    ...shown,
    catalog: withoutPassword(shown.catalog),
    key: key === undefined ? 'none' : 'set, not shown',
  };
  for (const [name, value] of Object.entries(settings).flatMap(singly))
    deps.terminal.print(`${spelledOut(name).padEnd(24)} ${inWords(name, value)}`);
  const jobs = await printJobs(deps);
  return {
    ...QUIET,
    counts: { total: Object.keys(settings).length, jobs: jobs.length },
    exitCode: 0,
    summary: [],
    data: { settings, jobs },
  };
}

/** The jobs with everything they inherit, each in a line. */
async function printJobs(deps: Parameters<Run>[0]): Promise<unknown[]> {
  const { parsed, verbs } = (await readFile(deps)) ?? {};
  const config = parsed?.config;
  if (config === undefined || verbs === undefined) return [];
  return jobNames(config).map((name) => {
    const job = jobOrReason(config, name, verbs, deps.cwd);
    const usual = config.default_job === name ? ' (default)' : '';
    deps.terminal.print(`${`Job ${name}`.padEnd(24)} ${jobInWords(job)}${usual}`);
    return job;
  });
}

type JobOrReason = Job | { readonly name: string; readonly problem: string };

function jobOrReason(
  config: ConfigFile,
  name: string,
  verbs: readonly OptionTable[],
  cwd: string,
): JobOrReason {
  try {
    return jobOf(config, name, verbs, cwd);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { name, problem: [error.message, error.next].filter(Boolean).join(' ') };
  }
}

function jobInWords(job: JobOrReason): string {
  if ('problem' in job) return `can not run: ${job.problem}`;
  if (job.kind === 'verb') return ['civitarium', job.verb, ...job.input.arguments].join(' ');
  const where = job.inputs.map((input) => `${input.id} (${input.path})`).join(', ');
  if (job.kind === 'sync-lora-triggers') return `${job.kind}: ${where} into ${job.lorasFile}`;
  const { organise } = job;
  const sorted = organise === undefined ? '' : `, then ${organise.mode} by ${organise.template}`;
  return `${job.kind}: ${where}${sorted}`;
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
  const read = await readFile(deps);
  if (read === undefined) {
    return {
      ...QUIET,
      counts: { total: 0, problems: 0, notes: 0 },
      exitCode: 0,
      summary: [
        'There is no configuration file; defaults are in force.',
        'civitarium config schema describes what one may hold.',
      ],
    };
  }
  const { source, parsed } = read;
  const notes = [...parsed.notes, ...parsed.unset].sort((one, other) => one.line - other.line);
  const failures = parsed.problems.map((problem) => ({
    what: `${source.path}:${problem.line}:${problem.column}`,
    code: 'config-invalid',
    why: [problem.key, problem.message].filter(Boolean).join(': '),
    ...(problem.next === undefined ? {} : { next: problem.next }),
  }));
  for (const [label, found] of [['wrong', parsed.problems] as const, ['note', notes] as const])
    for (const one of found) for (const line of checkLines(label, source, one)) deps.terminal.print(line);
  return {
    counts: { total: 1, problems: failures.length, notes: notes.length },
    warnings: notes.map((note) => [problemLine(source, note), note.next].filter(Boolean).join('. ')),
    failures,
    exitCode: failures.length === 0 ? 0 : 3,
    summary: failures.length === 0 ? [`${source.path} is right.`] : [],
    listed: true,
  };
}

function checkLines(label: string, source: ConfigText, problem: ConfigProblem): string[] {
  const next = problem.next === undefined ? [] : [`       ${problem.next}`];
  return [`${label.padEnd(6)} ${problemLine(source, problem)}`, ...next];
}

/** The configuration in use, read again; `undefined` when there is none. */
async function readFile(
  deps: Parameters<Run>[0],
): Promise<{ source: ConfigText; parsed: ParsedConfig; verbs: readonly OptionTable[] } | undefined> {
  const path = deps.settings.configFile;
  if (path === undefined) return undefined;
  const source = findConfig({ given: path, env: process.env, cwd: deps.cwd, folder: deps.cwd });
  if (source === undefined)
    throw new UserError(`The configuration file ${path} is gone.`, { code: 'config-missing' });
  const verbs = await deps.optionTables();
  return { source, parsed: parseConfig(source, configSchema(verbs), process.env), verbs };
}
