import { isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { z } from 'zod';
import { messageOf, UserError } from '../base/errors.ts';
import type { ConfigText } from './file.ts';
import { nearestWord } from './nearest-word.ts';
import { keysAt } from './schema.ts';
import type { ConfigFile } from './schema.ts';

/** One thing wrong in a configuration. */
export interface ConfigProblem {
  readonly line: number;
  readonly column: number;
  /** Keys joined by dots, empty for the document. */
  readonly key: string;
  readonly message: string;
}

export interface ParsedConfig {
  readonly config: ConfigFile | undefined;
  readonly problems: readonly ConfigProblem[];
}

/** Reads YAML, expands `${VAR}` and checks it; every problem with its place in the file. */
export function parseConfig(
  source: ConfigText,
  schema: z.ZodType<ConfigFile>,
  env: Readonly<Record<string, string | undefined>>,
): ParsedConfig {
  const lines = new LineCounter();
  const document = parseDocument(source.text, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors.map((error) => {
    const at = lines.linePos(error.pos[0]);
    return { line: at.line, column: at.col, key: '', message: error.message };
  });
  if (broken.length > 0) return { config: undefined, problems: broken };
  const plain = plainValue(document);
  if ('problem' in plain) return { config: undefined, problems: [plain.problem] };
  const value = expand(plain.value ?? {}, env);
  const checked = schema.safeParse(value);
  if (checked.success) return { config: checked.data, problems: [] };
  const problems = checked.error.issues.flatMap((issue) => issueProblems(issue, schema, document, lines));
  return { config: undefined, problems };
}

/** Aliases show only here whether they lead anywhere, and to how much. */
function plainValue(document: Document): { readonly value: unknown } | { readonly problem: ConfigProblem } {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return { value };
  } catch (error) {
    return { problem: { line: 1, column: 1, key: '', message: messageOf(error) } };
  }
}

function issueProblems(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  document: Document,
  lines: LineCounter,
): ConfigProblem[] {
  const paths =
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
  return paths.map((path) => {
    const at = placeOf(document, path, lines);
    const message = issue.code === 'unrecognized_keys' ? unknownKey(schema, path) : issue.message;
    return { ...at, key: path.join('.'), message };
  });
}

function unknownKey(schema: z.ZodType, path: readonly PropertyKey[]): string {
  const key = String(path.at(-1));
  const nearest = nearestWord(key, keysAt(schema, path.slice(0, -1)));
  return `unknown key "${key}"${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`;
}

/** Where a key stands; the nearest parent that is in the file when the key itself is not. */
function placeOf(
  document: Document,
  path: readonly PropertyKey[],
  lines: LineCounter,
): { line: number; column: number } {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const pair = pairOf(parent, path[depth - 1]);
    if (pair !== undefined) {
      const at = lines.linePos(pair);
      return { line: at.line, column: at.col };
    }
  }
  return { line: 1, column: 1 };
}

function pairOf(node: unknown, key: PropertyKey | undefined): number | undefined {
  if (typeof node !== 'object' || node === null || !('items' in node) || !Array.isArray(node.items))
    return undefined;
  for (const item of node.items as unknown[]) {
    if (typeof item !== 'object' || item === null || !('key' in item)) continue;
    if (isScalar(item.key) && item.key.value === key) return item.key.range?.[0];
  }
  return undefined;
}

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Replaces `${VAR}` in every text, and `~/` at its start by the home folder; an unset variable stays as written. */
function expand(value: unknown, env: Readonly<Record<string, string | undefined>>): unknown {
  if (typeof value === 'string') {
    const home = env['HOME'] ?? env['USERPROFILE'];
    const text = value.startsWith('~/') && home !== undefined ? home + value.slice(1) : value;
    return text.replace(VARIABLE, (whole, name: string) => env[name] ?? whole);
  }
  if (Array.isArray(value)) return value.map((item) => expand(item, env));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expand(inner, env)]));
}

/** The configuration, or a UserError (`config-invalid`) that names every problem with file and line. */
export function requireConfig(source: ConfigText, parsed: ParsedConfig): ConfigFile {
  if (parsed.config !== undefined) return parsed.config;
  const list = parsed.problems.map(
    (problem) =>
      `${source.path}:${problem.line}:${problem.column} ${[problem.key, problem.message].filter(Boolean).join(': ')}`,
  );
  throw new UserError(
    `The configuration has ${list.length === 1 ? 'a problem' : `${list.length} problems`}:\n  ${list.join('\n  ')}`,
    {
      code: 'config-invalid',
      next: 'civitarium config check explains every line.',
    },
  );
}
