import { UserError } from '../base/errors.ts';
import { isRecord } from '../base/json.ts';
import { contradictions } from './contradictions.ts';
import { readDocument } from './document.ts';
import type { Place } from './document.ts';
import type { ConfigText } from './file.ts';
import type { ConfigProblem, Finding } from './finding.ts';
import { jobFindings } from './job-findings.ts';
import { inOurSpelling, merged, withoutNulls } from './layers.ts';
import type { Layer } from './layers.ts';
import { notesOf } from './notes.ts';
import { placeholderFindings } from './placeholder-findings.ts';
import type { ConfigFile, ConfigSchema } from './schema.ts';
import { shapeFindings } from './shape-findings.ts';
import { expandVariables } from './variables.ts';
import type { UnsetVariable } from './variables.ts';

export interface ParsedConfig {
  readonly config: ConfigFile | undefined;
  /** Wrong: nothing is run with it. */
  readonly problems: readonly ConfigProblem[];
  /** Deprecated or without effect: worth knowing. */
  readonly notes: readonly ConfigProblem[];
  /** Variables that are named and not set, but for the key: without one it is as if it were not there. */
  readonly unset: readonly ConfigProblem[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads YAML, expands variables and checks it; everything that is to be said with its place in the file. */
export function parseConfig(source: ConfigText, schema: ConfigSchema, env: Environment): ParsedConfig {
  const document = readDocument(source.text);
  if ('broken' in document) return broken(document.broken);
  const { value, unset } = expandVariables(document.value ?? {}, env);
  const file: Layer = isRecord(value) ? value : {};
  const jobs = jobFindings(file, schema);
  const problems = [
    ...shapeFindings(spoken(value), schema.top),
    ...contradictions(file, []),
    ...placeholderFindings(file, []),
    ...jobs.problems,
  ];
  const said = {
    problems: placed(problems, document.placeOf),
    notes: placed([...notesOf(file, []), ...jobs.notes], document.placeOf),
    unset: placed(unset.filter(({ path }) => !isKey(path)).map(unsetNote), document.placeOf),
  };
  if (problems.length > 0) return { config: undefined, ...said };
  return { config: configOf(file, apiOf(source.fallback, schema, env)), ...said };
}

/** In the order of the file. */
function placed(
  findings: readonly Finding[],
  placeOf: (path: readonly PropertyKey[]) => Place,
): ConfigProblem[] {
  return findings
    .map(({ path, message, next }) => ({ ...placeOf(path), key: path.map(String).join('.'), message, next }))
    .sort((one, other) => one.line - other.line || one.column - other.column);
}

function broken(faults: readonly (Place & { readonly message: string })[]): ParsedConfig {
  return {
    config: undefined,
    problems: faults.map((fault) => ({ ...fault, key: '' })),
    notes: [],
    unset: [],
  };
}

function isKey(path: readonly PropertyKey[]): boolean {
  return path.at(-1) === 'key' && path.at(-2) === 'api';
}

/** Without keys that say nothing; an input path or job that says nothing is one without keys. */
function spoken(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const named = Object.entries(value).map(([key, inner]) => {
    if ((key !== 'jobs' && key !== 'input_paths') || !isRecord(inner)) return [key, inner] as const;
    return [key, Object.fromEntries(Object.entries(inner).map(([name, one]) => [name, one ?? {}]))] as const;
  });
  return withoutNulls(Object.fromEntries(named));
}

/** Jobs keep their empty keys: they take back what stands at the top. */
function configOf(file: Layer, api: Layer): ConfigFile {
  const { jobs, ...top } = inOurSpelling(file);
  const whole = withoutNulls(merged(api, top)) as ConfigFile;
  return isRecord(jobs) ? { ...whole, jobs: jobs as ConfigFile['jobs'] } : whole;
}

/** The `api` of the file that fills in what this one does not say; nothing where that one is not right. */
function apiOf(fallback: ConfigText | undefined, schema: ConfigSchema, env: Environment): Layer {
  const document = fallback === undefined ? undefined : readDocument(fallback.text);
  if (document === undefined || 'broken' in document) return {};
  const { value } = expandVariables(document.value, env);
  if (!isRecord(value) || !isRecord(value['api'])) return {};
  const layer = { api: value['api'] };
  const isRight =
    shapeFindings(withoutNulls(layer), schema.top).length === 0 && contradictions(layer, []).length === 0;
  return isRight ? inOurSpelling(layer) : {};
}

function unsetNote({ path, name }: UnsetVariable): Finding {
  return { path, message: `the variable ${name} is not set and stays as written`, next: `Set ${name}.` };
}

/** One line on a finding, as an editor or a terminal can jump to it. */
export function problemLine(source: ConfigText, problem: ConfigProblem): string {
  const { line, column, key, message } = problem;
  return `${source.path}:${line}:${column} ${[key, message].filter(Boolean).join(': ')}`;
}

/** The configuration, or a UserError (`config-invalid`) that names every problem with file and line. */
export function requireConfig(source: ConfigText, parsed: ParsedConfig): ConfigFile {
  if (parsed.config !== undefined) return parsed.config;
  const list = parsed.problems.map((problem) => problemLine(source, problem));
  throw new UserError(
    `The configuration has ${list.length === 1 ? 'a problem' : `${list.length} problems`}:\n  ${list.join('\n  ')}`,
    {
      code: 'config-invalid',
      next: 'civitarium config check explains every line.',
    },
  );
}
