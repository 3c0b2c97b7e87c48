import { resolve } from 'node:path';
import { promptFiles } from '../../archive/prompt-files.ts';
import { formatCount } from '../../base/bytes.ts';
import { InterruptedError } from '../../base/errors.ts';
import { knownPrompts } from '../../catalog/prompts.ts';
import { compatTerms } from '../../prompts/compat.ts';
import { TermCounter } from '../../prompts/count-terms.ts';
import type { TermCount } from '../../prompts/count-terms.ts';
import type { Deps } from '../deps.ts';
import { flagOption } from '../option.ts';
import type { Input } from '../option.ts';
import { homePath } from '../summary.ts';
import type { Failure, RunResult } from '../verb.ts';
import { outputFiles, writeOutput } from './outputs.ts';

/** Terms shown on a terminal. */
const SHOWN = 40;

interface Read {
  readonly counter: TermCounter;
  readonly failures: Failure[];
  total: number;
  left: number;
}

/** Counts the terms of prompts. */
export async function countTerms(deps: Deps, input: Input, paths: readonly string[]): Promise<RunResult> {
  const outputs = await outputFiles(deps, input, ['.json', '.csv']);
  const isCompat = flagOption(input, 'compat');
  const counter = new TermCounter(isCompat ? compatTerms : undefined);
  const read: Read = { counter, failures: [], total: 0, left: 0 };
  const isNegative = flagOption(input, 'negative');
  if (paths.length === 0) await addKnown(deps, read, isNegative);
  else addFiles(deps, read, paths, isNegative);
  const terms = isCompat ? counter.inOrder() : counter.byCount();
  if (!deps.settings.dryRun)
    for (const { path, ending } of outputs)
      await writeOutput(path, ending === '.csv' ? csvOf(terms) : jsonOf(terms, isCompat));
  const shown = outputs.length > 0 || deps.settings.json ? [] : terms.slice(0, SHOWN);
  for (const { term, count } of shown) deps.terminal.print(`${formatCount(count).padStart(9)}  ${term}`);
  const occurrences = terms.reduce((sum, { count }) => sum + count, 0);
  const failed = read.failures.length;
  return {
    counts: {
      total: read.total,
      prompts: counter.prompts,
      left: read.left,
      failed,
      terms: terms.length,
      occurrences,
    },
    warnings: [],
    failures: read.failures,
    exitCode: failed > 0 ? 3 : 0,
    summary: [
      '',
      `${formatCount(terms.length)} terms   ${formatCount(occurrences)} places   ${formatCount(counter.prompts)} prompts`,
      ...outputs.map(({ path }) => (deps.settings.dryRun ? `would write ${homePath(path)}` : homePath(path))),
    ],
    ...(deps.settings.json && outputs.length === 0 ? { data: { terms } } : {}),
  };
}

async function addKnown(deps: Deps, read: Read, isNegative: boolean): Promise<void> {
  const { db } = await deps.catalog();
  for await (const { prompt, negative } of knownPrompts(db)) {
    read.total += 1;
    read.counter.add(isNegative ? negative : prompt);
  }
}

function addFiles(deps: Deps, read: Read, paths: readonly string[], isNegative: boolean): void {
  for (const file of promptFiles(paths.map((path) => resolve(deps.cwd, path)))) {
    if (deps.signal.aborted) throw new InterruptedError();
    read.total += 1;
    if (file.kind === 'other') read.left += 1;
    else if (file.kind === 'failed') read.failures.push(failureOf(file));
    else if (file.kind === 'note') read.counter.add(isNegative ? file.note.negative : file.note.raw);
    else read.counter.add(isNegative ? file.negative : file.prompt);
  }
}

/** A file that could not be read. */
export function failureOf({ path, why }: { readonly path: string; readonly why: string }): Failure {
  return { what: path, code: 'unreadable', why };
}

/** The older program's file is a list of terms in the order they were met. */
function jsonOf(terms: readonly TermCount[], isCompat: boolean): string {
  return `${JSON.stringify(isCompat ? terms.map(({ term }) => term) : terms, undefined, 2)}\n`;
}

function csvOf(terms: readonly TermCount[]): string {
  const rows = terms.map(({ term, count, prompts }) => `${csvCell(term)},${count},${prompts}`);
  return `${['term,count,prompts', ...rows].join('\r\n')}\r\n`;
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
