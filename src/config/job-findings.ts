import { isRecord } from '../base/json.ts';
import { contradictions } from './contradictions.ts';
import type { Finding } from './finding.ts';
import { valueAt, withoutNulls } from './layers.ts';
import type { Layer } from './layers.ts';
import { nearestWord } from '../base/nearest-word.ts';
import { notesOf } from './notes.ts';
import { placeholderFindings } from './placeholder-findings.ts';
import type { ConfigSchema } from './schema.ts';
import { JOB_TYPES, jobSchemaOf } from './schema-jobs.ts';
import { shapeFindings } from './shape-findings.ts';

export interface Findings {
  readonly problems: readonly Finding[];
  readonly notes: readonly Finding[];
}

/** What is to be said about every job of a file, each by its type; and about `default_job`. */
export function jobFindings(file: Layer, schema: ConfigSchema): Findings {
  const jobs = valueAt(file, ['jobs']);
  const names = isRecord(jobs) ? Object.keys(jobs) : [];
  const each = names.map((name) => ofJob(name, valueAt(jobs, [name]), file, schema));
  const usual = valueAt(file, ['default_job']);
  const problems = each.flatMap((one) => one.problems);
  if (typeof usual === 'string' && !names.includes(usual))
    problems.push(unknownWord(['default_job'], 'job', usual, names, 'Jobs'));
  return { problems, notes: each.flatMap((one) => one.notes) };
}

function ofJob(name: string, job: unknown, file: Layer, schema: ConfigSchema): Findings {
  const at = ['jobs', name];
  // The schema of the whole file has said it.
  if (!isRecord(job) || typeof job['type'] !== 'string') return { problems: [], notes: [] };
  const shape = jobSchemaOf(job['type'], schema.verbs);
  if (shape === undefined) {
    const types = [...JOB_TYPES, ...schema.verbs.map((verb) => verb.name)];
    const unknown = unknownWord([...at, 'type'], 'type of job', job['type'], types, 'Types');
    return { problems: [unknown], notes: [] };
  }
  const isCommand = !JOB_TYPES.some((type) => type === job['type']);
  return {
    problems: [
      ...shapeFindings(withoutNulls(job), shape, at),
      ...contradictions(job, at),
      ...(isCommand ? [] : [...placeholderFindings(job, at), ...inputFindings(job, file, at)]),
    ],
    notes: notesOf(job, at),
  };
}

function inputFindings(job: Layer, file: Layer, at: readonly string[]): Finding[] {
  const own = valueAt(job, ['input_paths']);
  const top = valueAt(file, ['input_paths']);
  const ids = [own, top].flatMap((inputs) => (isRecord(inputs) ? Object.keys(inputs) : []));
  const paths = job['paths'];
  if (!Array.isArray(paths)) return [];
  return paths.flatMap((id: unknown, index) =>
    typeof id !== 'string' || ids.includes(id)
      ? []
      : [unknownWord([...at, 'paths', index], 'input path', id, ids, 'Input paths')],
  );
}

function unknownWord(
  path: readonly PropertyKey[],
  what: string,
  given: string,
  words: readonly string[],
  heading: string,
): Finding {
  const nearest = nearestWord(given, words);
  return {
    path,
    message: `unknown ${what} "${given}"${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`,
    next: words.length === 0 ? 'The file has none.' : `${heading}: ${words.join(', ')}.`,
  };
}
